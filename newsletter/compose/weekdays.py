"""Find weekdays that do not fit their date in English, German and French text: the commonest mistake of invitations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

# The first letters that tell a name from all others of its language; what follows may be cut short with a dot.
_WEEKDAYS = {
    "en": ("mon(?:day)?", "tue(?:s|sday)?", "wed(?:nesday|s)?", "thu(?:r|rs|rsday)?", "fri(?:day)?", "sat(?:urday)?", "sun(?:day)?"),
    "de": ("mo(?:ntag)?", "di(?:enstag)?", "mi(?:ttwoch)?", "do(?:nnerstag)?", "fr(?:eitag)?", "sa(?:mstag)?|sonnabend", "so(?:nntag)?"),
    "fr": ("lun(?:di)?", "mar(?:di)?", "mer(?:credi)?", "jeu(?:di)?", "ven(?:dredi)?", "sam(?:edi)?", "dim(?:anche)?"),
}  # fmt: skip
_MONTHS = {
    "en": ("jan(?:uary)?", "feb(?:ruary)?", "mar(?:ch)?", "apr(?:il)?", "may", "june?", "july?", "aug(?:ust)?", "sept?(?:ember)?", "oct(?:ober)?", "nov(?:ember)?", "dec(?:ember)?"),
    "de": ("jan(?:uar)?|jänner", "feb(?:ruar)?", "mär(?:z)?|maerz", "apr(?:il)?", "mai", "juni?", "juli?", "aug(?:ust)?", "sept?(?:ember)?", "okt(?:ober)?", "nov(?:ember)?", "dez(?:ember)?"),
    "fr": ("janv(?:ier)?", "févr?(?:ier)?|fevrier", "mars", "avr(?:il)?", "mai", "juin", "juil(?:let)?", "août|aout", "sept(?:embre)?", "oct(?:obre)?", "nov(?:embre)?", "déc(?:embre)?|decembre"),
}  # fmt: skip
_NEAR = timedelta(days=183)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A weekday that its date does not have. `start` is where it stands in the text; `right` counts from Monday as 0."""

    text: str
    start: int
    day: date
    right: int


def misfits(text: str, today: date) -> Iterator[Misfit]:
    """Find each weekday with a date beside it that falls on another day.

    A date without a year counts as the one nearest to `today`. A date that does not exist (31 June) is left alone.
    """
    for pattern, language in _PATTERNS:
        for found in pattern.finditer(text):
            day = _day(found.groupdict(), language, today)
            weekday = _number(_WEEKDAYS[language], found["weekday"])
            if day is not None and day.weekday() != weekday:
                yield Misfit(" ".join(found[0].split()), found.start(), day, day.weekday())


def _day(parts: dict[str, str | None], language: str, today: date) -> date | None:
    day, month, year = parts["day"], parts["month"], parts["year"]
    number = int(month or 0) if (month or "").isdigit() else _number(_MONTHS[language], month or "") + 1
    try:
        if year:
            return date(int(year) + (2000 if len(year) == 2 else 0), number, int(day or 0))
        found = [date(today.year + shift, number, int(day or 0)) for shift in (-1, 0, 1)]
    except ValueError:
        return None
    return next((moment for moment in found if abs(moment - today) <= _NEAR), found[1])


def _number(names: tuple[str, ...], word: str) -> int:
    word = word.rstrip(".").lower()
    return next(number for number, name in enumerate(names) if re.fullmatch(name, word))


def _patterns() -> Iterator[tuple[re.Pattern[str], str]]:
    """The ways people write a weekday and its date. [ \\t\\n] keeps a pair together over a line end, not a paragraph."""
    gap = r"[ \t\xa0]*\n?[ \t\xa0]*"
    for language in _WEEKDAYS:
        weekday = rf"\b(?P<weekday>{'|'.join(_WEEKDAYS[language])})\b\.?,?{gap}"
        month = rf"(?P<month>{'|'.join(_MONTHS[language])})\b\.?"
        day = r"(?P<day>\d{1,2})"
        year = rf"(?:,?{gap}(?P<year>\d{{4}})\b)?"
        if language == "en":
            yield (
                _compiled(rf"{weekday}(?:the{gap})?{day}(?:st|nd|rd|th)?{gap}(?:of{gap})?{month}{year}"),
                language,
            )
            yield _compiled(rf"{weekday}{month}{gap}{day}(?:st|nd|rd|th)?\b{year}"), language
            yield _compiled(rf"{weekday}(?P<year>\d{{4}})-(?P<month>\d\d)-{day}\b"), language
        elif language == "de":
            yield _compiled(rf"{weekday}(?:de[nmr]{gap})?{day}\.{gap}{month}{year}"), language
            yield (
                _compiled(
                    rf"{weekday}(?:de[nmr]{gap})?{day}\.{gap}(?P<month>\d{{1,2}})\.(?:{gap}(?P<year>\d{{4}}|\d\d)\b)?"
                ),
                language,
            )
        else:
            yield _compiled(rf"{weekday}(?:le{gap})?{day}(?:er)?{gap}{month}{year}"), language


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_PATTERNS = tuple(_patterns())
