"""Amend an edition that was sent: fill in the links it promised, correct its copy in the archive. What was sent stays.

The chair edits the edition's file; the program compares it with what went out. Promised links may be filled in without a
word; anything else is a correction, which the archive shows with a note and its date, and which is never sent again. Once no
promise is open, one follow-up edition is written.
"""

import difflib
import hashlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from newsletter import site
from newsletter.compose import amending, lint, message
from newsletter.compose import edition as editions
from newsletter.compose.frame import Shape
from newsletter.core import errors, texts
from newsletter.service import archive, followups
from newsletter.service import editions as files
from newsletter.store import editions as rows
from newsletter.store import log, promises

NOTE_LIMIT = 300  # characters
SHOWN_LINES = 30  # of what differs
FollowUp = Literal["ready", "now", "never"]
# What no amendment changes: it was decided by the send.
_FIXED = ("kind", "lists", "next_meeting", "meeting", "question", "attach", "follows")
# A meeting that is over or cancelled by now, a question that closed, a link still to come: no faults of an amendment.
_PASSED = ("meeting-past", "meeting-cancelled", "question-closed", "links-follow")


@dataclass(frozen=True, slots=True)
class Plan:
    """What an amendment would do. `difference` are lines of a diff where it corrects; `kept` the links that the follow-up
    would bring; `waiting` the words of promises still open; `readers` how many got the edition."""

    edition: str
    change: amending.Change
    difference: tuple[str, ...]
    note: str
    findings: tuple[lint.Finding, ...]
    kept: tuple[tuple[str, str], ...]
    waiting: tuple[str, ...]
    writes_follow_up: bool
    readers: int


@dataclass(frozen=True, slots=True)
class Amended:
    """What was done. `follow_up` is the draft that was written, or None."""

    plan: Plan
    follow_up: Path | None


def plan(opened: site.Site, path: Path, note: str = "", follow_up: FollowUp = "ready") -> Plan:
    """Say what amending an edition to what its file says now would do. Changes nothing.

    Raises NotFoundError and RefusedError for an edition that was not sent, did not change, changes what a send has decided,
    or corrects without a note; EditionError for a file that cannot be read.
    """
    found = files.open_edition(opened, path)
    row = _sent(opened, found)
    before = _before(opened, found, row)
    _refuse_fixed(before, found)
    change = amending.change(before, found.edition, found.frame.language)
    corrected = change.corrected or _front(before) != _front(found.edition)
    note = _note(note, corrected)
    kept, waiting = _after(opened, found.id, change)
    return Plan(
        edition=found.id,
        change=change,
        difference=tuple(_difference(before, found.edition)) if corrected else (),
        note=note,
        findings=tuple(_findings(opened, found, row)),
        kept=kept,
        waiting=waiting,
        writes_follow_up=_writes(row, kept, waiting, follow_up),
        readers=promises.readers(opened.store, found.id),
    )


def amend(opened: site.Site, path: Path, note: str = "", follow_up: FollowUp = "ready") -> Amended:
    """Carry an amendment out, in one transaction with the draft of the follow-up. Raises what `plan` raises."""
    with opened.store.write():
        made = plan(opened, path, note, follow_up)
        bad = [one.text for one in made.findings if one.level == "error"]
        if bad:
            raise errors.RefusedError("; ".join(bad), "Mend the file and amend again.")
        found = files.open_edition(opened, path)
        now = opened.clock.iso()
        _settle(opened, found, made.change, now)
        promises.amend(
            opened.store, found.id, now, opened.organiser, made.note, found.source, found.source_hash
        )
        archive.write(opened, found, _sent(opened, found)["send_at"])
        log.add(opened.store, now, opened.organiser, "amend", found.id, made.note)
        written = _follow_up(opened, found, made) if made.writes_follow_up else None
        return Amended(made, written)


def show(opened: site.Site, path: Path) -> dict[str, Any]:
    """How an edition stands: its state, the links it promised, what was amended, its follow-up."""
    found = files.open_edition(opened, path)
    row = rows.get(opened.store, found.id)
    if row is None:
        return {**_shown(found), "state": "draft", "promises": _promised(found), "amendments": []}
    amended = promises.amendments(opened.store, found.id)
    latest = amended[-1]["source_hash"] if amended else row["source_hash"]
    return {
        **_shown(found),
        "state": row["state"],
        "sent_at": row["send_at"],
        "readers": promises.readers(opened.store, found.id),
        "changed": latest != found.source_hash,
        "promises": [_told(one) for one in promises.of_edition(opened.store, found.id)],
        "amendments": [{key: one[key] for key in ("at", "by", "note")} for one in amended],
        "follow_up": row["follow_up"],
        "archive": archive.places(opened, found.id),
    }


def _shown(found: files.Opened) -> dict[str, Any]:
    return {
        "edition": found.id,
        "file": str(found.path),
        "kind": found.edition.kind,
        "lists": list(found.edition.lists),
        "subject": found.edition.subject,
        "meeting": found.edition.meeting,
    }


