"""A complaint: the person pressed "this is spam". They are off all lists of this site at once, and get no mail about it.

Runs inside the caller's write transaction.
"""

from typing import Any

from newsletter import site
from newsletter.core import addresses, authentication
from newsletter.service import consent, returns_alerts
from newsletter.service.inbound import LEFT, Inbound, owner
from newsletter.store import members, subscriptions, suppressions
from newsletter.store import returns as returned


def take(opened: site.Site, inbound: Inbound) -> str:
    """Take a complaint in; say what was done."""
    token = owner(opened, inbound)
    sent = token and returned.delivery(opened.store, token.number, token.member)
    if token is None or sent is None:
        returns_alerts.alert(opened, "complaint", "it names no mail of ours")
        _hint(opened, inbound, "no token of ours")
        return f"{LEFT}: a complaint without a token of ours"
    if _signed(opened, inbound) == "unsigned":
        returns_alerts.alert(opened, "complaint", "it is not signed by the domain that it comes from")
        _hint(opened, inbound, "it is not signed by its sender's domain")
        return f"{LEFT}: a complaint that the domain it comes from has not signed"
    if not returned.has_bounced(opened.store, token.number, token.member, "complaint"):
        returned.add_bounce(
            opened.store, token.number, token.member, "complaint", "", inbound.report.reason, inbound.digest, inbound.now
        )  # fmt: skip
    left = object_to_all(opened, token.member, {"message": token.number, "report": inbound.report.reason})
    return f"member {token.member} is off all lists ({left} now)"


def _signed(opened: site.Site, inbound: Inbound) -> authentication.Signed:
    """Whether the report is signed by the domain that it comes from (RFC 9477 3.2), as far as our own mail host tells."""
    receive = opened.config.receive
    return authentication.signed(
        inbound.letter.fields.get("authentication-results", ""),
        receive.authserv_id if receive else "",
        (receive.bounce_address.rpartition("@")[2], receive.mailbox.host) if receive else (),
        inbound.letter.sender.rpartition("@")[2],
    )


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
