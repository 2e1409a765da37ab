"""How a list has grown: its number against its goal, who came and by which way, who went; for the report and the recap."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from newsletter import settings, site
from newsletter.compose import catalogue
from newsletter.core import clock, growth
from newsletter.store import growth as store
from newsletter.store import subscriptions

SOURCES = 10  # told apart
RECENT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Growth:
    """The numbers of a list over a period. `members` are those on it at the end of the period, `before` those at the
    end of the day before it. `ways` and `ends` say how people came and went, `sources` what is written about where from."""

    slug: str
    period: growth.Period
    members: int
    goal: int | None
    before: int
    joined: int
    left: int
    ways: dict[str, int]
    ends: dict[str, int]
    sources: dict[str, int]
    curve: tuple[growth.Point, ...]
    spans: tuple[growth.Span, ...]

    def told(self) -> dict[str, Any]:
        """The numbers as JSON shows them."""
        return {
            "members": self.members,
            "goal": self.goal,
            "before": self.before,
            "joined": self.joined,
            "left": self.left,
            "where_from": self.ways,
            "how_left": self.ends,
            "sources": self.sources,
            "spans": [
                {"first": one.first.isoformat(), "joined": one.joined, "left": one.left} for one in self.spans
            ],
            "curve": [{"day": one.day.isoformat(), "members": one.members} for one in self.curve],
        }


def of_list(opened: site.Site, slug: str, period: growth.Period | None = None) -> Growth:
    """The growth of a list over a period (None: since the last recap went out, else 30 days). Raises NotFoundError."""
    mailing_list = opened.mailing_list(slug)
    list_id, zone = opened.store.list_ids[slug], mailing_list.site.zone
    span = period or since_last_recap(opened, mailing_list)
    moves = [_move(row) for row in store.moves(opened.store, list_id)]
    now = members_of(opened, list_id)
    members = growth.on_at(moves, now, span.last, zone)
    came = growth.during(moves, span, zone, joined=True)
    gone = growth.during(moves, span, zone, joined=False)
    sources = growth.tally((move.source, move.count) for move in came)
    return Growth(
        slug=slug,
        period=span,
        members=members,
        goal=mailing_list.goal,
        before=growth.on_at(moves, now, span.first - timedelta(days=1), zone),
        joined=sum(move.count for move in came),
        left=sum(move.count for move in gone),
        ways=growth.tally((move.how, move.count) for move in came),
        ends=growth.tally((move.how, move.count) for move in gone),
        sources=dict(list(sources.items())[:SOURCES]),
        curve=growth.curve(moves, now, span, zone),
        spans=growth.spans(moves, span, zone),
    )


def ends(opened: site.Site, mailing_list: settings.MailingList, days: Sequence[date]) -> list[int]:
    """How many were on a list at the end of each of these days."""
    list_id, zone = opened.store.list_ids[mailing_list.slug], mailing_list.site.zone
    moves = [_move(row) for row in store.moves(opened.store, list_id)]
    now = members_of(opened, list_id)
    return [growth.on_at(moves, now, day, zone) for day in days]


def members_of(opened: site.Site, list_id: int) -> int:
    """How many are on a list now."""
    counts = subscriptions.counts(opened.store, list_id)
    return sum(count for state, count in counts.items() if growth.is_on(state))


def since_last_recap(opened: site.Site, mailing_list: settings.MailingList) -> growth.Period:
    """From the day after the list's last recap until today."""
    zone, now = mailing_list.site.zone, opened.clock.now()
    at = store.last_edition(opened.store, mailing_list.slug, "recap")
    today = now.astimezone(zone).date()
    if at is None:
        return growth.Period((now - RECENT).astimezone(zone).date(), today)
    return growth.Period(min(clock.parse(at).astimezone(zone).date() + timedelta(days=1), today), today)


def since_the_beginning(opened: site.Site, mailing_list: settings.MailingList) -> growth.Period:
    """From the day on which the first member came until today."""
    zone = mailing_list.site.zone
    moves = store.moves(opened.store, opened.store.list_ids[mailing_list.slug])
    today = opened.clock.now().astimezone(zone).date()
    first = clock.parse(moves[0]["at"]).astimezone(zone).date() if moves else today
    return growth.Period(min(first, today), today)


def sentence(opened: site.Site, slug: str, period: growth.Period | None = None) -> str:
    """Growth in one or two sentences of the list's language, for a recap: "We are 45 of 100, 7 more since ..."."""
    found, own = of_list(opened, slug, period), opened.mailing_list(slug).site
    since = catalogue.day(found.period.first, own.language, own.country or "")
    more = found.members - found.before
    key = "growth_goal" if found.goal else "growth_plain"
    parts = [catalogue.say(key, own.language, count=f"{found.members:,}", goal=f"{found.goal or 0:,}")]
    if more > 0:
        parts.append(catalogue.say("growth_more", own.language, count=f"{more:,}", since=since))
    if found.ways and more > 0:
        parts.append(catalogue.say("growth_ways", own.language, ways=ways_said(found.ways, own.language)))
    return " ".join(parts)


def ways_said(ways: dict[str, int], language: str) -> str:
    """The ways in words: the booth (4), the web (3)."""
    return catalogue.both(
        [f"{catalogue.say(f'way_{way}', language)} ({count:,})" for way, count in ways.items()], language
    )


def _move(row: Any) -> growth.Move:
    how: growth.Way | growth.End = (
        growth.way(row["step"], row["channel"]) if row["is_on"] else growth.end(row["state"])
    )
    return growth.Move(clock.parse(row["at"]), bool(row["is_on"]), how, row["n"], row["source"])
