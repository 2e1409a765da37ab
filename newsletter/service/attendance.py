"""Who came to a meeting: ticked at the door by several devices, or told on the command line; and what is known of it.

A tick says nothing about consent: whoever comes is on no list by it.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from newsletter import site
from newsletter.core import addresses, errors, texts
from newsletter.core import attendance as rules
from newsletter.service import meetings
from newsletter.store import attendance, log, rsvps
from newsletter.store import members as known

OTHERS = (
    200  # members of the list who have not answered are offered to tick, where there are no more than these
)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody who may come, as the door shows them: by name alone. `answer` is what they said (yes, waiting, maybe, no, or
    nothing); `guests` whom they bring."""

    person: str
    name: str
    answer: str
    guests: int
    came: bool
    at: str


@dataclass(frozen=True, slots=True)
class Told:
    """Ticks and a count as a device or a person tells them; `count` None says nothing about heads."""

    ticks: tuple[rules.Tick, ...] = ()
    count: int | None = None
    counted_at: str = ""


def expected(opened: site.Site, meeting: sqlite3.Row) -> list[Guest]:
    """Everybody who may come, with the ticks so far: who said yes, who waits, maybe, no, the other members, walk-ins."""
    store = opened.store
    ticks = {row["person"]: row for row in attendance.of_meeting(store, meeting["id"])}
    found: dict[str, tuple[str, str, int]] = {}
    for row in rsvps.of_meeting(store, meeting["id"]):
        if row["address"]:
            found[f"m{row['member']}"] = (_name(row["name"], row["address"]), _said(row), row["guests"])
    for row in attendance.others(store, meeting["list"], OTHERS):
        found.setdefault(f"m{row['id']}", (_name(row["name"], row["address"]), "", 0))
    for person, row in ticks.items():
        if row["shown"] or row["address"]:
            found.setdefault(person, (_name(row["shown"], row["address"] or ""), "", 0))
    guests = [
        Guest(person, name, said, count, bool(tick and tick["came"]), tick["at"] if tick else "")
        for person, (name, said, count) in found.items()
        for tick in (ticks.get(person),)
    ]
    return sorted(guests, key=lambda one: (_ORDER.index(one.answer), one.name.casefold(), one.person))


_ORDER = ("yes", "waiting", "maybe", "", "no")


def _said(row: sqlite3.Row) -> str:
    return "waiting" if row["answer"] == "yes" and row["place"] != "in" else str(row["answer"])


def _name(name: str, address: str) -> str:
    """A name; who gave none is shown by the masked address, which they know themselves by."""
    return name or addresses.masked(address)


def take(opened: site.Site, meeting: sqlite3.Row, told: Told) -> int:
    """Write ticks and a count down, in one durable transaction; return how many changed something.

    What comes twice counts once, in whatever order it comes; ticks for strangers to this meeting are left out. A count
    that cannot be, and walk-ins without end, too: a device is not asked back for what it told at a busy door.
    """
    number, changed = meeting["id"], 0
    with opened.store.write():
        members = {one.person for one in expected(opened, meeting)}
        room = rules.WALK_INS - attendance.walk_ins(opened.store, number)
        for tick in told.ticks:
            if tick.person in members or (rules.is_walk_in(tick.person) and _has_name(tick) and room > 0):
                room -= tick.person not in members
                changed += attendance.put(opened.store, number, tick)
        if told.count is not None and 0 <= told.count <= rules.COUNT_MOST:
            attendance.count_heads(opened.store, number, told.count or None, told.counted_at)
    return changed


def _has_name(tick: rules.Tick) -> bool:
    try:
        return bool(tick.name) and texts.one_line(tick.name, "the name", texts.NAME_LIMIT) == tick.name
    except errors.InputError:
        return False


def attended(
    opened: site.Site, slug: str, who: Sequence[str] = (), *, count: int | None = None, back: bool = False
) -> dict[str, Any]:
    """Write down that these came (`back`: that they did not after all), and how many heads were counted; say what is known.

    `who` are addresses of members, or names: one that fits exactly one who may come is that person, any other is a
    walk-in. Raises NotFoundError for an address or a meeting that is not known, RefusedError for a name that fits several.
    """
    meeting, now = meetings.find(opened, slug), opened.clock.iso()
    if count is not None and not 0 <= count <= rules.COUNT_MOST:
        raise errors.UsageError(f"{count} people cannot have been there")
    with opened.store.write():
        guests = expected(opened, meeting)
        for text in who:
            attendance.put(opened.store, meeting["id"], _tick(opened, guests, text, not back, now))
        if count is not None:
            attendance.count_heads(opened.store, meeting["id"], count or None, now)
        if who or count is not None:
            log.add(opened.store, now, opened.organiser, "meeting attended", slug)
    return tell(opened, slug)


def _tick(opened: site.Site, guests: Sequence[Guest], text: str, came: bool, now: str) -> rules.Tick:
    if "@" in text:
        address = addresses.read(text)
        row = known.by_key(opened.store, address.key)
        if row is None:
            raise errors.NotFoundError(
                f"{address.text} is not known to this site", "Tell a walk-in by name, without an address."
            )
        return rules.Tick(f"m{row['id']}", came, now)
    name = texts.one_line(text, "the name", texts.NAME_LIMIT)
    fits = [one for one in guests if one.name.casefold() == name.casefold()]
    if len(fits) > 1:
        raise errors.RefusedError(f"there are {len(fits)} people called '{name}'", "Name them by address.")
    if fits:
        return rules.Tick(fits[0].person, came, now, name if rules.is_walk_in(fits[0].person) else "")
    if not name or not came:
        raise errors.NotFoundError(f"nobody called '{name}' is down for this meeting")
    return rules.Tick(opened.secret_bytes(16).hex(), came, now, name)


def tell(opened: site.Site, slug: str) -> dict[str, Any]:
    """What is known of who came to a meeting. Raises NotFoundError."""
    meeting = meetings.find(opened, slug)
    found = attendance.numbers(opened.store, meeting["id"])
    said = [row for row in rsvps.of_meeting(opened.store, meeting["id"]) if _said(row) == "yes"]
    came = set(attendance.members(opened.store, meeting["id"]))
    return {
        "meeting": slug,
        "title": meeting["title"],
        "when": meetings.when(meeting, meetings.settings_of(opened, meeting["list_slug"])),
        "people": rules.people(found["came"], found["counted"]),
        "came": found["came"],
        "walk_ins": found["walk_ins"],
        "counted": found["counted"],
        "said_yes": len(said),
        "said_yes_and_came": sum(row["member"] in came for row in said),
        "names": [
            row["shown"] or addresses.masked(row["address"])
            for row in attendance.of_meeting(opened.store, meeting["id"])
            if row["came"] and (row["shown"] or row["address"])
        ],
    }
