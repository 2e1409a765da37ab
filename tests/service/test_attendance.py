"""Who came: two devices at one door, walk-ins, heads, the command's words, and how the names go again."""

import itertools
from datetime import timedelta

import pytest

from newsletter import site as sites
from newsletter.core import attendance as rules
from newsletter.core import clock, errors
from newsletter.service import attendance, copies, forgetting, meetings, retention
from newsletter.store import attendance as store
from tests.conftest import NOW
from tests.people import add_member
from tests.service import evening
from tests.service.evening import SLUG, SOUTH

WALK_IN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def met(site: sites.Site) -> sites.Site:
    """The meeting of the tests' evening."""
    evening.meet(site)
    return site


def at(minutes: int) -> str:
    return clock.iso(NOW + timedelta(minutes=minutes))


def tick(opened: sites.Site, *ticks: rules.Tick, count: int | None = None, counted: str = "") -> int:
    return attendance.take(opened, meetings.find(opened, SLUG), attendance.Told(ticks, count, counted))


def test_who_may_come_is_shown_by_name_alone(met) -> None:
    """Who said yes first, then maybe, then the others; no address among them, and a masked one for who has no name."""
    add_member(met, "dora@example.org", SOUTH)

    found = attendance.expected(met, meetings.find(met, SLUG))

    assert [(one.name, one.answer, one.guests) for one in found] == [
        ("Ada Smith", "yes", 1), ("Ben Smith", "maybe", 1), ("Cleo Smith", "", 0), ("d****@example.org", "", 0),
    ]  # fmt: skip
    assert "ada@" not in str(found)


def test_a_large_list_is_not_shown_at_the_door(met, monkeypatch) -> None:
    """Only who answered is, where the list has more members than a helper could look through."""
    monkeypatch.setattr(attendance, "OTHERS", 2)

    assert [one.name for one in attendance.expected(met, meetings.find(met, SLUG))] == [
        "Ada Smith",
        "Ben Smith",
    ]


def test_two_phones_agree_in_whatever_order_they_send(met) -> None:
    """Of two ticks for a person the later counts, of the same moment the one that came; each may be sent twice."""
    meeting = meetings.find(met, SLUG)
    ticks = [
        rules.Tick("m1", True, at(1)), rules.Tick("m1", False, at(3)), rules.Tick("m2", False, at(1)),
        rules.Tick("m2", True, at(1)),
    ]  # fmt: skip
    for order in itertools.permutations(ticks):
        with met.store.write():
            met.store.execute("DELETE FROM attendance")
        for one in (*order, *order):
            tick(met, one)
        assert store.members(met.store, meeting["id"]) == [2]


def test_ticks_walk_ins_and_heads(met) -> None:
    """Told in numbers and names; what comes twice counts once; the heads win over the ticks."""
    ticks = (rules.Tick("m1", True, at(1)), rules.Tick(WALK_IN, True, at(2), "Walter Walk-in"))
    assert tick(met, *ticks) == 2 and tick(met, *ticks) == 0

    told = attendance.tell(met, SLUG)
    assert (told["people"], told["came"], told["walk_ins"], told["counted"]) == (2, 2, 1, None)
    assert told["names"] == ["Ada Smith", "Walter Walk-in"]
    assert (told["said_yes"], told["said_yes_and_came"]) == (1, 1)
    tick(met, count=17, counted=at(9))
    tick(met, count=12, counted=at(8))
    assert attendance.tell(met, SLUG)["people"] == 17


@pytest.mark.parametrize(
    "wrong",
    [
        rules.Tick("m4", True, at(1)),
        rules.Tick("m999", True, at(1)),
        rules.Tick("m0", True, at(1)),
        rules.Tick("x1", True, at(1)),
        rules.Tick("ABCDEF", True, at(1), "Name"),
        rules.Tick(WALK_IN, True, at(1), ""),
        rules.Tick(WALK_IN, True, at(1), "two\nlines"),
        rules.Tick(WALK_IN, True, at(1), "x" * 201),
    ],
)
def test_what_cannot_be_is_left_out(met, wrong: rules.Tick) -> None:
    """Strangers to this meeting, names that are none: nothing is written, and nobody learns which members there are."""
    assert tick(met, wrong) == 0
    assert attendance.tell(met, SLUG)["came"] == 0


def test_walk_ins_have_an_end(met, monkeypatch) -> None:
    """A device that has gone mad cannot fill the disk."""
    monkeypatch.setattr(rules, "WALK_INS", 3)
    tick(met, *(rules.Tick(f"{number:032x}", True, at(1), "Walter") for number in range(9)))

    assert attendance.tell(met, SLUG)["walk_ins"] == 3


def test_the_command_knows_names_and_addresses(met, ticking) -> None:
    """A name that fits is that person, any other a walk-in; taking it back; a count."""
    told = attendance.attended(met, SLUG, ["ada@example.org", "ben smith", "A Walk-in"], count=9)
    assert told["names"] == ["A Walk-in", "Ada Smith", "Ben Smith"] and told["people"] == 9

    ticking.moment += timedelta(seconds=1)
    told = attendance.attended(met, SLUG, ["A Walk-in", "Ben Smith"], count=0, back=True)

    assert told["names"] == ["Ada Smith"] and (told["came"], told["counted"]) == (1, None)


def test_the_command_says_what_it_cannot_do(met) -> None:
    """An unknown address, a name that two have, somebody who was never down: nothing of the call is written."""
    add_member(met, "ada2@example.org", SOUTH, name="Ada Smith")
    for who, error, words in (
        ("x@example.org", errors.NotFoundError, "is not known"),
        ("Ada Smith", errors.RefusedError, "2 people"),
    ):
        with pytest.raises(error, match=words):
            attendance.attended(met, SLUG, ["Cleo Smith", who])
    with pytest.raises(errors.NotFoundError, match="nobody called 'Zoe'"):
        attendance.attended(met, SLUG, ["Zoe"], back=True)
    with pytest.raises(errors.NotFoundError, match="no meeting"):
        attendance.attended(met, "other")

    assert attendance.tell(met, SLUG)["came"] == 0


def test_a_forgotten_member_stays_a_number(met) -> None:
    """And a member's own copy tells what they came to."""
    attendance.attended(met, SLUG, ["ada@example.org"])
    (member,) = store.members(met.store, meetings.find(met, SLUG)["id"])
    assert [one["title"] for one in copies.tell(met, member)["attended"]] == ["Backups that restore"]

    forgetting.forget(met, member, "person", "page", everything=False)

    told = attendance.tell(met, SLUG)
    assert (told["came"], told["walk_ins"], told["names"]) == (1, 0, [])


def test_after_a_year_names_are_numbers(met, ticking) -> None:
    """Walk-ins lose their name, members the tie to them; the numbers stay."""
    tick(met, rules.Tick("m1", True, at(1)), rules.Tick(WALK_IN, True, at(2), "Walter Walk-in"))
    before = attendance.tell(met, SLUG)
    ticking.moment = clock.parse("2019-09-14T00:00:00Z")

    report = retention.run(met)

    told = attendance.tell(met, SLUG)
    assert report.pruned["who came"] == 2 and told["names"] == []
    assert (told["came"], told["walk_ins"]) == (before["came"], before["walk_ins"]) == (2, 1)
    assert "Walter" not in "\n".join(met.store.connection.iterdump())
