"""Who came: ticks at the door. Several devices tick at once, so each tick is a value with a time. Pure rules."""

import re
from dataclasses import dataclass

WALK_INS = 1_000  # people of one meeting whom nobody had on the list
COUNT_MOST = 100_000  # heads: more is a slip of the fingers
_WALK_IN = re.compile(r"[0-9a-f]{32}").fullmatch
_MEMBER = re.compile(r"m[1-9][0-9]{0,9}").fullmatch


@dataclass(frozen=True, slots=True)
class Tick:
    """One tick, or one taken back (`came` false). `person` is m<member>, or the number that a device gave a walk-in; `at`
    is UTC ISO: of two ticks for a person the later one counts."""

    person: str
    came: bool
    at: str
    name: str = ""


def member_of(person: str) -> int | None:
    """The member that a tick is for, or None for a walk-in."""
    return int(person[1:]) if _MEMBER(person) else None


def is_walk_in(person: str) -> bool:
    """Tell whether this is a number that a device gave a walk-in: 128 bits by chance, in hexadecimal."""
    return bool(_WALK_IN(person))


def people(came: int, counted: int | None) -> int:
    """How many were there: the heads where somebody counted them, else those who were ticked."""
    return came if counted is None else counted
