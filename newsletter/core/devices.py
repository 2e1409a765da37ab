"""What a booth's or a door's device sends: read within limits out of a stranger's JSON. Pure functions."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from newsletter.core import errors

ENTRIES = 100  # of one sending; a device sends the rest afterwards
_ID = re.compile(r"[0-9a-f]{32}").fullmatch


@dataclass(frozen=True, slots=True)
class Signup:
    """A sign-up as a device tells it. `id` is the number that the device gave it, by which it counts once; `at` the time by
    the device's clock; `wording` the hash of the words that were shown; `collector` who looked after the device."""

    id: str
    address: str
    name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    at: str = ""
    wording: str = ""
    collector: str = ""


@dataclass(frozen=True, slots=True)
class DeviceTick:
    """A tick as a device tells it, with the time by its clock."""

    person: str
    came: bool
    at: str
    name: str = ""


def signups(text: str) -> tuple[Signup, ...]:
    """Read sign-ups. What has no number of its own cannot be answered for and is left out. Raises InputError."""
    return tuple(_signup(one) for one in _entries(text) if _is_id(one.get("id")))


def ticks(text: str) -> tuple[DeviceTick, ...]:
    """Read ticks; those of nobody are left out. Raises InputError."""
    return tuple(
        DeviceTick(one["person"], one.get("came") is True, _ascii(one, "at"), _text(one, "name"))
        for one in _entries(text)
        if isinstance(one.get("person"), str)
    )


def _signup(one: Mapping[str, Any]) -> Signup:
    given = one.get("fields")
    fields = given if isinstance(given, dict) else {}
    return Signup(
        id=one["id"],
        address=_text(one, "address"),
        name=_text(one, "name"),
        fields={key: value for key, value in fields.items() if isinstance(value, str)},
        at=_ascii(one, "at"),
        wording=_ascii(one, "wording"),
        collector=_text(one, "collector"),
    )


def _entries(text: str) -> list[dict[str, Any]]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise errors.InputError("what the device sent cannot be read") from problem
    if not isinstance(found, list) or len(found) > ENTRIES:
        raise errors.InputError(f"what the device sent is no list of at most {ENTRIES} entries")
    return [one for one in found if isinstance(one, dict)]


def _is_id(value: object) -> bool:
    return isinstance(value, str) and bool(_ID(value))


def _ascii(one: Mapping[str, Any], name: str) -> str:
    """What is never anything else on a device of ours: half a character (a lone surrogate) could not be written down."""
    return _text(one, name).encode("ascii", "replace").decode()


def _text(one: Mapping[str, Any], name: str) -> str:
    value = one.get(name)
    return value if isinstance(value, str) else ""
