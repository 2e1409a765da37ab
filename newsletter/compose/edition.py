"""Read what the chair writes: TOML front matter between +++ lines, then Markdown.

Everything that can be known from the text alone is checked here, all problems at once; what needs a list, a date or the
composed mail is for lint.py.
"""

import re
import tomllib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import get_args

from newsletter.compose import fields, slots
from newsletter.core import errors, tables, texts, words

BODY_LIMIT = 200_000  # characters of Markdown
_SUBJECT_LIMIT = 200
_PREHEADER_LIMIT = 250
_ATTACH_LIMIT = 10
# What no Markdown needs: controls but tab and line feed. (Direction marks may stand in a text of another script.)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
_FENCE = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class NextMeeting:
    """The [next_meeting] table. Times are local to the list's zone, as the chair writes them."""

    title: str
    starts: datetime
    ends: datetime | None = None
    place: str = ""
    then: str = ""


@dataclass(frozen=True, slots=True)
class Follows:
    """The [follows] table: the edition whose promised links this one brings, and how it opens for those who came to that
    edition's meeting and for those who missed it (empty: alike for all)."""

    edition: str
    came: str = ""
    missed: str = ""


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition as written. `body_line` is the line of the file on which `body` begins.

    `meeting` is the slug of the meeting that it tells of; `archive` is false where it stays out of the archive.
    """

    name: str
    kind: words.EditionKind
    lists: tuple[str, ...]
    subject: str
    preheader: str
    attach: tuple[str, ...]
    next_meeting: NextMeeting | str | None
    question: str  # the slug of the question under it, or nothing
    body: str
    body_line: int
    meeting: str = ""
    archive: bool = True
    follows: Follows | None = None

    @property
    def mail_class(self) -> words.MailClass:
        return words.CLASS_OF_KIND[self.kind]


def read(text: str, name: str, home: str = "") -> Edition:
    """Read an edition. `name` stands in messages; `home` is the list whose folder the file lies in.

    Raises EditionError with every problem of the front matter, or the first of the text.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    head, body, body_line = _split(text, name)
    edition = replace(_front(head, name, home), body=body, body_line=body_line)
    _check_body(edition)
    return edition


def _split(text: str, name: str) -> tuple[str, str, int]:
    found = _FENCE.match(text)
    if found is None:
        raise errors.EditionError(
            f"{name} does not begin with front matter",
            "Begin the file with a line +++, then kind and subject, then another line +++. "
            "`newsletter new` writes such a file.",
        )
    return found[1], text[found.end() :], text.count("\n", 0, found.end()) + 1


def _front(head: str, name: str, home: str) -> Edition:
    try:
        # The leading line break stands for the first +++ line, so that line numbers are the file's.
        values = tomllib.loads("\n" + head)
    except tomllib.TOMLDecodeError as problem:
        raise errors.EditionError(
            f"{name}: the front matter cannot be read: {problem}",
            "A text that holds a quotation mark goes between single ones: subject = 'The \"cloud\"'",
        ) from None
    if values.get("preheader") == "":
        del values["preheader"]
    table = tables.Table(values, name)
    edition = Edition(
        name=name,
        kind=table.text("kind", choices=get_args(words.EditionKind)),
        lists=table.texts("lists", (home,) if home else ()),
        subject=table.text("subject", limit=_SUBJECT_LIMIT),
        preheader=table.text("preheader", "", limit=_PREHEADER_LIMIT),
        attach=table.texts("attach"),
        next_meeting=_next_meeting(table),
        question=table.text("question", "", limit=100),
        body="",
        body_line=0,
        meeting=table.text("meeting", "", limit=100),
        archive=table.flag("archive", True),
        follows=_follows(table),
    )
    table.end()
    _check_lists(table, edition.lists)
    for key in ("subject", "preheader"):
        _check_line(table, key, getattr(edition, key))
    if len(edition.attach) > _ATTACH_LIMIT:
        table.problem("attach", f"names {len(edition.attach)} files, {_ATTACH_LIMIT} are allowed")
    if table.problems:
        raise errors.EditionError("\n".join(table.problems), "Correct the front matter of the edition.")
    return edition


def _next_meeting(table: tables.Table) -> NextMeeting | str | None:
    if isinstance(table.values.get("next_meeting"), str):
        return str(table.text("next_meeting", limit=100))
    found = table.table("next_meeting")
    if found is None:
        return None
    title = found.text("title", limit=texts.NAME_LIMIT)
    starts = found.moment("starts")
    ends = found.moment("ends", None)
    place = found.text("place", "", limit=texts.FIELD_LIMIT)
    then = found.text("then", "", limit=texts.FIELD_LIMIT)
    found.end()
    for key, value in (("title", title), ("place", place), ("then", then)):
        _check_line(found, key, value)
    if not isinstance(starts, datetime):
        return None
    if ends is not None and ends <= starts:
        found.problem("ends", "is not after starts")
    return NextMeeting(title, starts, ends, place, then)


def _follows(table: tables.Table) -> Follows | None:
    found = table.table("follows")
    if found is None:
        return None
    made = Follows(
        found.text("edition", limit=200),
        found.text("came", "", limit=texts.FIELD_LIMIT),
        found.text("missed", "", limit=texts.FIELD_LIMIT),
    )
    found.end()
    for key in ("came", "missed"):
        _check_line(found, key, getattr(made, key))
    return made


def _check_lists(table: tables.Table, lists: tuple[str, ...]) -> None:
    if not lists:
        table.problem("lists", "is missing: name at least one list")
    for slug in lists:
        problem = texts.slug_problem(slug)
        if problem:
            table.problem("lists", f"holds '{slug[:80]}', but {problem}")
    if len(set(lists)) < len(lists):
        table.problem("lists", "names a list twice")


def _check_line(table: tables.Table, key: str, value: str) -> None:
    found = texts.FORBIDDEN.search(value)
    if found:
        table.problem(key, f"holds a line break or another control character (U+{ord(found[0]):04X})")


def _check_body(edition: Edition) -> None:
    if len(edition.body) > BODY_LIMIT:
        raise errors.EditionError(
            f"{edition.name}: the text has {len(edition.body)} characters, {BODY_LIMIT} are allowed",
            "Shorten it, or put the long part on the web and link to it.",
        )
    found = _CONTROL.search(edition.body)
    if found:
        line = edition.body_line + edition.body.count("\n", 0, found.start())
        raise errors.EditionError(
            f"{edition.name}, line {line}: the text holds a control character (U+{ord(found[0]):04X})",
            "Delete it: it cannot be seen, and mail programs show it in different ways.",
        )
    used(edition)


def used(edition: Edition) -> tuple[slots.Slot, ...]:
    """Return every field of subject, preheader and text. Raises EditionError for one that is none."""
    return (
        *fields.find(edition.subject, f"{edition.name}, subject"),
        *fields.find(edition.preheader, f"{edition.name}, preheader"),
        *fields.find(edition.body, edition.name, edition.body_line),
        *(
            slot
            for text in ((edition.follows.came, edition.follows.missed) if edition.follows else ())
            for slot in fields.find(text, f"{edition.name}, follows")
        ),
    )
