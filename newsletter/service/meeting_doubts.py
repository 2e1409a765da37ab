"""What may be wrong with a meeting's date: it is made all the same, and the chair hears of it.

A weekday in the title that the date does not have, a day that people avoid, a public holiday, something else at the same
time by the calendars that the list names (`clashes`), a time gone by.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from newsletter import settings
from newsletter.compose import catalogue, clashes, weekdays
from newsletter.core import errors

_UNLIKED = (0, 4)  # Monday and Friday: fewer people come
_LONG = timedelta(hours=14)  # a slip in --ends makes nearly a day of it
_SHOWN = 5  # clashes of one calendar


@dataclass(frozen=True, slots=True)
class Doubt:
    """What may be wrong with a meeting that was made all the same."""

    rule: str
    text: str


def find(
    title: str, starts: datetime, ends: datetime, mailing_list: settings.MailingList, now: datetime
) -> tuple[Doubt, ...]:
    """Everything that may be wrong. Times are aware."""
    own = mailing_list.site
    begin, end = (one.astimezone(own.zone) for one in (starts, ends))
    found = list(_weekdays(title, begin.date(), own.language))
    if end - begin > _LONG:
        hours = (end - begin) // timedelta(hours=1)
        found.append(Doubt("long", f"it lasts {hours} hours: is the end before the beginning?"))
    if begin.weekday() in _UNLIKED:
        weekday = catalogue.weekday(begin.weekday(), "en")
        found.append(Doubt("day", f"it is a {weekday}, a day on which fewer people come"))
    found += _holidays(begin.date(), end.date(), own.country or "")
    found += _clashes(begin, end, mailing_list)
    if starts <= now:
        found.append(Doubt("past", f"{catalogue.day(begin.date(), 'en', own.country or '')} is over already"))
    return tuple(found)


def _weekdays(title: str, day: date, language: str) -> Iterator[Doubt]:
    """Weekdays of the title that the meeting's day does not have, with a date beside them or alone."""
    right = catalogue.weekday(day.weekday(), "en")
    found = [misfit.text for misfit in weekdays.misfits(title, day)]
    if not found:
        names = [catalogue.weekday(number, language) for number in range(7)]
        named = [name for name in names if re.search(rf"\b{name}s?\b", title, re.IGNORECASE)]
        found = [] if names[day.weekday()] in named else named
    for text in found:
        yield Doubt("weekday", f"the title says '{text}', but that day is a {right}")


def _holidays(first: date, last: date, country: str) -> Iterator[Doubt]:
    """The public holidays of the whole country on the meeting's days; those of single regions are not looked at."""
    import holidays

    try:
        known = holidays.country_holidays(country)
        language = next((one for one in known.supported_languages if one.startswith("en")), None)
        known = holidays.country_holidays(country, language=language)
    except NotImplementedError:  # no country, or one that nobody has written down
        return
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if name := known.get(day):
            shown = catalogue.day(day, "en", country, weekday=True)
            yield Doubt("holiday", f"{shown} is a public holiday: {name}")


def _clashes(begin: datetime, end: datetime, mailing_list: settings.MailingList) -> Iterator[Doubt]:
    own = mailing_list.site
    for name in mailing_list.clashes:
        try:
            found = clashes.find(read(mailing_list, name), begin, end, own.zone)
        except errors.InputError as problem:
            yield Doubt("clashes-file", f"{name} {problem.message}, so nothing is known of what it holds")
            continue
        for one in found.clashes[:_SHOWN]:
            yield Doubt("clash", f"at the same time by {name}: {one.title}, {_when(one, own)}")
        if len(found.clashes) > _SHOWN:
            yield Doubt("clash", f"and {len(found.clashes) - _SHOWN} more by {name}")
        if found.skipped:
            text = f"{found.skipped} entries of {name} could not be looked at"
            yield Doubt("clashes-file", text)


def read(mailing_list: settings.MailingList, name: str) -> bytes:
    """The octets of a calendar that a list names, in its own folder or the site's. Raises InputError."""
    site = mailing_list.folder.parent.parent
    for folder in (mailing_list.folder, site):
        path = (folder / name).resolve()
        if path.is_relative_to(site.resolve()) and path.is_file():
            return _octets(path)
    raise errors.InputError("is neither in the list's folder nor in the site's")


def _octets(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(clashes.FILE_LIMIT + 1)
    except OSError as problem:
        raise errors.InputError(f"cannot be read: {problem.strerror}") from problem


def _when(one: clashes.Clash, own: settings.SiteSettings) -> str:
    first, last = (moment.astimezone(own.zone) for moment in (one.starts, one.ends))
    if one.all_day:
        return f"{catalogue.day(first.date(), 'en', own.country or '', weekday=True)}, all day"
    return catalogue.when(first, last, "en", own.country or "")
