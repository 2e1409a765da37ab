"""The ledger in the database: it verifies, and any change of it is found and numbered."""

import dataclasses
import itertools
import json

import pytest

from newsletter.core import chain, errors
from newsletter.store import engine, ledger, members
from tests.conftest import FixedClock

NOW = "2018-06-29T08:00:00.000Z"
WORDING = "Yes, the group may e-mail me. — ½"
SCAN = b"%PDF-1.4 a scan"


@pytest.fixture
def store(tmp_path):
    opened = engine.open_store(tmp_path / "newsletter.db", FixedClock())
    opened.register_lists(("south-hants-it", "other"))
    with opened.write():
        opened.execute(
            "INSERT INTO batch (id, list, at, by, file) VALUES (1, 1, ?, 'chair', 'members.csv')", (NOW,)
        )
    yield opened
    opened.close()


def event(store: engine.Store, member: int) -> chain.Event:
    return chain.Event(
        member=member, list=1, step="attested", state="attested", actor="import", channel="import", recorded_at=NOW,
        effective_at="2018-06-01T00:00:00.000Z", basis="consent", until="2019-06-01",
        wording=ledger.keep_wording(store, 1, "en", WORDING, NOW), evidence=ledger.keep_evidence(store, "scan.pdf", SCAN, NOW),
        batch=1,
    )  # fmt: skip


@pytest.fixture
def five(store: engine.Store) -> engine.Store:
    """A ledger of five events, of members 11 to 15."""
    with store.write():
        for member in range(11, 16):
            told = {"address": f"m{member}@example.org", "name": "Zoë"}
            ledger.append(store, event(store, member), told, bytes([member]) * 16)
    return store


def tamper(store: engine.Store, statement: str) -> None:
    """What somebody with the file in hands can do: the triggers go, the foreign keys are off."""
    store.execute("PRAGMA foreign_keys=OFF")
    with store.write():
        for trigger in ("consent_stays", "consent_unchanged"):
            store.execute(f"DROP TRIGGER {trigger}")
        store.execute(statement)


def test_an_empty_ledger_is_whole(store: engine.Store) -> None:
    """Its head is 32 zero octets."""
    assert ledger.verify(store) == ledger.Verdict(True, 0, "00" * 32)
    assert ledger.head(store) == (chain.START, 0)


def test_what_was_appended_verifies(five: engine.Store) -> None:
    """Five events, and the head is the newest hash."""
    head, seq = ledger.head(five)

    assert ledger.verify(five) == ledger.Verdict(True, 5, head.hex())
    assert seq == 5


CHANGES = {
    "member": "12", "list": "2", "step": "'confirmed'", "state": "'confirmed'", "actor": "'person'", "channel": "'page'",
    "recorded_at": "'2018-06-29T08:00:00.001Z'", "effective_at": "'2018-05-01T00:00:00.000Z'", "basis": "''", "until": "NULL",
    "wording": "NULL", "evidence": "NULL", "batch": "NULL", "payload": "zeroblob(32)", "hash": "zeroblob(32)",
}  # fmt: skip


@pytest.mark.parametrize(("column", "value"), CHANGES.items())
def test_a_change_of_any_column_is_found(five: engine.Store, column: str, value: str) -> None:
    """The number is that of the event that was changed."""
    tamper(five, f"UPDATE consent SET {column} = {value} WHERE seq = 3")

    found = ledger.verify(five)

    assert (found.ok, found.first_bad) == (False, 3)
    assert found.why in (
        "its personal part was changed",
        "its own columns, or an event before it, were changed",
    )


def test_every_column_of_the_table_is_tried(store: engine.Store) -> None:
    """A column added to the ledger has to stand in the chain as well."""
    columns = {row["name"] for row in store.rows("SELECT name FROM pragma_table_info('consent')")}

    assert columns == {*CHANGES, "seq"}
    assert {field.name for field in dataclasses.fields(chain.Event)} | {"payload", "hash", "seq"} == columns


