"""Answers to a meeting: what an answer may hold, and until when it is taken. Pure functions."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from newsletter.core import errors, texts

Answer = Literal["yes", "no", "maybe"]
Drinks = Literal["", "yes", "no"]  # empty: not said, or the meeting has no second part
Standing = Literal["open", "over", "cancelled"]

ANSWERS: tuple[Answer, ...] = ("yes", "maybe", "no")
GUESTS_MOST = 9
NOTE_LIMIT = 500  # characters
RECEIPTS_APART = timedelta(hours=1)
NOTES_KEPT = timedelta(days=7)  # after the meeting: a note may tell of somebody's health


@dataclass(frozen=True, slots=True)
class Rsvp:
    """One person's answer to one meeting."""

    answer: Answer
    guests: int = 0
    drinks: Drinks = ""
    note: str = ""


def wrong(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Name the fields of a form (answer, guests, drinks, note) that hold what an answer cannot."""
    found = []
    if fields.get("answer", "") not in ANSWERS:
        found.append("answer")
    guests = fields.get("guests", "")
    if guests and not (guests.isascii() and guests.isdecimal() and len(guests) == 1):
        found.append("guests")
    if fields.get("drinks", "") not in ("", "yes", "no"):
        found.append("drinks")
    note = _note(fields.get("note", ""))
    if len(note) > NOTE_LIMIT or texts.FORBIDDEN.search(note):
        found.append("note")
    return tuple(found)


def read(fields: Mapping[str, str]) -> Rsvp:
    """Make an answer of a form's fields. Raises InputError when one of them cannot be."""
    if bad := wrong(fields):
        raise errors.InputError(f"the answer's {bad[0]} cannot be read")
    answer, drinks = fields["answer"], fields.get("drinks", "")
    return Rsvp(answer, int(fields.get("guests", "") or 0), drinks, _note(fields.get("note", "")))  # type: ignore[arg-type]


def settled(given: Rsvp, before: Rsvp | None, *, has_drinks: bool, drop_note: bool) -> Rsvp:
    """Bring an answer in line with its meeting and with the answer before it.

    A meeting without a second part has no drinks; whoever comes to nothing brings nobody and needs no note. An answer
    without a note keeps the one before, unless it is dropped.
    """
    drinks: Drinks = given.drinks if has_drinks else ""
    comes = given.answer != "no" or drinks == "yes"
    kept = before.note if before is not None and comes and not drop_note else ""
    return Rsvp(given.answer, given.guests if comes else 0, drinks, given.note or kept)


def _note(text: str) -> str:
    """A note on one line: people press Enter in it."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def standing(state: str, ends: str, now: str) -> Standing:
    """Tell whether a meeting still takes answers: until its end (times are UTC ISO), unless it is cancelled."""
    if state == "cancelled":
        return "cancelled"
    return "open" if now < ends else "over"


def receipt_at(times: Sequence[datetime], now: datetime) -> datetime:
    """Tell when the next receipt may go to a mailbox: now, or an hour after the newest of `times`, if that is later."""
    return max([now, *(one + RECEIPTS_APART for one in times)])
