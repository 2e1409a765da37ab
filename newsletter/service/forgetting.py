"""Forget a person: everything personal goes out of the database file itself; the ledger's chain stays whole."""

import sqlite3
from dataclasses import dataclass

from newsletter import site
from newsletter.core import words
from newsletter.service import consent
from newsletter.store import forgotten, members, rates, requests, subscriptions, suppressions


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a forgetting left for a person to do: scans on file that may show the one who is forgotten, by name."""

    scans: tuple[str, ...]


def forget(
    opened: site.Site, member: int, actor: words.Actor, channel: str, *, everything: bool
) -> Forgotten:
    """Erase a member. A keyed hash stays and keeps every later import and sign-up out, unless `everything` goes.

    One durable transaction; afterwards the file holds no trace of address and name. Inside another transaction the
    caller shreds once that has ended. A member who is gone already is no error.
    """
    row = members.by_id(opened.store, member)
    if row is None or not row["key"]:
        return Forgotten(())
    macs = consent.macs(opened, row["key"])
    with opened.store.write():
        if everything:
            forgotten.unsuppress(opened.store, macs)
            rates.clear(opened.store, macs[-1])
        scans = _erase(opened, row, actor, channel)
        if not everything:
            suppressions.add(opened.store, macs, "all", 0, "forgotten", opened.clock.iso())
    shred(opened)
    return Forgotten(scans)


def shred(opened: site.Site) -> None:
    """Empty the write-ahead log, in which old pages may still show who was forgotten. Does nothing inside a write."""
    forgotten.shred(opened.store)


def forget_gone(opened: site.Site, member: int) -> None:
    """Erase a member who left every list long ago; each withdrawal stays as a keyed hash for its list.

    For the clock, inside its write transaction.
    """
    row = members.by_id(opened.store, member)
    if row is None or not row["key"]:
        return
    for found in subscriptions.of_member(opened.store, member):
        if found["state"] in words.WITHDRAWN:
            now = opened.clock.iso()
            suppressions.add(opened.store, (row["mac"],), "list", found["list"], found["state"], now)
    _erase(opened, row, "clock", "clock")


def forget_restored(opened: site.Site, member: int) -> None:
    """Erase a member whom a backup brought back, and who was erased after it was made. Runs inside the caller's write."""
    row = members.by_id(opened.store, member)
    if row is not None and row["key"]:
        _erase(opened, row, "organiser", "restore")


def forget_unproven(opened: site.Site, member: int) -> None:
    """Erase a member of whom only an unconfirmed request was known. Runs inside the caller's write."""
    row = members.by_id(opened.store, member)
    if row is not None and row["key"] and not subscriptions.of_member(opened.store, member):
        _wipe(opened, row)


def _erase(opened: site.Site, row: sqlite3.Row, actor: words.Actor, channel: str) -> tuple[str, ...]:
    for found in subscriptions.of_member(opened.store, row["id"]):
        if found["state"] != "erased":
            consent.take(opened, row["id"], found["slug"], "erased", consent.Proof(actor, channel))
    return _wipe(opened, row)


def _wipe(opened: site.Site, row: sqlite3.Row) -> tuple[str, ...]:
    """Take the person out of every table; return the names of scans that only a person can black out."""
    store, now = opened.store, opened.clock.iso()
    scans = []
    for found in forgotten.evidence_of(store, row["id"]):
        if not found["others"]:
            forgotten.black_out(store, found["hash"], b"")
        elif (blackened := _blackened(found["content"], row)) is not None:
            forgotten.black_out(store, found["hash"], blackened)
        else:
            scans.append(str(found["name"]))
    forgotten.wipe(store, row["id"], row["address"], now)
    members.erase(store, row["id"])
    requests.drop_of(store, row["id"])
    return tuple(scans)


def _blackened(content: bytes, row: sqlite3.Row) -> bytes | None:
    """A text with every line blackened that shows the person; None when it is no text."""
    try:
        lines = content.decode("utf-8").splitlines(keepends=True)
    except UnicodeDecodeError:
        return None
    signs = [sign.casefold() for sign in (row["address"], row["key"], row["name"]) if sign]
    return "".join(
        "(blackened)\n" if any(sign in line.casefold() for sign in signs) else line for line in lines
    ).encode()
