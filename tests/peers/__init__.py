"""Peers of our own for tests: they speak real protocols over real sockets, and lie on demand."""
