"""Answers to a meeting: what an answer may hold, and until when it is taken. Pure functions."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from newsletter.core import errors, texts

Answer = Literal["yes", "no", "maybe"]
Drinks = Literal["", "yes", "no"]  # empty: not said, or the meeting has no second part
Standing = Literal["open", "over", "cancelled"]
Private = Literal["note", "needs"]

ANSWERS: tuple[Answer, ...] = ("yes", "maybe", "no")
DRINKS: tuple[Drinks, ...] = ("", "yes", "no")
GUESTS_MOST = 9
NOTE_LIMIT = 500  # characters, of a note and of the needs
RECEIPTS_APART = timedelta(hours=1)
NOTES_KEPT = timedelta(days=7)  # after the meeting: needs and notes may tell of somebody's health
PRIVATE: tuple[Private, ...] = ("note", "needs")  # told to the organisers alone, and never shown by a link


@dataclass(frozen=True, slots=True)
class Rsvp:
    """One person's answer to one meeting; `needs` are what they eat or how they get in."""

    answer: Answer
    guests: int = 0
    drinks: Drinks = ""
    note: str = ""
    needs: str = ""


def wrong(fields: Mapping[str, str]) -> tuple[str, ...]:
    """Name the fields of a form (answer, guests, drinks, note, needs) that hold what an answer cannot."""
    found = []
    if fields.get("answer", "") not in ANSWERS:
        found.append("answer")
    guests = fields.get("guests", "")
    if guests and not (guests.isascii() and guests.isdecimal() and len(guests) == 1):
        found.append("guests")
    if fields.get("drinks", "") not in DRINKS:
        found.append("drinks")
    for name in PRIVATE:
        text = one_line(fields.get(name, ""))
        if len(text) > NOTE_LIMIT or texts.FORBIDDEN.search(text):
            found.append(name)
    return tuple(found)


def read(fields: Mapping[str, str]) -> Rsvp:
    """Make an answer of a form's fields. Raises InputError when one of them cannot be."""
    if bad := wrong(fields):
        raise errors.InputError(f"the answer's {bad[0]} cannot be read")
    answer = next(one for one in ANSWERS if one == fields["answer"])
    drinks = next(one for one in DRINKS if one == fields.get("drinks", ""))
    note, needs = (one_line(fields.get(name, "")) for name in PRIVATE)
    return Rsvp(answer, int(fields.get("guests", "") or 0), drinks, note, needs)


def settled(given: Rsvp, before: Rsvp | None, *, has_drinks: bool, drop: Collection[Private] = ()) -> Rsvp:
    """Bring an answer in line with its meeting and with the answer before it.

    A meeting without a second part has no drinks; whoever comes to nothing brings nobody and needs no note. An answer
    without note or needs keeps those before, unless they are to be dropped.
    """
    drinks: Drinks = given.drinks if has_drinks else ""
    comes = given.answer != "no" or drinks == "yes"
    kept = before if before is not None and comes else Rsvp(given.answer)
    note = given.note or ("" if "note" in drop else kept.note)
    needs = given.needs or ("" if "needs" in drop else kept.needs)
    return Rsvp(given.answer, given.guests if comes else 0, drinks, note, needs)


def one_line(text: str) -> str:
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
