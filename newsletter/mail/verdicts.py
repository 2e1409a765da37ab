"""What a reader of inbound mail finds: one value for all of them."""

from dataclasses import dataclass
from typing import Literal

from newsletter.core import answers, texts

Kind = Literal["hard", "soft", "policy", "complaint", "autoreply", "calendar-reply", "other"]
RECIPIENTS_LIMIT = 100
# The worst of several failures names the mail: a dead address is to be seen first.
SEVERITY: tuple[Kind, ...] = ("hard", "soft", "policy")


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail says. `tokens` are texts that may be a token of ours, the most trustworthy first."""

    kind: Kind
    recipients: tuple[str, ...] = ()
    status: str = ""
    reason: str = ""
    tokens: tuple[str, ...] = ()


def clean(text: str) -> str:
    """A text of a stranger as it may be shown and kept: one line, no control characters, not long."""
    return texts.FORBIDDEN.sub(" ", text)[: answers.TEXT_LIMIT].strip()


def once(addresses: list[str]) -> tuple[str, ...]:
    """The addresses in their order, each once whatever its capitals, no more than a report may name."""
    found: dict[str, str] = {}
    for address in addresses:
        found.setdefault(address.lower(), clean(address))
    return tuple(found.values())[:RECIPIENTS_LIMIT]


def worst(reports: list[Report]) -> Report:
    """Make one report of several failures: all recipients, and kind, status and reason of the worst."""
    first = min(reports, key=lambda one: SEVERITY.index(one.kind))
    who = once([recipient for one in reports for recipient in one.recipients])
    return Report(first.kind, who, first.status, first.reason)
