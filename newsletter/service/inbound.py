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


def owner(opened: site.Site, report: reports.Report) -> tokens.Token | None:
    """The first text of a report that is a token of ours, whichever field of the mail has survived."""
    for text in report.tokens:
        found = opened.tokens.read("return", text) or opened.tokens.read("leave", text)
        if found is not None:
            return found
    return None
