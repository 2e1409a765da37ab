"""Turn the rows of a foreign file into people, or into bad lines with a reason: one verdict per address.

The quick road is for rows of plain printable ASCII; anything else goes through the strict reading of each cell. Both
give the same result.
"""

import functools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from json import encoder
from typing import Any
from unicodedata import is_normalized

from newsletter.core import addresses, cells, columns, errors, mailboxes, spelling, texts, words

# line, key, address, name, first name, fields as JSON, state, day of the consent, keyed hashes of the address and of its
# mailbox (where it differs), verdict; '' for what is not there
Person = tuple[int, str, str, str, str, str, str, str, bytearray | str, bytearray | str, str]
Bad = tuple[int, str, str]
PAGE = 1_000
_VALUE_SHOWN = 120  # characters of a bad line's value
_HINTS_KEPT = 50
_quoted = encoder.encode_basestring  # JSON text of a string, as json.dumps(ensure_ascii=False) writes it


@dataclass(frozen=True, slots=True)
class Form:
    """How to read a row. `state` decides by the row's own day of consent and whether its status is unsure.

    `own` are keys of the site's own addresses; `macs` makes the keyed hashes of a key, or is None while nobody asks.
    `bare` takes the address only: of those who left nothing else is kept.
    """

    columns: columns.Columns
    state: Callable[[date | None, bool], words.SubscriptionState]
    own: frozenset[str] = frozenset()
    macs: Callable[[str], bytes] | None = None
    bare: bool = False
    field_names: tuple[str, ...] = ()


@dataclass(slots=True)
class Seen:
    """What reading noticed besides people: slips in domains, with count and first line; days nobody can read."""

    slips: dict[str, list[Any]] = field(default_factory=dict)
    unread_days: int = 0


def pages(
    rows: Iterator[tuple[int, list[str]]], form: Form, seen: Seen
) -> Iterator[tuple[list[Person], list[Bad]]]:
    """Read rows into pages of people and bad lines."""
    read = _reader(form, seen)
    people: list[Person] = []
    bad: list[Bad] = []
    for line, row in rows:
        try:
            people.append(read(line, row))
        except errors.InputError as problem:
            bad.append((line, _shown(row, form.columns.email), problem.message))
        if len(people) == PAGE or len(bad) == PAGE:
            yield people, bad
            people, bad = [], []
    yield people, bad


def _reader(form: Form, seen: Seen) -> Callable[[int, list[str]], Person]:
    """Make the function that reads a row: everything that is the same for all rows is looked up once."""
    layout = form.columns
    width, email, macs, own, bare = layout.width, layout.email, form.macs, form.own, form.bare
    usual = form.state(None, False)
    by_row = bool(layout.opted_in or layout.status or layout.left_at)
    roles, plain, slips = addresses.ROLES, addresses.plain_parts, seen.slips

    def read(line: int, row: list[str]) -> Person:
        if len(row) != width:
            row = _fitted(row, width)
        joined = "".join(row)
        if _is_clean(joined) and "'" not in joined:
            row = [cell.strip() for cell in row]
            raw, beside = row[email], ""
        else:
            row, raw, beside = _cleaned(row, layout)
        address, key, domain = plain(raw) or _parts(raw)
        if "+" in key or domain in mailboxes.DOTLESS:
            tagless = addresses.without_tag(key)
            mailbox: bytearray | str = bytearray(macs(mailboxes.one(key))) if macs else ""
        else:
            tagless, mailbox = key, ""
        if tagless in own or tagless[: -len(domain) - 1] in roles:
            raise _nobody(tagless in own)
        if domain in slips or meant(domain):
            _note_slip(seen, domain, line)
        mac = bytearray(macs(key)) if macs else ""
        if bare:
            return (line, key, address, "", "", "{}", usual, "", mac, mailbox, "")
        name, first = _names(row, layout, raw, beside)
        state, given, verdict = _by_row(row, form, seen) if by_row else (usual, "", "")
        return (line, key, address, name, first, fields(row), state, given, mac, mailbox, verdict)

    meant = spelling.meant
    fields = _fields_reader(form)
    return read


def _is_clean(joined: str) -> bool:
    """Tell whether a whole row is short printable text in NFC: then no cell needs a closer look.

    Printable text holds none of texts.FORBIDDEN, and every part of a text in NFC is in NFC.
    """
    return (
        len(joined) <= texts.NAME_LIMIT
        and joined.isprintable()
        and "<" not in joined
        and "mailto:" not in joined
        and (joined.isascii() or is_normalized("NFC", joined))
    )


_ADDRESSES = re.compile(r"[^\s,;:<>@]+@[^\s,;:<>@]+").findall


def _parts(raw: str) -> tuple[str, str, str]:
    if not raw:
        raise errors.InputError("there is no e-mail address in this line")
    if len(_ADDRESSES(raw)) > 1:
        raise errors.InputError("holds several e-mail addresses: keep the one that the person reads")
    found = addresses.read(raw)
    return found.text, found.key, found.domain


def _cleaned(row: list[str], layout: columns.Columns) -> tuple[list[str], str, str]:
    """A row whose used cells are one clean line each, its address, and the name beside the address."""
    raw, beside = _mailbox(row[layout.email])
    wanted = [(layout.name, "the name"), (layout.given, "the first name"), (layout.family, "the family name")]
    row = [cell.strip() for cell in row]
    for index, what in wanted:
        if index is not None:
            row[index] = _cell(row[index], what, texts.NAME_LIMIT)
    for name, index in layout.fields:
        row[index] = _cell(row[index], f"the field {name}", texts.FIELD_LIMIT)
    return row, raw, _cell(beside, "the name", texts.NAME_LIMIT)


