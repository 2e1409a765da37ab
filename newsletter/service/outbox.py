"""The outbox as a person sees and steers it: numbers, pause, resume, cancel, and what to do with what is unclear."""

from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from newsletter import site
from newsletter.core import addresses, clock, errors, logs
from newsletter.service import lock, progress
from newsletter.store import editions, log, reminders, reports
from newsletter.store import outbox as rows

SHOWN = 50  # editions of a status
SHOWN_DOMAINS = 20
SHOWN_WITHOUT = 100  # people for each reason
LATE = timedelta(minutes=10)
OPEN = ("queued", "running", "paused")


def status(opened: site.Site) -> dict[str, Any]:
    """`{in_flight_max, editions: [...]}`: at most `in_flight_max` mails can come twice after a crash."""
    return {
        "in_flight_max": sum(relay.connections for relay in opened.config.relays),
        "editions": [edition(opened, row["id"]) for row in editions.newest(opened.store, SHOWN)],
    }


def domains(opened: site.Site, name: str) -> list[dict[str, Any]]:
    """How an edition stands at the recipient domains: those with trouble first, then the largest."""
    found = []
    for row in editions.by_domain(opened.store, name, SHOWN_DOMAINS):
        _, _, said = (row["said"] or "").partition(" ")
        found.append({**dict(row), "said": logs.without_addresses(said.strip())})
    return found


def health(opened: site.Site) -> str:
    """The outbox in a word, for whatever watches the server: idle, sending, waiting, paused, unclear or late.

    `late`: mail is due for more than a few minutes and did not go, be it for a limit, a relay or a sender that is gone.
    """
    now = opened.clock.now()
    due = rows.next_due(opened.store, rows.paused_messages(opened.store))
    if due is not None and now - clock.parse(due) > LATE:
        return "late"
    if rows.paused_messages(opened.store):
        return "paused"
    if due is None:
        return "unclear" if rows.has_unclear_held(opened.store) else "idle"
    return "sending" if clock.parse(due) <= now else "waiting"


def edition(opened: site.Site, name: str) -> dict[str, Any]:
    """An edition's state and numbers, which add up to its audience at every moment. Raises NotFoundError."""
    row = editions.get(opened.store, name)
    if row is None:
        raise _unknown(opened, name)
    numbers = asdict(progress.numbers(opened, name))
    return {
        "edition": name,
        "state": row["state"],
        **numbers,
        "next_attempt": editions.next_attempt(opened.store, name),
    }


def without(opened: site.Site, name: str) -> dict[str, Any]:
    """An edition's numbers, and under `without` who has not got it and why: the first hundred of each reason."""
    found = edition(opened, name)
    waits: list[tuple[str, str | None]] = [("failed", None), ("unclear", None), ("deferred", None)]
    waits += [("skipped", reason) for reason in found["skipped"]]
    found["without"] = [
        {"address": row["address"], "name": row["name"], "why": reason or state, "said": row["answer"]}
        for state, reason in waits
        for row in reports.without(opened.store, name, state, reason, SHOWN_WITHOUT)
    ]
    return found


@dataclass(frozen=True, slots=True)
class NextReminder:
    """The reminder that goes next: its name, its meeting, its time (UTC ISO)."""

    name: str
    meeting: str
    at: str


def next_reminder(opened: site.Site) -> NextReminder | None:
    """The reminder that waits for the nearest time."""
    row = reminders.next_waiting(opened.store)
    return NextReminder(row["name"], row["slug"], row["due_at"]) if row else None


def reason(opened: site.Site, name: str) -> str:
    """Why an edition is paused or cancelled."""
    row = editions.get(opened.store, name)
    return str(row["reason"]) if row else ""


