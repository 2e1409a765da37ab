"""The consent ledger: append, read, verify. Wordings and evidence are kept by their hash."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from newsletter.core import chain, errors
from newsletter.store import engine

_APPEND = """INSERT INTO consent (seq, member, list, step, state, actor, channel, recorded_at, effective_at, basis, until,
  wording, evidence, batch, payload, hash) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"""
# The same for many: the driver is slow with NULL and bytes, so these come as '' and bytearray.
_APPEND_MANY = """INSERT INTO consent (seq, member, list, step, state, actor, channel, recorded_at, effective_at, basis,
  until, wording, evidence, batch, payload, hash)
  VALUES (?,?,?,?,?,?,?,?,?,?,NULLIF(?,''),NULLIF(?,''),NULLIF(?,''),NULLIF(?,''),?,?)"""
_APPEND_PAYLOAD = "INSERT INTO consent_payload (seq, salt, json) VALUES (?,?,?)"


def append(store: engine.Store, event: chain.Event, payload: dict[str, Any], salt: bytes) -> int:
    """Append one event with its personal part; return its number."""
    before, seq = head(store)
    text = chain.payload_text(payload)
    commitment = chain.commitment(salt, text)
    digest = chain.link(before, seq + 1, event.member, commitment, chain.tail(event))
    store.execute(_APPEND, (seq + 1, *_columns(event), commitment, digest))
    store.execute(_APPEND_PAYLOAD, (seq + 1, salt, text))
    return seq + 1


def append_many(
    store: engine.Store,
    shared: chain.Event,
    members: Iterable[tuple[int, str]],
    salts: Iterator[bytes],
    page: int = 500,
) -> int:
    """Append the same step for many members, each as (member, payload text), streaming; return how many.

    `shared.member` is ignored; everything else of it holds for all of them.
    """
    before, seq = head(store)
    shared_tail = chain.tail(shared)
    rest = tuple("" if value is None else value for value in _columns(shared)[1:])
    events: list[tuple[Any, ...]] = []
    payloads: list[tuple[Any, ...]] = []
    count = 0
    for member, text in members:
        seq += 1
        count += 1
        salt = next(salts)
        commitment = chain.commitment(salt, text)
        before = chain.link(before, seq, member, commitment, shared_tail)
        events.append((seq, member, *rest, bytearray(commitment), bytearray(before)))
        payloads.append((seq, bytearray(salt), text))
        if len(events) == page:
            _flush(store, events, payloads)
    _flush(store, events, payloads)
    return count


def _flush(store: engine.Store, events: list[tuple[Any, ...]], payloads: list[tuple[Any, ...]]) -> None:
    store.executemany(_APPEND_MANY, events)
    store.executemany(_APPEND_PAYLOAD, payloads)
    events.clear()
    payloads.clear()


def _columns(event: chain.Event) -> tuple[Any, ...]:
    return (
        event.member, event.list, event.step, event.state, event.actor, event.channel, event.recorded_at,
        event.effective_at, event.basis, event.until, event.wording, event.evidence, event.batch,
    )  # fmt: skip


def head(store: engine.Store) -> tuple[bytes, int]:
    """The newest hash and its number; (32 zero octets, 0) while the ledger is empty."""
    row = store.row("SELECT hash, seq FROM consent ORDER BY seq DESC LIMIT 1")
    return (row["hash"], row["seq"]) if row else (chain.START, 0)


def hash_of(store: engine.Store, seq: int) -> bytes:
    """The hash of an event, which vouches for all before it."""
    return bytes(store.value("SELECT hash FROM consent WHERE seq = ?", (seq,)))


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verifying found: `first_bad` is the number of the first event that does not fit, `why` says what is wrong."""

    ok: bool
    events: int
    head: str
    first_bad: int | None = None
    why: str = ""


def verify(store: engine.Store) -> Verdict:
    """Recompute the whole chain; compare payloads that are still there, wordings and evidence with what it holds of them."""
    before, expected = chain.START, 0
    rows = store.execute("""SELECT consent.*, consent_payload.salt, consent_payload.json
      FROM consent LEFT JOIN consent_payload USING (seq) ORDER BY seq""")
    for row in rows:
        expected += 1
        why = _fault(row, before, expected)
        if why:
            return Verdict(False, expected - 1, before.hex(), row["seq"], why)
        before = row["hash"]
    for seq, why in _changed_texts(store):
        return Verdict(False, expected, before.hex(), seq, why)
    return Verdict(True, expected, before.hex())


def _changed_texts(store: engine.Store) -> Iterator[tuple[int, str]]:
    """The events whose wording or evidence is not what its hash says."""
    for digest, text in store.execute("SELECT hash, text FROM wording"):
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            for (seq,) in store.execute(
                "SELECT seq FROM consent WHERE wording = ? ORDER BY seq LIMIT 1", (digest,)
            ):
                yield seq, "the wording it rests on was changed"
    for digest, content in store.execute("SELECT hash, content FROM evidence WHERE blackened = 0"):
        if hashlib.sha256(content).hexdigest() != digest:
            for (seq,) in store.execute(
                "SELECT seq FROM consent WHERE evidence = ? ORDER BY seq LIMIT 1", (digest,)
            ):
                yield seq, "the evidence it rests on was changed"


