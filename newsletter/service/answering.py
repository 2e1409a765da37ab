"""Mails that answer one person's act: confirm, already, welcome, goodbye, fresh, moved, leaving, receipt and
the like. Queued, never sent, here.

Each is composed from its template once for a set of lists, and kept until template, configuration or key change. Every
function runs inside the caller's write transaction.
"""

import functools
import hashlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from newsletter import settings, site
from newsletter.compose import frame, message
from newsletter.core import clock, words
from newsletter.service import editions
from newsletter.service import meetings as plans
from newsletter.store import answers, meetings

LOOK_SECONDS = 5.0  # how soon a changed template is noticed


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of answer: its template and mail class, and what of the lists it tells."""

    template: str
    mail_class: words.MailClass
    tells_wordings: bool = False
    tells_meeting: bool = False
    reason: words.Reason = "self"  # why its reader gets it


CONFIRM = Kind("confirm", "C", tells_wordings=True)
CHANGE = Kind("change", "C")
ALREADY = Kind("already", "T")
WELCOME = Kind("welcome", "T", tells_meeting=True)
GOODBYE = Kind("goodbye", "T")
FRESH = Kind("fresh", "T")
MOVED = Kind("moved", "T")
RECEIPT = Kind("receipt", "T")
WAITING = Kind("waiting", "T", reason="answered")
OFFER = Kind("offer", "T", reason="answered")
MEETING_CHANGED = Kind("meeting_changed", "T", reason="answered")
LEAVING = Kind("leaving", "T")
DESK = Kind("desk", "T")  # to an organiser, who need be no member: its member is 0


@dataclass(frozen=True, slots=True)
class Answer:
    """One mail to one person. `occasion` makes it the only one of its kind for what it answers; `numbers` are those that
    tokens carry instead of the message's own (a request's), `seconds` those that they carry instead of the member's;
    `values` fill the template's slots. `due` is when it may go (UTC ISO; empty: now)."""

    member: int
    address: str
    occasion: int
    list_id: int | None = None
    name: str = ""
    first_name: str = ""
    numbers: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, int] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    due: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """The meeting that a mail is about, which its answer links lead to; with `has_entry` it carries the calendar entry."""

    meeting: sqlite3.Row
    has_entry: bool = True


def queue(
    opened: site.Site, kind: Kind, lists: Sequence[str], answer: Answer, told: Mapping[str, Any] | None = None,
    about: About | None = None,
) -> int:  # fmt: skip
    """Queue an answer under the name of the first list; return its message's number. Raises EditionError."""
    number = composed(opened, kind, lists, told, about)
    due = answer.due or opened.clock.iso()
    zone = opened.mailing_list(lists[0]).site.zone
    vals = {
        "name": answer.name,
        "first_name": answer.first_name,
        "date": format_datetime(clock.parse(due).astimezone(zone)),
        **{f"number_{purpose}": str(own) for purpose, own in answer.numbers.items()},
        **{f"second_{purpose}": str(own) for purpose, own in answer.seconds.items()},
        **answer.values,
    }
    answers.queue(
        opened.store, number, answer.member, str(answer.occasion), answer.list_id, answer.address, vals, due,
        opened.clock.iso(),
    )  # fmt: skip
    return number


def compose_all(opened: site.Site) -> None:
    """Compose every kind of answer for each list ahead, so that no visitor waits for it. Raises EditionError."""
    kinds = (CONFIRM, ALREADY, WELCOME, GOODBYE, FRESH, CHANGE, MOVED, DESK)
    with opened.store.write():
        for slug in opened.config.lists:
            for kind in kinds:
                composed(opened, kind, (slug,))


def composed(
    opened: site.Site, kind: Kind, lists: Sequence[str], told: Mapping[str, Any] | None = None,
    about: About | None = None,
) -> int:  # fmt: skip
    """The message of this kind for these lists: found, or composed now. Raises EditionError.

    `told` are plain values for its template beside those of the lists: they are the same for everybody who gets it.
    A mail `about` a meeting has answer links about it.
    """
    digest = _digest(opened, kind, lists, told, about)
    found = answers.by_digest(opened.store, digest)
    if found is not None:
        return found
    around, values = _made_of(opened, kind, lists, told, about)
    shape = frame.Shape(tuple(lists), kind.reason)
    frozen = message.freeze_answer(kind.template, kind.mail_class, around, (shape,), values)
    return answers.add_message(
        opened.store, kind.template, kind.mail_class, lists, frozen.subject_shown(), frozen.to_json(),
        opened.tokens.newest, digest, opened.clock.iso(), about.meeting["id"] if about else None,
    )  # fmt: skip