@pytest.mark.parametrize(
    ("statement", "number", "why"),
    [
        ("UPDATE consent_payload SET json = replace(json, 'm13', 'm31') WHERE seq = 3", 3, "its personal part was changed"),
        ("UPDATE consent_payload SET salt = zeroblob(16) WHERE seq = 4", 4, "its personal part was changed"),
        ("DELETE FROM consent WHERE seq = 2", 3, "event 2 is missing"),
        ("DELETE FROM consent WHERE seq = 1", 2, "event 1 is missing"),
        ("UPDATE consent SET seq = 7 WHERE seq = 5", 7, "event 5 is missing"),
        ("UPDATE wording SET text = text || '!'", 1, "the wording it rests on was changed"),
        ("UPDATE evidence SET content = x'00'", 1, "the evidence it rests on was changed"),
    ],
)  # fmt: skip
def test_other_changes_are_found_too(five: engine.Store, statement: str, number: int, why: str) -> None:
    """Personal parts, dropped and renumbered events, the text people agreed to, the scan that proves it."""
    tamper(five, statement)

    found = ledger.verify(five)

    assert (found.ok, found.first_bad, found.why) == (False, number, why)


def test_swapped_events_are_found(five: engine.Store) -> None:
    """Also when each row is whole in itself."""
    tamper(five, "UPDATE consent SET seq = CASE seq WHEN 2 THEN -3 WHEN 3 THEN -2 END WHERE seq IN (2, 3)")
    with five.write():
        five.execute("UPDATE consent SET seq = -seq WHERE seq < 0")

    assert ledger.verify(five).first_bad == 2


def test_an_erased_person_leaves_the_chain_whole(five: engine.Store) -> None:
    """Only the commitment stays, and it tells nothing of the address."""
    with five.write():
        members.erase(five, 13)

    assert ledger.verify(five).ok
    assert [row["json"] for row in ledger.of_member(five, 13)] == [None]
    assert json.loads(ledger.of_member(five, 12)[0]["json"])["name"] == "Zoë"


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501])
def test_many_at_once_give_the_very_same_rows(store, tmp_path, count) -> None:
    """An import's bulk append equals appending one by one, hash by hash and type by type, behind events that are there."""
    other = engine.open_store(tmp_path / "other.db", FixedClock())
    other.register_lists(("south-hants-it", "other"))
    told = [{"address": f"m{n}@example.org", "line": n} for n in range(count)]
    for opened in (store, other):
        with opened.write():
            opened.execute(
                "INSERT OR IGNORE INTO batch (id, list, at, by, file) VALUES (1, 1, ?, 'chair', 'f')", (NOW,)
            )
            ledger.append(
                opened,
                dataclasses.replace(event(opened, 9), batch=None, until=None, evidence=None),
                {},
                bytes(16),
            )

    with store.write():
        for n in range(count):
            ledger.append(store, event(store, n), told[n], n.to_bytes(16))
    with other.write():
        shared = event(other, 0)
        pairs = ((n, chain.payload_text(told[n])) for n in range(count))
        assert ledger.append_many(other, shared, pairs, (n.to_bytes(16) for n in itertools.count())) == count

    for table in ("consent", "consent_payload"):
        assert [tuple(row) for row in other.rows(f"SELECT * FROM {table}")] == [
            tuple(row) for row in store.rows(f"SELECT * FROM {table}")
        ]
    assert ledger.verify(other).events == count + 1
    assert ledger.verify(other).ok
    other.close()


def test_a_wording_is_kept_once_by_its_letters(store: engine.Store) -> None:
    """One letter more is another wording; the same text again keeps the day of its first use."""
    with store.write():
        one = ledger.keep_wording(store, 1, "en", WORDING, NOW)
        again = ledger.keep_wording(store, 2, "en", WORDING, "2019")
        other = ledger.keep_wording(store, 1, "en", WORDING + ".", "2019")

    assert one == again != other
    assert ledger.wording(store, one) == WORDING
    assert store.value("SELECT first_used_at FROM wording WHERE hash = ?", (one,)) == NOW
    with pytest.raises(errors.NotFoundError, match="there is no wording abc"):
        ledger.wording(store, "abc")
