"""Forget a person: everything personal goes out of the database file itself; the ledger's chain stays whole."""

from newsletter import site
from newsletter.core import words
from newsletter.service import consent
from newsletter.store import forgotten, members, rates, requests, subscriptions, suppressions


def forget(opened: site.Site, member: int, actor: words.Actor, channel: str, *, everything: bool) -> None:
    """Erase a member. A keyed hash stays and keeps every later import and sign-up out, unless `everything` goes.

    One durable transaction; afterwards the file holds no trace of address and name.
    """
    with opened.store.write():
        _erase(opened, member, actor, channel, everything)
    forgotten.shred(opened.store)


def forget_unproven(opened: site.Site, member: int) -> None:
    """Erase a member of whom only an unconfirmed request was known. Runs inside the caller's write."""
    if not subscriptions.of_member(opened.store, member):
        forgotten.wipe(opened.store, member, opened.clock.iso())
        members.erase(opened.store, member)
        requests.drop_of(opened.store, member)


def _erase(opened: site.Site, member: int, actor: words.Actor, channel: str, everything: bool) -> None:
    row = members.by_id(opened.store, member)
    if row is None or not row["key"]:
        return
    macs = consent.macs(opened, row["key"])
    for found in subscriptions.of_member(opened.store, member):
        consent.take(opened, member, found["slug"], "erased", consent.Proof(actor, channel))
    if everything:
        forgotten.unsuppress(opened.store, macs)
        rates.clear(opened.store, macs[1])
    else:
        suppressions.add(opened.store, macs, "all", 0, "forgotten", opened.clock.iso())
    forgotten.wipe(opened.store, member, opened.clock.iso())
    members.erase(opened.store, member)
    requests.drop_of(opened.store, member)
