"""How a list is doing over a period: growth, answers against attendance, addresses that do not work, what ends soon."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from newsletter import settings, site
from newsletter.core import clock, errors, growth, wall
from newsletter.service import growth as growths
from newsletter.service import promises, retention, returns_alerts
from newsletter.store import ledger, log, returns, subscriptions, turnouts

RETURN_DAYS = 30  # for which is told what came back
HINTS_SHOWN = 10
MEETINGS_SHOWN = 12

# The periods that a reader chooses from, by name, in days; `all` begins with the first member.
Name = Literal["month", "quarter", "year", "all"]
PERIODS: dict[Name, int] = {"month": 30, "quarter": 91, "year": 365, "all": 0}
USUAL: Name = "year"


@dataclass(frozen=True, slots=True)
class Turnout:
    """A meeting that took place: how many said that they come (guests counted), and how many came, where it is known."""

    slug: str
    title: str
    day: date
    people: int
    maybe: int
    no: int
    came: int | None


@dataclass(frozen=True, slots=True)
class Unwell:
    """An address that does not work, since when (UTC ISO) and why; `said` are the server's words."""

    address: str
    name: str
    health: str
    since: str
    why: str
    said: str


@dataclass(frozen=True, slots=True)
class Report:
    """All that a chair is told of a list. `sleeping` and `ending` are consents and memberships that lapse unless somebody
    does something; `events` and `head` are the ledger's, of the whole site."""

    slug: str
    title: str
    growth: growths.Growth
    states: dict[str, int]
    turnouts: tuple[Turnout, ...]
    returned: dict[str, int]
    unwell: tuple[Unwell, ...]
    promises: tuple[promises.Owed, ...]
    sleeping: int
    ending: int
    events: int
    head: str
    hints: tuple[dict[str, str], ...]  # of the whole site: a report without a token names no list

    @property
    def show_rate(self) -> int | None:
        """Of a hundred who say that they come, so many come; None while nobody counted."""
        known = [one for one in self.turnouts if one.came is not None and one.people]
        said = sum(one.people for one in known)
        return round(100 * sum(one.came or 0 for one in known) / said) if said else None

    def told(self) -> dict[str, Any]:
        """The report as JSON shows it."""
        return {
            "list": self.slug,
            "title": self.title,
            "first": self.growth.period.first.isoformat(),
            "last": self.growth.period.last.isoformat(),
            "members": self.states,
            "growth": self.growth.told(),
            "meetings": [
                {
                    "meeting": one.slug,
                    "title": one.title,
                    "day": one.day.isoformat(),
                    "people": one.people,
                    "maybe": one.maybe,
                    "no": one.no,
                    "came": one.came,
                }
                for one in self.turnouts
            ],
            "show_rate": self.show_rate,
            "returned": self.returned,
            "unwell": [
                {
                    "address": one.address,
                    "name": one.name,
                    "health": one.health,
                    "since": one.since,
                    "why": one.why,
                    "said": one.said,
                }
                for one in self.unwell
            ],
            "dormant_soon": self.sleeping,
            "ending_soon": self.ending,
            "promises": [one.told() for one in self.promises],
            "events": self.events,
            "head": self.head,
            "hints": len(self.hints),
            "newest_hints": list(self.hints[-HINTS_SHOWN:]),
        }


def of_list(opened: site.Site, slug: str, period: growth.Period | None = None) -> Report:
    """Report on a list over a period (None: the last year). Changes nothing. Raises NotFoundError."""
    mailing_list = opened.mailing_list(slug)
    list_id = opened.store.list_ids[slug]
    span = period or named(opened, mailing_list, USUAL)
    recent = clock.iso(opened.clock.now() - timedelta(days=RETURN_DAYS))
    warnings = retention.warnings(opened)
    head, events = ledger.head(opened.store)
    return Report(
        slug=slug,
        title=mailing_list.title,
        growth=growths.of_list(opened, slug, span),
        states=subscriptions.counts(opened.store, list_id),
        turnouts=_turnouts(opened, mailing_list, span),
        returned=returns.bounce_counts(opened.store, list_id, recent),
        unwell=tuple(
            Unwell(
                row["address"],
                row["name"],
                row["health"],
                row["health_at"],
                row["health_reason"],
                row["said"],
            )
            for row in returns.unwell(opened.store, list_id)
        ),
        promises=tuple(promises.owed(opened, slug)),
        sleeping=warnings.dormant.get(slug, 0),
        ending=warnings.ending.get(slug, 0),
        events=events,
        head=head.hex() if events else "",
        hints=tuple(
            {"at": row["at"], "about": row["about"], "why": row["why"]}
            for row in log.since(opened.store, returns_alerts.HINT, recent)
        ),
    )


def named(opened: site.Site, mailing_list: settings.MailingList, name: Name) -> growth.Period:
    """A period by its name, ending today."""
    if name == "all":
        return growths.since_the_beginning(opened, mailing_list)
    today = opened.clock.now().astimezone(mailing_list.site.zone).date()
    return growth.Period(today - timedelta(days=PERIODS[name] - 1), today)


def between(
    opened: site.Site, mailing_list: settings.MailingList, since: date | None, until: date | None
) -> growth.Period:
    """A period by its two days; without the first one, a year; without the last one, until today.

    It does not begin before the list's first member came. Raises UsageError.
    """
    today = opened.clock.now().astimezone(mailing_list.site.zone).date()
    last = min(until or today, today)
    first = since or last - timedelta(days=PERIODS[USUAL] - 1)
    if first > last:
        raise errors.UsageError(f"{first} is after {last}", "Name the earlier day with --since.")
    begun = growths.since_the_beginning(opened, mailing_list).first
    return growth.Period(max(first, min(begun, last)) if since else first, last)


def _turnouts(
    opened: site.Site, mailing_list: settings.MailingList, period: growth.Period
) -> tuple[Turnout, ...]:
    zone, now = mailing_list.site.zone, opened.clock.iso()
    days: Sequence[date] = (period.first, period.last + timedelta(days=1))
    since, before = (clock.iso(wall.moment(datetime.combine(day, datetime.min.time()), zone)) for day in days)
    rows = turnouts.of_list(
        opened.store, opened.store.list_ids[mailing_list.slug], since, min(before, now), MEETINGS_SHOWN
    )
    return tuple(
        Turnout(
            row["slug"],
            row["title"],
            clock.parse(row["starts"]).astimezone(zone).date(),
            row["people"],
            row["maybe"],
            row["no"],
            row["came"],
        )
        for row in rows
    )
