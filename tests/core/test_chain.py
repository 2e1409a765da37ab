"""The ledger's arithmetic, without a database."""

import dataclasses
import hashlib

import pytest

from newsletter.core import chain

EVENT = chain.Event(
    member=7, list=1, step="attested", state="attested", actor="import", channel="import",
    recorded_at="2018-06-29T08:00:00.000Z", effective_at="2018-06-01T00:00:00.000Z", basis="consent", until="2019-01-01",
    wording="ab" * 32, evidence="cd" * 32, batch=3,
)  # fmt: skip


def linked(
    event: chain.Event, seq: int = 1, before: bytes = chain.START, payload: bytes = bytes(32)
) -> bytes:
    return chain.link(before, seq, event.member, payload, chain.tail(event))


def test_the_canonical_form_is_written_down() -> None:
    """Anybody can recompute a hash with these words alone: a JSON array without spaces, its order fixed for ever."""
    canonical = (
        '[1,7,"' + "00" * 32 + '",1,"attested","attested","import","import","2018-06-29T08:00:00.000Z",'
        '"2018-06-01T00:00:00.000Z","consent","2019-01-01","' + "ab" * 32 + '","' + "cd" * 32 + '",3]'
    )

    assert linked(EVENT) == hashlib.sha256(bytes(32) + canonical.encode()).digest()


@pytest.mark.parametrize("field", [field.name for field in dataclasses.fields(chain.Event)])
def test_every_field_is_in_the_hash(field: str) -> None:
    """Changing any of them, or making it empty, gives another hash."""
    value = getattr(EVENT, field)
    others = [value + 1, None] if isinstance(value, int) else [value + "x", "", None]

    hashes = {
        linked(dataclasses.replace(EVENT, **{field: other})) for other in others if field != "member" or other
    }

    assert linked(EVENT) not in hashes


def test_number_predecessor_and_payload_are_in_the_hash() -> None:
    """So that events cannot be swapped, dropped or given another personal part."""
    one = linked(EVENT)

    assert len({one, linked(EVENT, seq=2), linked(EVENT, before=one), linked(EVENT, payload=b"x" * 32)}) == 4


def test_the_personal_part_is_committed_with_its_salt() -> None:
    """Without the salt an erased address cannot be guessed from its hash."""
    text = chain.payload_text({"name": "Ada", "address": "ada@example.org"})

    assert text == '{"address":"ada@example.org","name":"Ada"}'
    assert chain.commitment(b"a" * 16, text) != chain.commitment(b"b" * 16, text)


def test_a_receipt_names_number_and_hash() -> None:
    """What a person is given to hold us to."""
    assert chain.receipt(12, bytes(range(32))) == "12-0001020304050607"