def _made_of(
    opened: site.Site, kind: Kind, lists: Sequence[str], told: Mapping[str, Any] | None, about: About | None
) -> tuple[frame.Frame, dict[str, Any]]:
    """What a message is made of beside its template: the frame of its lists, and plain values."""
    around = editions.make_frame(opened, tuple(opened.mailing_list(slug) for slug in lists))
    values = {**_values(opened, kind, lists), **(told or {})}
    if about is None:
        return around, values
    if about.has_entry:
        around = replace(around, meeting=plans.told(about.meeting, opened.mailing_list(lists[0]).site))
    return around, {**values, "about": about.meeting["id"]}


def _values(opened: site.Site, kind: Kind, lists: Sequence[str]) -> dict[str, Any]:
    """What a template is told beside the frame: plain values of the lists, nothing of the person."""
    found = [opened.mailing_list(slug) for slug in lists]
    values: dict[str, Any] = {"purpose": _each([(one.title, one.purpose) for one in found])}
    if kind.tells_wordings:
        values["wording"] = _each([(one.title, one.wording) for one in found])
    if kind.tells_meeting:
        values["next_facts"] = _next_meeting(opened, lists)
    return values


def _each(texts: Sequence[tuple[str, str]]) -> str:
    """One text as it is; several each under its list's title."""
    if len(texts) == 1:
        return texts[0][1]
    return "\n".join(f"{title}: {text}" for title, text in texts)


def _next_meeting(opened: site.Site, lists: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """The facts of the lists' next meeting as rows of name and value; empty when none is planned."""
    ids = [opened.store.list_ids[slug] for slug in lists]
    row = meetings.next_of(opened.store, ids, opened.clock.iso())
    if row is None:
        return ()
    return plans.facts(row, opened.mailing_list(lists[0]).site)


def _digest(
    opened: site.Site, kind: Kind, lists: Sequence[str], told: Mapping[str, Any] | None, about: About | None
) -> str:
    """A hash over all that goes into the message: changed words, templates or keys make a new one.

    Where all of that stands in files, they are looked at every few seconds only: people leave by the thousand.
    """
    turn = int(opened.clock.monotonic() // LOOK_SECONDS)
    if told or about or kind.tells_meeting:
        return _hashed(opened, kind, _made_of(opened, kind, lists, told, about), turn)
    key = (id(opened.config), kind.template, tuple(lists), opened.tokens.newest, turn)
    if key not in _KEPT:
        if len(_KEPT) >= KEPT:
            _KEPT.clear()
        # The configuration is kept along, so that no other one gets its id.
        _KEPT[key] = opened.config, _hashed(opened, kind, _made_of(opened, kind, lists, None, None), turn)
    return _KEPT[key][1]


KEPT = 256
_KEPT: dict[tuple[object, ...], tuple[settings.Config, str]] = {}


def _hashed(opened: site.Site, kind: Kind, made_of: tuple[frame.Frame, dict[str, Any]], turn: int) -> str:
    around, values = made_of
    # Where the folders lie is no part of what a message says; what is in them is looked at every few seconds.
    plain = tuple(getattr(around, name) for name in around.__dataclass_fields__ if name != "templates")
    files = _contents(around.templates, turn)
    return message.digest(kind, plain, sorted(values.items()), opened.tokens.newest, files)


@functools.lru_cache(maxsize=16)
def _contents(folders: tuple[Path, ...], _turn: int) -> str:
    """A hash over the mail templates, once a turn."""
    whole = hashlib.sha256()
    for folder in folders:
        for file in sorted((folder / "mail").glob("*")):
            if file.is_file():
                whole.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
        whole.update(b"\0\0")
    return whole.hexdigest()
