"""Take a person out of every table, and out of the file's free pages."""

import sqlite3

from newsletter.store import attendance, engine


def wipe(store: engine.Store, member: int, address: str, now: str) -> None:
    """Wipe what deliveries, bounces and imports hold of a member. Rows stay, so that an edition's numbers add up."""
    store.execute(
        """UPDATE delivery SET state = 'skipped', reason = 'suppressed', due_at = NULL, changed_at = ?
        WHERE member = ? AND due_at IS NOT NULL AND state <> 'sending'""",
        (now, member),
    )
    store.execute("UPDATE delivery SET address = '', vals = NULL, answer = NULL WHERE member = ?", (member,))
    store.execute("UPDATE bounce SET text = '' WHERE member = ?", (member,))
    store.execute("UPDATE reply SET words = '' WHERE member = ?", (member,))
    # Whoever is gone does not come; that somebody came stays a number.
    store.execute(
        "DELETE FROM rsvp WHERE member = ? AND meeting IN (SELECT id FROM meeting WHERE ends > ?)",
        (member, now),
    )
    attendance.forget(store, member)
    store.execute("UPDATE rsvp SET note = '', needs = '' WHERE member = ?", (member,))
    # The voice stays and counts; the person's own line goes.
    store.execute("UPDATE question_answer SET line = '' WHERE member = ?", (member,))
    store.execute("DELETE FROM forward WHERE sender = ? COLLATE NOCASE", (address,))
    store.execute(
        """UPDATE log SET about = replace(about, :address, '(forgotten)'), why = replace(why, :address, '(forgotten)')
        WHERE instr(about, :address) OR instr(why, :address)""",
        {"address": address},
    )
    store.execute("UPDATE batch_member SET before = NULL WHERE member = ?", (member,))


def evidence_of(store: engine.Store, member: int) -> list[sqlite3.Row]:
    """What proves a member's consents, and how many other people who are not forgotten it proves something of."""
    return store.rows(
        """SELECT e.hash, e.name, e.content, (SELECT count(DISTINCT c.member) FROM consent c JOIN member m
          ON m.id = c.member WHERE c.evidence = e.hash AND c.member <> :member AND m.key IS NOT NULL) AS others
        FROM evidence e WHERE e.hash IN (SELECT evidence FROM consent WHERE member = :member)""",
        {"member": member},
    )


def black_out(store: engine.Store, digest: str, content: bytes) -> None:
    """Replace a piece of evidence by what may still be kept of it; its hash stays, and it is marked."""
    store.execute("UPDATE evidence SET content = ?, blackened = 1 WHERE hash = ?", (content, digest))


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