def _fault(row: sqlite3.Row, before: bytes, expected: int) -> str:
    if row["seq"] != expected:
        return f"event {expected} is missing"
    if row["salt"] is not None and chain.commitment(row["salt"], row["json"]) != row["payload"]:
        return "its personal part was changed"
    digest = chain.link(before, row["seq"], row["member"], row["payload"], chain.tail(_event(row)))
    return "" if digest == row["hash"] else "its own columns, or an event before it, were changed"


def _event(row: sqlite3.Row) -> chain.Event:
    return chain.Event(
        row["member"], row["list"], row["step"], row["state"], row["actor"], row["channel"], row["recorded_at"],
        row["effective_at"], row["basis"], row["until"], row["wording"], row["evidence"], row["batch"],
    )  # fmt: skip


def of_member(store: engine.Store, member: int) -> list[sqlite3.Row]:
    """All events of a member, oldest first, with what is left of their personal part."""
    return store.rows(
        """SELECT consent.*, list.slug, consent_payload.json FROM consent LEFT JOIN list ON list.id = consent.list
        LEFT JOIN consent_payload USING (seq) WHERE consent.member = ? ORDER BY seq""",
        (member,),
    )


@dataclass(frozen=True, slots=True)
class Link:
    """An event as an outsider checks it: SHA-256(hash before || canonical) is its hash, and SHA-256(salt || json) is the
    commitment to its personal part that stands in the canonical form (both empty once that part is erased)."""

    seq: int
    before: bytes
    canonical: bytes
    hash: bytes
    salt: bytes
    json: str


def links_of(store: engine.Store, member: int) -> list[Link]:
    """The links of the chain that are about a member."""
    rows = store.rows(
        """SELECT c.*, p.salt, p.json, (SELECT hash FROM consent b WHERE b.seq = c.seq - 1) AS before FROM consent c
        LEFT JOIN consent_payload p USING (seq) WHERE c.member = ? ORDER BY c.seq""",
        (member,),
    )
    return [
        Link(
            row["seq"], row["before"] or chain.START,
            chain.canonical(row["seq"], row["member"], row["payload"], chain.tail(_event(row))), row["hash"],
            row["salt"] or b"", row["json"] or "",
        )
        for row in rows
    ]  # fmt: skip


def evidence_of(store: engine.Store, member: int) -> list[sqlite3.Row]:
    """What proves a member's consents: name, content, hash, and whether somebody in it was blackened."""
    return store.rows(
        """SELECT * FROM evidence WHERE hash IN (SELECT evidence FROM consent WHERE member = ?)
        ORDER BY added_at, hash""",
        (member,),
    )


def keep_wording(store: engine.Store, list_id: int, language: str, text: str, now: str) -> str:
    """Keep a wording once; return its hash. Changing one letter makes another wording."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    store.execute(
        "INSERT INTO wording (hash, list, language, text, first_used_at) VALUES (?,?,?,?,?) ON CONFLICT DO NOTHING",
        (digest, list_id, language, text, now),
    )
    return digest


def keep_evidence(store: engine.Store, name: str, content: bytes, now: str) -> str:
    """Keep a scan, an export or a mail once; return its hash."""
    digest = hashlib.sha256(content).hexdigest()
    store.execute(
        "INSERT INTO evidence (hash, name, content, added_at) VALUES (?,?,?,?) ON CONFLICT DO NOTHING",
        (digest, name, content, now),
    )
    return digest


def wording(store: engine.Store, digest: str) -> str:
    """The text of a wording. Raises NotFoundError."""
    found = store.value("SELECT text FROM wording WHERE hash = ?", (digest,))
    if found is None:
        raise errors.NotFoundError(f"there is no wording {digest[:12]}")
    return str(found)


def wording_by_code(store: engine.Store, start: str, list_id: int) -> str | None:
    """The hash of a list's wording that begins so, or None. `start` is hexadecimal."""
    found = store.value(
        "SELECT hash FROM wording WHERE substr(hash, 1, ?) = ? AND list = ?", (len(start), start, list_id)
    )
    return None if found is None else str(found)


def has_evidence(store: engine.Store, digest: str) -> bool:
    """Tell whether a piece of evidence is kept under this hash."""
    return store.value("SELECT 1 FROM evidence WHERE hash = ?", (digest,)) is not None


def is_wording_of(store: engine.Store, digest: str, list_id: int) -> bool:
    """Tell whether people were ever shown this wording for a list."""
    return store.value("SELECT 1 FROM wording WHERE hash = ? AND list = ?", (digest, list_id)) is not None
