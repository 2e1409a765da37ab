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

from newsletter.core import addresses, cells, columns, errors, spelling, texts, words

# line, key, address, name, first name, fields as JSON, state, day of the consent, keyed hashes, verdict
Person = tuple[int, str, str, str, str, str, str, str | None, bytes | None, bytes | None, str]
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


def pages(rows: Iterator[tuple[int, list[str]]], form: Form, seen: Seen) -> Iterator[tuple[list[Person], list[Bad]]]:
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
    by_row = bool(layout.opted_in or layout.status)
    roles, plain, slow = addresses.ROLES, addresses.read_plain, addresses.read

    def read(line: int, row: list[str]) -> Person:
        if len(row) != width:
            row = _fitted(row, width)
        joined = "".join(row)
        quick = joined.isascii() and joined.isprintable() and "'" not in joined and "<" not in joined
        raw, beside = (row[email].strip(), "") if quick else _mailbox(row[email])
        if not raw:
            raise errors.InputError("there is no e-mail address in this line")
        address = plain(raw) or slow(raw)
        key = address.key
        tagless = addresses.without_tag(key) if "+" in key else key
        if tagless in own or tagless[: -len(address.domain) - 1] in roles:
            raise _nobody(address, tagless in own)
        if address.domain in slips or spelling.meant(address.domain):
            _note_slip(seen, address.domain, line)
        mac = macs(key) if macs else None
        mailbox = macs(tagless) if macs and tagless is not key else mac
        if bare:
            return (line, key, address.text, "", "", "{}", usual, None, mac, mailbox, "")
        name, first = _names(row, layout, quick, beside)
        if by_row:
            state, given, verdict = _by_row(row, form, seen)
        else:
            state, given, verdict = usual, None, ""
        return (line, key, address.text, name, first, _fields(row, form, quick), state, given, mac, mailbox, verdict)

    slips = seen.slips
    return read


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


def _nobody(address: addresses.Address, own: bool) -> errors.InputError:
    if own:
        return errors.InputError("is one of this site's own addresses: mail to it would come back to us")
    return errors.InputError("belongs to a job, not to a person: ask for a personal address")


def _note_slip(seen: Seen, domain: str, line: int) -> None:
    found = seen.slips.get(domain)
    if found is not None:
        found[1] += 1
    elif len(seen.slips) < _HINTS_KEPT:
        seen.slips[domain] = [spelling.meant(domain), 1, line]


def _names(row: list[str], layout: columns.Columns, quick: bool, beside: str) -> tuple[str, str]:
    """The whole name and the first name of a row; without a column for it the first name is cut out of the name."""
    given = "" if layout.given is None else _cell(row[layout.given], "the first name", texts.NAME_LIMIT, quick)
    if layout.name is not None:
        name = _cell(row[layout.name], "the name", texts.NAME_LIMIT, quick)
    else:
        name = _cell(beside, "the name", texts.NAME_LIMIT, quick) if layout.given is None else ""
    if not name and layout.family is not None:
        family = _cell(row[layout.family], "the family name", texts.NAME_LIMIT, quick)
        name = f"{given} {family}".strip()
    if layout.given is not None:
        return (name if layout.name is not None else name or given), given
    return name, _first_name(name) if name else ""


_first_name = functools.lru_cache(maxsize=2_000)(texts.first_name)


def _cell(value: str, what: str, limit: int, quick: bool) -> str:
    """One cell as one line of text. Raises InputError."""
    value = value.strip()
    if quick:
        if len(value) > limit:
            raise errors.InputError(f"{what} is {len(value)} characters long, {limit} are allowed")
        return value
    value = cells.restored(value)
    if "\n" in value or "\r" in value or "\t" in value:
        if "@" in value:
            raise errors.InputError(f"{what} holds an address and a line end: a quote seems to be left open here")
        value = " ".join(value.split())
    return texts.one_line(value, what, limit)


def _fields(row: list[str], form: Form, quick: bool) -> str:
    """The list's own fields of a row as JSON, as the store writes it: sorted, without empty ones."""
    layout = form.columns
    pairs = []
    if layout.attributes is not None:
        pairs = _attributes(row, form)
    elif not layout.fields:
        return "{}"
    for name, index in layout.fields:
        value = _cell(row[index], f"the field {name}", texts.FIELD_LIMIT, quick)
        if value:
            pairs.append((name, value))
    if layout.attributes is not None:
        pairs = sorted(dict(pairs).items())
    return "{" + ", ".join([f"{_quoted(name)}: {_quoted(value)}" for name, value in pairs]) + "}"


def _attributes(row: list[str], form: Form) -> list[tuple[str, str]]:
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
    return [
        (name, _cell(str(value), f"the field {name}", texts.FIELD_LIMIT, False))
        for name, value in pairs
        if isinstance(value, (str, int, float)) and str(value).strip()
    ]


def _by_row(row: list[str], form: Form, seen: Seen) -> tuple[str, str | None, str]:
    """State, day of consent and verdict by the row's own columns: opt-in time, status in the old system."""
    layout = form.columns
    statuses = [row[index] for index in layout.status if row[index]]
    if any(_gone(status) for status in statuses):
        return "held", None, "left"
    day = None
    for index in layout.opted_in:
        text = row[index].strip()
        if text:
            day = _day(text)
            seen.unread_days += day is None
            break
    state = form.state(day, any(_unsure(status) for status in statuses))
    return state, day.isoformat() if day else None, ""


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
