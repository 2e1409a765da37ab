"""An address's health: what bounces say of it, heard within SMTP or told by a report, and what makes it well again.

Health is apart from consent: nothing here touches a subscription. Every function runs inside the caller's write
transaction, but for `look_again`.
"""

from dataclasses import dataclass
from typing import Any, Literal

from newsletter import site
from newsletter.core import bounces, clock
from newsletter.store import members, returns

PAGE = 200  # members looked at in one transaction
SHOWN = 5  # bounces that a person is shown


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a server said for good of one delivery while we talked to it."""

    message: int
    member: int
    kind: Literal["hard", "soft", "policy"]
    status: str
    text: str


def count_refusal(opened: site.Site, refusal: Refusal, now: str) -> None:
    """Count what we heard within SMTP, once for each mail and kind. For the sender."""
    if not returns.has_bounced(opened.store, refusal.message, refusal.member, refusal.kind):
        returns.add_bounce(
            opened.store, refusal.message, refusal.member, refusal.kind, refusal.status, refusal.text, None, now
        )  # fmt: skip
        judge(opened, refusal.member, now)


def judge(opened: site.Site, member: int, now: str) -> None:
    """Write what a member's bounces say about the address. What is dead stays so until its holder acts."""
    row = members.by_id(opened.store, member)
    if row is None or row["key"] is None or row["health"] == "dead":
        return
    settled = clock.iso(clock.parse(now) - bounces.SETTLED)
    good = returns.last_good(opened.store, member, settled)
    good = max(good or "", row["well_at"] or "")  # what was before it was taken for good does not count
    history = [
        bounces.Bounce(
            found["message"],
            found["kind"],
            found["status"],
            clock.parse(found["at"]),
            found["digest"] is None,
        )
        for found in returns.bounces(opened.store, member)
    ]
    health, reason = bounces.health(history, clock.parse(good) if good else None)
    is_news = health != row["health"] or (health != "ok" and reason != row["health_reason"])
    if is_news:
        members.set_health(opened.store, member, health, reason or "mail arrives again", now)


def revive(opened: site.Site, member: int, why: str, now: str) -> bool:
    """Take an address for good again because its holder acted; False when it was good already."""
    row = members.by_id(opened.store, member)
    if row is None or row["key"] is None or row["health"] == "ok":
        return False
    members.set_health(opened.store, member, "ok", why, now)
    return True


def look_again(opened: site.Site) -> int:
    """Judge all suspect addresses anew: a mail that has not come back makes them well. Return how many it did."""
    well, after = 0, 0
    while found := members.suspects(opened.store, after, PAGE):
        with opened.store.write(durable=False):
            for member in found:
                judge(opened, member, opened.clock.iso())
                row = members.by_id(opened.store, member)
                well += row is not None and row["health"] == "ok"
        after = found[-1]
    return well


def history(opened: site.Site, member: int) -> list[dict[str, Any]]:
    """The newest bounces of a member as a person may read them, newest first."""
    return [
        {
            "at": row["at"],
            "kind": row["kind"],
            "status": row["status"],
            "text": row["text"],
            "heard": "by our own sender" if row["digest"] is None else "from a report",
        }
        for row in reversed(returns.bounces(opened.store, member)[-SHOWN:])
    ]
