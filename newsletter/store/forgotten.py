"""Take a person out of every table, and out of the file's free pages."""

from newsletter.store import engine


def wipe(store: engine.Store, member: int, now: str) -> None:
    """Wipe what deliveries, bounces and imports hold of a member. Rows stay, so that an edition's numbers add up."""
    store.execute(
        """UPDATE delivery SET state = 'skipped', reason = 'suppressed', due_at = NULL, changed_at = ?
        WHERE member = ? AND due_at IS NOT NULL AND state <> 'sending'""",
        (now, member),
    )
    store.execute("UPDATE delivery SET address = '', vals = NULL, answer = NULL WHERE member = ?", (member,))
    store.execute("UPDATE bounce SET text = '' WHERE member = ?", (member,))
    store.execute("UPDATE batch_member SET before = NULL WHERE member = ?", (member,))


def unsuppress(store: engine.Store, macs: tuple[bytes, ...]) -> None:
    """Delete every keyed hash of an address."""
    store.executemany("DELETE FROM suppression WHERE mac = ?", [(mac,) for mac in dict.fromkeys(macs)])


def shred(store: engine.Store) -> None:
    """Empty the write-ahead log into the file and cut it to nothing, so that it holds no old pages.

    Deleted content in the file itself is overwritten as it goes (secure_delete, see the engine). Another process that
    reads just now keeps part of the log; the clock's next run does the rest.
    """
    if not store.connection.in_transaction:
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
