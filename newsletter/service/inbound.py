"""One inbound mail as the acts on it need it."""

from dataclasses import dataclass

from newsletter import site
from newsletter.core import tokens
from newsletter.mail import letters, reports

LEFT = "left for a person"  # how that begins which nobody but a person can do something about


@dataclass(frozen=True, slots=True)
class Inbound:
    """A mail with its digest, what the readers say of it, and the time (UTC ISO) at which it was taken in."""

    data: bytes
    digest: bytes
    report: reports.Report
    letter: letters.Letter
    now: str


def owner(opened: site.Site, inbound: Inbound) -> tokens.Token | None:
    """Whom a report is about: the token of the address it came to, else the first one of ours in what it returns."""
    addressed = [text for purpose, text in inbound.letter.addressed if purpose == "return"]
    for text in (*addressed, *inbound.report.tokens):
        found = opened.tokens.read("return", text) or opened.tokens.read("leave", text)
        if found is not None:
            return found
    return None