def named(opened: site.Site, text: str) -> str:
    """The id of the edition that a person names, by its id or its file. Raises NotFoundError."""
    parts = Path(text).with_suffix("").parts
    tries = [text, text.removesuffix(".md")]
    if len(parts) >= 3 and parts[-2] == "editions":
        tries.append(f"{parts[-3]}/{parts[-1]}")
    for name in tries:
        if editions.get(opened.store, name) is not None:
            return name
    raise _unknown(opened, text)


def _unknown(opened: site.Site, text: str) -> errors.NotFoundError:
    known = ", ".join(row["id"] for row in editions.newest(opened.store, 5)) or "none was sent yet"
    return errors.NotFoundError(
        f"there is no edition {addresses.shown(text)} in the outbox", f"Newest: {known}"
    )


def pause(opened: site.Site, name: str | None = None) -> list[str]:
    """Stop an edition, or all that are not at their end; return which. What is on the wire comes to its end."""
    return _steer(opened, name, "paused", ("queued", "running"), "pause")


def resume(opened: site.Site, name: str | None = None) -> list[str]:
    """Let a paused edition, or all, go on at the next run; return which."""
    return _steer(opened, name, "running", ("paused",), "resume")


def _steer(opened: site.Site, name: str | None, state: Any, only: tuple[str, ...], act: str) -> list[str]:
    now, moved = opened.clock.iso(), []
    reason = f"by {opened.organiser}" if state == "paused" else ""
    with opened.store.write():
        for one in [name] if name else editions.open_ids(opened.store):
            if editions.set_state(opened.store, one, state, reason, now, only=only):
                log.add(opened.store, now, opened.organiser, act, one)
                moved.append(one)
    return moved


def cancel(opened: site.Site, name: str) -> int:
    """End an edition: who has not got it will not; return how many. Raises RefusedError when it has ended."""
    now = opened.clock.iso()
    with opened.store.write():
        if not editions.set_state(opened.store, name, "cancelled", f"by {opened.organiser}", now, only=OPEN):
            row = editions.get(opened.store, name)
            if row is None:
                raise _unknown(opened, name)
            raise errors.RefusedError(f"{name} is {row['state']} already, nothing can be called back")
        skipped = editions.skip_all_due(opened.store, name, "cancelled", now)
        for number in editions.messages(opened.store, name):
            rows.hold_unclear(opened.store, number, now)
        reminders.drop_of_invitation(opened.store, name)
        log.add(opened.store, now, opened.organiser, "cancel", name)
    return skipped


@dataclass(frozen=True, slots=True)
class Unclear:
    """A delivery of which nobody knows whether it arrived. `again_at` is empty where a person decides."""

    edition: str
    address: str
    since: str
    why: str
    again_at: str | None


def unclear(opened: site.Site, limit: int = 1_000) -> list[Unclear]:
    """The unclear deliveries, the oldest first."""
    return [
        Unclear(
            row["edition"] or row["kind"],
            row["address"],
            row["changed_at"],
            row["answer"] or "",
            row["due_at"],
        )
        for row in rows.unclear(opened.store, limit)
    ]


def repeat_unclear(opened: site.Site) -> int:
    """Let unclear deliveries that wait for a person go out once more, with the same bytes; return how many."""
    now = opened.clock.iso()
    with opened.store.write():
        count = rows.repeat_unclear(opened.store, now)
        log.add(opened.store, now, opened.organiser, "repeat unclear", str(count))
    return count


def drop_unclear(opened: site.Site) -> int:
    """Give all unclear deliveries up as failed; return how many. Editions with nothing else left are done."""
    now = opened.clock.iso()
    with opened.store.write():
        count = rows.drop_unclear(opened.store, now)
        log.add(opened.store, now, opened.organiser, "drop unclear", str(count))
        for name in editions.open_ids(opened.store):
            if editions.is_ended(opened.store, name):
                editions.set_state(opened.store, name, "done", "", now, only=("running", "queued"))
    return count


def sender(opened: site.Site) -> lock.Owner | None:
    """Who sends for this site now, if anybody."""
    return lock.owner(opened.root) if lock.is_held(opened) else None
