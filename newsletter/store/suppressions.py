"""Addresses that must not be mailed: keyed hashes with a scope and nothing else."""

import sqlite3

from newsletter.store import engine


def add(
    store: engine.Store, macs: tuple[bytes, ...], scope: str, list_id: int, reason: str, now: str
) -> None:
    """Suppress the addresses behind these hashes; list_id is 0 unless the scope is list."""
    store.executemany(
        "INSERT INTO suppression (mac, scope, list, reason, at) VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING",
        [(mac, scope, list_id, reason, now) for mac in dict.fromkeys(macs)],
    )


def of(store: engine.Store, macs: tuple[bytes, ...]) -> list[sqlite3.Row]:
    """All suppressions of an address, widest scope first; without its +tag only scope all counts."""
    mac, mailbox = macs[0], macs[-1]
    return store.rows(
        """SELECT * FROM suppression WHERE mac = ? OR (mac = ? AND scope = 'all')
        ORDER BY CASE scope WHEN 'all' THEN 0 WHEN 'marketing' THEN 1 ELSE 2 END""",
        (mac, mailbox),
    )


def covers_all(store: engine.Store, macs: tuple[bytes, ...]) -> bool:
    """Tell whether an address must get no mail at all."""
    return any(row["scope"] == "all" for row in of(store, macs))


def lift(store: engine.Store, macs: tuple[bytes, ...], scope: str, list_id: int) -> None:
    """Take a suppression away: only the person's own full double opt-in does so."""
    store.executemany(
        "DELETE FROM suppression WHERE mac = ? AND scope = ? AND list = ?",
        [(mac, scope, list_id) for mac in macs],
    )
