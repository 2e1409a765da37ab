"""How reminders are said to people: before an invitation is sent, and afterwards."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from newsletter.core import clock, reminders

if TYPE_CHECKING:
    from newsletter.service import reminders as planned

_WHO = {"silent": "who have not answered", "yes": "who said yes", "maybe": "who said maybe"}
_WHY = {
    "late": "its time had passed",
    "soon": "too soon after the invitation",
    "cancelled": "cancelled",
    "nobody": "nobody was left to write to",
    "broken": "it cannot be composed: newsletter preview its invitation",
    "restored": "it went out before the backup was restored",
}


HOW = "They go by themselves: from newsletter serve, or at the next send or outbox run."


def foretold(found: "Sequence[planned.Foretold]") -> Iterator[str]:
    """A line for each reminder of an invitation that is not sent yet."""
    for one in found:
        if one.reason:
            yield f"{one.name:<14} not this time: {_WHY[one.reason]}"
        else:
            yield f"{one.name:<14} {one.when}: {_to(one.readers.to, one.readers.recent)}"


def standing(found: Sequence[dict[str, Any]]) -> Iterator[str]:
    """A line for each reminder of a meeting, as `meeting show` has them."""
    for one in found:
        match one["state"]:
            case "queued":
                how = f"queued as {one['edition']}"
            case "dropped":
                how = f"will not go: {_WHY[one['reason']]}"
            case state:
                how = f"{state}: {_to(one['to'], one['recent'])}"
        yield f"{one['reminder']:<14} {one['when']}, {how}"


def _to(counts: Mapping[reminders.Who, int], recent: int) -> str:
    parts = [f"{_WHO[who]} ({count:,} as of now)" for who, count in counts.items() if count or who != "maybe"]
    out = f"; {recent:,} stay out, having had mail of the list lately" if recent else ""
    return f"to those {' and '.join(parts)}{out}"


def as_dict(one: "planned.Foretold") -> dict[str, Any]:
    """A reminder that is to come, as JSON shows it."""
    return {
        "reminder": one.name,
        "at": clock.iso(one.due),
        "when": one.when,
        "reason": one.reason,
        "to": one.readers.to,
        "recent": one.readers.recent,
    }
