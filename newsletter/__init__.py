"""E-mail newsletters and mailing lists for local and professional groups."""

__version__ = "0.1.0"
