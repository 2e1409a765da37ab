"""A complaint: the person pressed "this is spam". They are off all lists of this site at once, and get no mail about it.

Runs inside the caller's write transaction.
"""

import re
from typing import Any

from newsletter import site
from newsletter.core import addresses
from newsletter.service import consent, returns_alerts
from newsletter.service.inbound import LEFT, Inbound, owner
from newsletter.store import members, subscriptions, suppressions
from newsletter.store import returns as returned

_FAILED = re.compile(r"\b(?:dkim|dmarc)\s*=\s*(?:fail|permerror)\b", re.IGNORECASE)


def take(opened: site.Site, inbound: Inbound) -> str:
    """Take a complaint in; say what was done."""
    token = owner(opened, inbound)
    sent = token and returned.delivery(opened.store, token.number, token.member)
    if token is None or sent is None:
        returns_alerts.alert(opened, "complaint", "it names no mail of ours")
        _hint(opened, inbound, "no token of ours")
        return f"{LEFT}: a complaint without a token of ours"
    if _FAILED.search(inbound.letter.fields.get("authentication-results", "")):
        # RFC 9477 3.2.1: a report whose own signature fails is not acted on. The topmost result is our own host's;
        # where that writes none, a forger could only write against himself.
        _hint(opened, inbound, "its own signature fails")
        return f"{LEFT}: a complaint whose own signature fails"
    if not returned.has_bounced(opened.store, token.number, token.member, "complaint"):
        returned.add_bounce(
            opened.store, token.number, token.member, "complaint", "", inbound.report.reason, inbound.digest, inbound.now
        )  # fmt: skip
    left = object_to_all(opened, token.member, {"message": token.number, "report": inbound.report.reason})
    return f"member {token.member} is off all lists ({left} now)"


def object_to_all(opened: site.Site, member: int, told: dict[str, Any]) -> int:
    """Take a member off every list and suppress the address for marketing; return how many lists that changed."""
    row = members.by_id(opened.store, member)
    if row is None or row["key"] is None:
        return 0
    proof = consent.Proof("report", "mail", told=told)
    slugs = [
        found["slug"]
        for found in subscriptions.of_member(opened.store, member)
        if found["state"] not in ("objected", "erased")
    ]
    for slug in slugs:
        consent.take(opened, member, slug, "objected", proof)
    suppressions.add(opened.store, (row["mac"],), "marketing", 0, "complaint", opened.clock.iso())
    return len(slugs)


def _hint(opened: site.Site, inbound: Inbound, why: str) -> None:
    who = inbound.report.recipients
    returns_alerts.hint(opened, "complaint", addresses.masked(who[0]) if who else "", why)