def _fitted(row: list[str], width: int) -> list[str]:
    """A row of the header's width: missing cells at the end are empty, surplus ones must be."""
    if any(cell.strip() for cell in row[width:]):
        raise errors.InputError(
            f"the line has {len(row)} values, but there are {width} columns: is a comma not in quotes?"
        )
    return (row + [""] * (width - len(row)))[:width]


_MAILBOX = re.compile(r'\s*"?([^<>"]*)"?\s*<([^<>]*)>\s*').fullmatch


def _mailbox(cell: str) -> tuple[str, str]:
    """The address in its cell and the name beside it: without an apostrophe, mailto: or brackets around it."""
    raw = cells.restored(cell.strip())
    found = _MAILBOX(raw) if "<" in raw else None
    if found is None:
        return raw.removeprefix("mailto:").strip(), ""
    return found[2].strip(), found[1].strip()


def _nobody(own: bool) -> errors.InputError:
    if own:
        return errors.InputError("is one of this site's own addresses: mail to it would come back to us")
    return errors.InputError("belongs to a job, not to a person: ask for a personal address")


def _note_slip(seen: Seen, domain: str, line: int) -> None:
    found = seen.slips.get(domain)
    if found is not None:
        found[1] += 1
    elif len(seen.slips) < _HINTS_KEPT:
        seen.slips[domain] = [spelling.meant(domain), 1, line]


def _names(row: list[str], layout: columns.Columns, raw: str, beside: str) -> tuple[str, str]:
    """The whole name and the first name of a row; without a column for it the first name is cut out of the name."""
    if layout.given is None:
        name = beside if layout.name is None else _name_alone(row[layout.name], raw)
        if not name and layout.family is not None:
            name = row[layout.family]
        return name, _first_name(name)
    given = row[layout.given]
    name = "" if layout.name is None else _name_alone(row[layout.name], raw)
    if not name and (layout.family is not None or layout.name is None):
        name = given if layout.family is None else f"{given} {row[layout.family]}".strip()
    return name, given


def _name_alone(name: str, address: str) -> str:
    """A name without the row's own address, which Outlook's display names end in: 'Ada Lovelace (ada@example.org)'."""
    bare = name.rstrip(")>]") if "@" in name else ""
    if not bare or not bare.casefold().endswith(address.casefold()):
        return name
    return bare[: -len(address)].rstrip(" (<[")


_first_name = functools.lru_cache(maxsize=2_000)(texts.first_name)


def _cell(value: str, what: str, limit: int) -> str:
    """One cell as one line of text. Raises InputError."""
    value = cells.restored(value)
    if "\n" in value or "\r" in value or "\t" in value:
        if "@" in value:
            raise errors.InputError(
                f"{what} holds an address and a line end: a quote seems to be left open here"
            )
        value = " ".join(value.split())
    return texts.one_line(value, what, limit)


def _fields_reader(form: Form) -> Callable[[list[str]], str]:
    """Make the function that writes a row's fields as JSON as the store does: sorted, without empty ones."""
    layout = form.columns
    named = [(f"{_quoted(name)}: ", index) for name, index in layout.fields]

    def plain(row: list[str]) -> str:
        return "{" + ", ".join([name + _quoted(row[index]) for name, index in named if row[index]]) + "}"

    def with_attributes(row: list[str]) -> str:
        found = _attributes(row, form) | {name: row[index] for name, index in layout.fields if row[index]}
        return json.dumps(dict(sorted(found.items())), ensure_ascii=False)

    if layout.attributes is not None:
        return with_attributes
    return plain if named else lambda _row: "{}"


def _attributes(row: list[str], form: Form) -> dict[str, str]:
    """The list's fields out of a cell of JSON attributes (listmonk)."""
    text = row[form.columns.attributes or 0].strip()
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        raise errors.InputError("the attributes are no JSON") from None
    if not isinstance(found, dict):
        raise errors.InputError("the attributes are no JSON object")
    by_key = {columns.key(str(name)): value for name, value in found.items()}
    pairs = [(name, by_key.get(columns.key(name))) for name in form.field_names]
    return {
        name: _cell(str(value), f"the field {name}", texts.FIELD_LIMIT)
        for name, value in pairs
        if isinstance(value, (str, int, float)) and str(value).strip()
    }


def _by_row(row: list[str], form: Form, seen: Seen) -> tuple[str, str, str]:
    """State, day of consent and verdict by the row's own columns: opt-in time, status in the old system."""
    layout = form.columns
    statuses = [row[index] for index in layout.status if row[index]]
    if any(_gone(status) for status in statuses) or any(row[index] for index in layout.left_at):
        return "held", "", "left"
    day = None
    for index in layout.opted_in:
        text = row[index].strip()
        if text:
            day = _day(text)
            seen.unread_days += day is None
            break
    state = form.state(day, any(_unsure(status) for status in statuses))
    return state, day.isoformat() if day else "", ""


_gone = functools.lru_cache(maxsize=1_000)(columns.gone)
_unsure = functools.lru_cache(maxsize=1_000)(columns.unsure)


def _day(text: str) -> date | None:
    """The day at the start of an ISO time; None for what could be read in two ways."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _shown(row: list[str], email: int) -> str:
    """What a bad line's report quotes: the address cell, else the start of the line."""
    value = row[email].strip() if email < len(row) and row[email].strip() else " ".join(row).strip()
    return "".join(c if c.isprintable() else "?" for c in value[:_VALUE_SHOWN])
