"""What bounces say about an address, as pure functions: no single report takes anybody off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from newsletter.core import words

SOFT_ISSUES = 5  # different mails in a row that came back for a temporary reason
SOFT_SPAN = timedelta(days=30)
SETTLED = timedelta(days=5)  # a mail that has not come back by then has arrived (RFC 5321 4.5.4.1)
# A report about a mail sent longer ago is a replay or a forgery: servers give up after five days.
REPORT_LIFE = timedelta(days=14)
# Said by the address's own server while we talked to it, these leave no doubt.
_CERTAIN = frozenset({"5.1.1", "5.1.6", "5.1.10"})


@dataclass(frozen=True, slots=True)
class Bounce:
    """One bounce of an address. `in_session` says that the server refused it while we talked to it."""

    message: int
    kind: words.BounceKind
    status: str
    at: datetime
    in_session: bool = False


def health(bounces: Sequence[Bounce], last_good: datetime | None) -> tuple[words.Health, str]:
    """Judge an address by its bounces since the last mail that arrived; return its health and the reason.

    Dead: two hard bounces of different mails on different days, or one certain one within SMTP; five different mails
    with soft bounces, or soft bounces over 30 days, without one success between. Policy bounces never count.
    """
    counting = [bounce for bounce in bounces if last_good is None or bounce.at > last_good]
    hard = [bounce for bounce in counting if bounce.kind == "hard"]
    if any(bounce.in_session and bounce.status in _CERTAIN for bounce in hard):
        return "dead", "the server says there is no such address"
    if len({bounce.message for bounce in hard}) > 1 and len({bounce.at.date() for bounce in hard}) > 1:
        return "dead", "two mails on different days came back: no such address"
    soft = [bounce for bounce in counting if bounce.kind == "soft"]
    if len({bounce.message for bounce in soft}) >= SOFT_ISSUES:
        return "dead", f"{SOFT_ISSUES} mails in a row came back"
    if soft and max(bounce.at for bounce in soft) - min(bounce.at for bounce in soft) >= SOFT_SPAN:
        return "dead", f"nothing has arrived for {SOFT_SPAN.days} days"
    if hard:
        return "suspect", "one mail came back: no such address"
    return ("suspect", "mail came back for a temporary reason") if soft else ("ok", "")