def _told(row: sqlite3.Row) -> dict[str, Any]:
    state = "open" if row["settled_at"] is None else "kept" if row["url"] else "dropped"
    return {"words": row["words"], "due": row["due"] or "", "state": state, "url": row["url"] or ""}


def _promised(found: files.Opened) -> list[dict[str, Any]]:
    promised = amending.promised(found.edition, found.frame.language)
    return [{"words": one.words, "due": one.due, "state": "draft", "url": ""} for one in promised]


def _sent(opened: site.Site, found: files.Opened) -> sqlite3.Row:
    row = rows.get(opened.store, found.id)
    if row is None:
        raise errors.RefusedError(
            f"{found.id} was not sent yet, so there is nothing to amend",
            f"Change the file as you like and send it: newsletter send {found.path}",
        )
    return row


def _before(opened: site.Site, found: files.Opened, row: sqlite3.Row) -> editions.Edition:
    """The text as it stands: the newest amendment, else what was sent."""
    latest = promises.latest(opened.store, found.id)
    source = latest["source"] if latest else row["source"]
    if hashlib.sha256(source.encode()).hexdigest() == found.source_hash:
        raise errors.RefusedError(
            f"{found.path.name} is as it was sent" + (" and amended" if latest else ""),
            "Write the links in place of later: in the file, or correct it, and call this again.",
        )
    return editions.read(source, found.path.name, found.id.partition("/")[0])


def _refuse_fixed(before: editions.Edition, found: files.Opened) -> None:
    changed = [key for key in _FIXED if getattr(before, key) != getattr(found.edition, key)]
    if changed:
        raise errors.RefusedError(
            f"{found.path.name} changes {', '.join(changed)}, which the send has decided",
            "Put it back. A meeting is moved by: newsletter meeting move",
        )


def _front(edition: editions.Edition) -> tuple[object, ...]:
    return (edition.subject, edition.preheader, edition.archive)


def _note(note: str, corrected: bool) -> str:
    note = texts.one_line(note, "--note", NOTE_LIMIT)
    if corrected and not note:
        raise errors.RefusedError(
            "more than promised links differs from what was sent, which is a correction",
            'Say what you corrected, for the archive: --note "..." (it is sent to nobody).',
        )
    return note


def _difference(before: editions.Edition, after: editions.Edition) -> Iterator[str]:
    old, new = (
        [f"subject: {one.subject}", f"preheader: {one.preheader}", f"archive: {one.archive}", *one.body.splitlines()]
        for one in (before, after)
    )  # fmt: skip
    lines = [
        line
        for line in difflib.unified_diff(old, new, n=0, lineterm="")
        if line[:2] not in ("--", "++", "@@")
    ]
    yield from lines[:SHOWN_LINES]
    if len(lines) > SHOWN_LINES:
        yield f"... and {len(lines) - SHOWN_LINES} more lines"


def _findings(opened: site.Site, found: files.Opened, row: sqlite3.Row) -> list[lint.Finding]:
    """What is wrong with the new text, but for what the send was allowed to pass."""
    passed = (*_PASSED, *json.loads(row["allowed"]))
    composed = message.freeze(found.edition, found.frame, [Shape(tuple(found.edition.lists))])
    return [one for one in files.findings(opened, found, composed) if one.rule not in passed]


def _after(
    opened: site.Site, edition: str, change: amending.Change
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """The links that are kept after a change, with those kept before, and the words of what is still open."""
    kept = [(row["words"], row["url"]) for row in promises.of_edition(opened.store, edition) if row["url"]]
    kept += [(fate.promise.words, fate.url) for fate in change.fates if fate.state == "kept"]
    waiting = [fate.promise.words for fate in change.fates if fate.state == "open"]
    return tuple(kept), (*waiting, *(one.words for one in change.new))


def _writes(row: sqlite3.Row, kept: object, waiting: object, wish: FollowUp) -> bool:
    """One follow-up for an edition, once nothing is owed any more; of a follow-up there is none."""
    if row["follow_up"] or row["follows"] or not kept or wish == "never":
        return False
    return wish == "now" or not waiting


def _settle(opened: site.Site, found: files.Opened, change: amending.Change, now: str) -> None:
    """Write down what became of each promise that was open; of those with the same words the first is the first."""
    store = opened.store
    still = [row for row in promises.of_edition(store, found.id) if row["settled_at"] is None]
    for fate in change.fates:
        row = next(one for one in still if one["words"] == fate.promise.words)
        still.remove(row)
        if fate.state != "open":
            promises.settle(store, found.id, row["number"], fate.url or None, now)
        elif fate.due != (row["due"] or ""):
            promises.put_off(store, found.id, row["number"], fate.due)
    promises.add(store, found.id, [(one.words, one.due) for one in change.new])


def _follow_up(opened: site.Site, found: files.Opened, made: Plan) -> Path:
    row = _sent(opened, found)
    written = followups.draft(opened, found.lists[0], row, made.kept)
    promises.set_follow_up(opened.store, found.id, f"{found.lists[0].slug}/{written.stem}")
    return written
