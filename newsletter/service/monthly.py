"""The report of the month before, by mail to every organiser who wants it: once for each, whoever runs the clock.

One mail tells of all lists.
"""

from datetime import date, timedelta
from typing import Any

from newsletter import settings, site
from newsletter.compose import catalogue, message
from newsletter.core import clock, growth
from newsletter.service import growth as growths
from newsletter.service import list_reports, reports
from newsletter.store import log
from newsletter.store import monthly as store

ACT = "monthly report"  # the entry in the log that says that an organiser got one
MONTHS_SHOWN = 6
NAMES = 10  # addresses that do not work, named for each list


def send_due(opened: site.Site, note: reports.Note = lambda text: None) -> None:
    """Send the last month's report to every organiser who has not got it. Raises RelayError, PausedError, EditionError."""
    period = last_month(opened)
    month = f"{period.first:%Y-%m}"
    waiting = [
        one
        for one in opened.config.organisers
        if one.report == "monthly" and not log.has(opened.store, ACT, one.email, month)
    ]
    if not waiting or not opened.config.lists or not _is_any(opened, period):
        return
    first = next(iter(opened.config.lists.values()))
    reports.to_each(opened, first, _compose(opened, period), waiting, reports.Once(ACT, month), note)


def last_month(opened: site.Site) -> growth.Period:
    """The calendar month before this one, on the site's calendar."""
    first_of_this = opened.clock.now().astimezone(opened.config.site.zone).date().replace(day=1)
    last = first_of_this - timedelta(days=1)
    return growth.Period(last.replace(day=1), last)


def _is_any(opened: site.Site, period: growth.Period) -> bool:
    """Whether there was anybody on a list by the end of the month: a new site has nothing to tell yet."""
    begun = store.begun(opened.store)
    return begun is not None and clock.parse(begun).astimezone(opened.config.site.zone).date() <= period.last


def _compose(opened: site.Site, period: growth.Period) -> message.Message:
    lists, language = tuple(opened.config.lists.values()), opened.config.site.language
    values: dict[str, Any] = {
        "month": catalogue.month(period.first, language),
        "parts": tuple(_part(opened, one, period, language) for one in lists),
        "desk": f"{opened.config.site.base_url}/desk" if opened.config.site.base_url else "",
    }
    return reports.compose(opened, "monthly", "T", lists[:1], values)


def _part(
    opened: site.Site, mailing_list: settings.MailingList, period: growth.Period, language: str
) -> dict[str, Any]:
    """What is told of one list: plain values for the template."""
    found = list_reports.of_list(opened, mailing_list.slug, period)
    say, months = _say(language), _months(opened, mailing_list, period.last)
    return {
        "title": found.title,
        "rows": tuple((say(name), value) for name, value in _rows(found, language) if value),
        "months": months,
        "bars": [
            (name, f"{'#' * length} {members} ({change})".strip()) for name, members, length, change in months
        ],
        "todo": tuple(_todo(found, language)),
        "unwell": tuple((one.name or one.address, one.why) for one in found.unwell[:NAMES]),
        "more": f"{len(found.unwell) - NAMES:,}" if len(found.unwell) > NAMES else "",
    }


def _say(language: str) -> Any:
    return lambda key, **values: catalogue.say(f"monthly_{key}", language, **values)


def _rows(found: list_reports.Report, language: str) -> list[tuple[str, str]]:
    grown, say = found.growth, _say(language)
    count = f"{grown.members:,}"
    if grown.goal:
        count = say("of", count=count, goal=f"{grown.goal:,}")
    meetings = [
        say("uncounted", title=one.title, people=f"{one.people:,}")
        if one.came is None
        else say("turnout", title=one.title, people=f"{one.people:,}", came=f"{one.came:,}")
        for one in found.turnouts
    ]
    returned = sum(found.returned.values())
    return [
        ("members", count),
        ("joined", f"{grown.joined:,}"),
        ("ways", growths.ways_said(grown.ways, language)),
        ("left", f"{grown.left:,}"),
        ("meetings", "; ".join(meetings)),
        ("returned", f"{returned:,}" if returned else ""),
        ("chain", say("head", count=f"{found.events:,}", head=found.head[:16]) if found.events else ""),
    ]


def _todo(found: list_reports.Report, language: str) -> list[str]:
    say = _say(language)
    told = [say("ending", count=f"{found.ending:,}")] if found.ending else []
    told += [say("sleeping", count=f"{found.sleeping:,}")] if found.sleeping else []
    return told + [say("promise", words=one.words, edition=one.subject) for one in found.promises]


def _months(
    opened: site.Site, mailing_list: settings.MailingList, last: date
) -> tuple[tuple[str, str, int, str], ...]:
    """The last months: name, members at its end, length of its bar in twentieths of the longest, change."""
    first, own = last.replace(day=1), opened.config.site
    ends = [last]
    for _ in range(MONTHS_SHOWN - 1):
        first = (first - timedelta(days=1)).replace(day=1)
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    found = growths.ends(opened, mailing_list, [first - timedelta(days=1), *reversed(ends)])
    most = max([1, mailing_list.goal or 0, *found])
    return tuple(
        (
            catalogue.month(day, own.language),
            f"{members:,}",
            round(20 * members / most),
            f"{members - before:+,}",
        )
        for day, before, members in zip(reversed(ends), found, found[1:], strict=False)
    )
