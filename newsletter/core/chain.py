"""The consent ledger's arithmetic: what an event is, its canonical form, and the chain of hashes.

hash(n) = SHA-256(hash(n-1) || canonical(n)); the hash before the first event is 32 zero octets. The canonical form is
a JSON array without spaces whose order is fixed here. The personal part stands apart: only SHA-256(salt || json) of it
is in the chain, so it can be erased and the chain still verifies.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from newsletter.core import words

START = bytes(32)
SALT_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a subscription, as the ledger keeps it. Times are UTC ISO text, `until` a date."""

    member: int
    list: int | None
    step: str
    state: str
    actor: words.Actor
    channel: str
    recorded_at: str
    effective_at: str
    basis: str = ""
    until: str | None = None
    wording: str | None = None
    evidence: str | None = None
    batch: int | None = None


def tail(event: Event) -> bytes:
    """The canonical form from the list on: what all events of one import share."""
    rest = (
        event.list, event.step, event.state, event.actor, event.channel, event.recorded_at, event.effective_at,
        event.basis, event.until, event.wording, event.evidence, event.batch,
    )  # fmt: skip
    return json.dumps(rest, ensure_ascii=False, separators=(",", ":"))[1:].encode()


def link(before: bytes, seq: int, member: int, payload: bytes, event_tail: bytes) -> bytes:
    """The hash of an event: of the hash before it and of its canonical form."""
    return hashlib.sha256(before + canonical(seq, member, payload, event_tail)).digest()


def canonical(seq: int, member: int, payload: bytes, event_tail: bytes) -> bytes:
    """The canonical form of an event: [seq,member,"payload",...tail."""
    return b'[%d,%d,"%b",%b' % (seq, member, payload.hex().encode(), event_tail)


def commitment(salt: bytes, text: str) -> bytes:
    """What the chain holds in place of the personal part."""
    return hashlib.sha256(salt + text.encode()).digest()


def payload_text(payload: dict[str, Any]) -> str:
    """The personal part as it is stored and committed to."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def receipt(seq: int, head: bytes) -> str:
    """What a person is given to hold us to: the record's number and the first 16 hex digits of its hash."""
    return f"{seq}-{head.hex()[:16]}"
