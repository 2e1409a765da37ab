"""The words of mail frames in the list's language: sentences from phrases.py, dates and times as people write them."""

from collections.abc import Sequence
from datetime import date, datetime

from newsletter.compose import phrases

_MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember".split(),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split(),
}
_WEEKDAYS = {
    "en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(),
    "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag".split(),
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche".split(),
}
_LANGUAGES = ("en", "de", "fr")
# Where English is written with the month first and the clock has twelve hours.
_MONTH_FIRST = ("US", "CA")


def say(key: str, language: str, **values: str) -> str:
    """Say a phrase with its values filled in, e.g. say("next_meeting", "de")."""
    return phrase(key, language).format(**values)


def phrase(key: str, language: str) -> str:
    """Return a phrase as it stands, with its {places}."""
    return phrases.PHRASES[key][_LANGUAGES.index(language)]


def optional(key: str, language: str) -> str:
    """Return a phrase that not every template has, or nothing."""
    return phrase(key, language) if key in phrases.PHRASES else ""


def day(moment: date, language: str, country: str = "", *, weekday: bool = False) -> str:
    """Write a date: 13 September 2018, September 13, 2018 (US, CA), 13. September 2018, 13 septembre 2018."""
    name = _WEEKDAYS[language][moment.weekday()]
    month = _MONTHS[language][moment.month - 1]
    if language == "de":
        return f"{f'{name}, ' * weekday}{moment.day}. {month} {moment.year}"
    if language == "fr":
        number = "1er" if moment.day == 1 else str(moment.day)
        return f"{f'{name} ' * weekday}{number} {month} {moment.year}"
    if country in _MONTH_FIRST:
        return f"{f'{name}, ' * weekday}{month} {moment.day}, {moment.year}"
    return f"{f'{name} ' * weekday}{moment.day} {month} {moment.year}"


def month(moment: date, language: str) -> str:
    """Name a month with its year: June 2018."""
    return f"{_MONTHS[language][moment.month - 1]} {moment.year}"


def short(moment: date, language: str) -> str:
    """Write a date without its year, as short as it can be told: 4 Jun, 4. Jun, 4 juin (three letters are two months)."""
    name = _MONTHS[language][moment.month - 1][: 4 if language == "fr" else 3]
    return f"{moment.day}{'.' * (language == 'de')} {name}"


def weekday(number: int, language: str) -> str:
    """Name a day of the week, counted from Monday as 0."""
    return _WEEKDAYS[language][number]


def clock(moment: datetime, language: str, country: str = "") -> str:
    """Write a time of day: 18:00, 6:00 pm (US, CA), 18:00, 18 h 30."""
    if language == "fr":
        return f"{moment.hour}\xa0h\xa0{moment.minute:02d}" if moment.minute else f"{moment.hour}\xa0h"
    if language == "en" and country in _MONTH_FIRST:
        return f"{moment.hour % 12 or 12}:{moment.minute:02d}\xa0{'am' if moment.hour < 12 else 'pm'}"
    return f"{moment.hour}:{moment.minute:02d}"


def when(starts: datetime, ends: datetime | None, language: str, country: str = "") -> str:
    """Write when a meeting is: weekday, date with year, from and to; over midnight both dates.

    The moments are taken as they are: give them in the list's zone.
    """
    first = day(starts, language, country, weekday=True)
    begin = clock(starts, language, country)
    if ends is None:
        return say("when_from", language, day=first, begin=begin)
    end = clock(ends, language, country)
    if ends.date() != starts.date():
        last = day(ends, language, country, weekday=True)
        return say("when_over", language, day=first, begin=begin, last=last, end=end)
    return say("when", language, day=first, begin=begin, end=end)


def link_follows(day_text: str, language: str, country: str = "") -> str:
    """Say that a link is still to come, by a date (YYYY-MM-DD) or without one."""
    if not day_text:
        return say("link_follows", language)
    try:
        moment = date.fromisoformat(day_text)
    except ValueError:
        return f"({day_text})"
    return say("link_follows_by", language, day=day(moment, language, country))


def both(names: Sequence[str], language: str) -> str:
    """Join names: A; A and B; A, B and C."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {say('and', language)} {names[-1]}"
