"""Answers to meetings: what a form may hold, until when it counts, when a receipt goes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import errors, rsvps

NOW = datetime(2018, 6, 29, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"answer": "yes"}, rsvps.Rsvp("yes")),
        ({"answer": "maybe", "guests": "9", "drinks": "no", "note": " a \r\n b "}, rsvps.Rsvp("maybe", 9, "no", "a b")),
        ({"answer": "no", "guests": "", "drinks": ""}, rsvps.Rsvp("no")),
        ({"answer": "yes", "needs": " a\nramp "}, rsvps.Rsvp("yes", needs="a ramp")),
    ],
)  # fmt: skip
def test_a_form_is_an_answer(fields, expected) -> None:
    """Fields that are missing or empty count as not said; a note becomes one line."""
    assert rsvps.wrong(fields) == ()
    assert rsvps.read(fields) == expected


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({}, "answer"), ({"answer": "YES"}, "answer"), ({"answer": "yes", "guests": "10"}, "guests"),
        ({"answer": "yes", "guests": "-1"}, "guests"), ({"answer": "yes", "guests": "²"}, "guests"),
        ({"answer": "yes", "guests": "٣"}, "guests"), ({"answer": "yes", "drinks": "maybe"}, "drinks"),
        ({"answer": "yes", "note": "x" * 501}, "note"), ({"answer": "yes", "note": "a\x00b"}, "note"),
        ({"answer": "yes", "note": "a\u202eb"}, "note"), ({"answer": "yes", "needs": "x" * 501}, "needs"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named(fields, name: str) -> None:
    """The field at fault is named, and nothing is read out of it."""
    assert rsvps.wrong(fields) == (name,)
    with pytest.raises(errors.InputError, match=name):
        rsvps.read(fields)


@given(
    st.fixed_dictionaries(
        {}, optional={name: st.text(max_size=600) for name in ("answer", "guests", "drinks", "note", "needs")}
    )
)
def test_whatever_is_posted_is_judged(fields) -> None:
    """Any text at all: either a field is named, or the answer keeps within its bounds."""
    if rsvps.wrong(fields):
        return
    found = rsvps.read(fields)
    assert 0 <= found.guests <= 9 and all(
        len(text) <= 500 and "\n" not in text for text in (found.note, found.needs)
    )


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (rsvps.Rsvp("yes", 2, "yes"), rsvps.Rsvp("yes", 2, "yes", "no nuts")),
        (rsvps.Rsvp("yes", 2, "yes", "new"), rsvps.Rsvp("yes", 2, "yes", "new")),
        (rsvps.Rsvp("no", 2, "yes"), rsvps.Rsvp("no", 2, "yes", "no nuts")),
        (rsvps.Rsvp("no", 2, "no"), rsvps.Rsvp("no", 0, "no", "")),
        (rsvps.Rsvp("no", 2, "no", "sorry"), rsvps.Rsvp("no", 0, "no", "sorry")),
    ],
)
def test_an_answer_settles_with_the_one_before(given_, expected) -> None:
    """Who comes to nothing brings nobody and needs no note; who comes keeps the note that was there."""
    before = rsvps.Rsvp("yes", 0, "", "no nuts")

    assert rsvps.settled(given_, before, has_drinks=True) == expected


def test_drinks_need_a_second_part_and_a_note_can_be_dropped() -> None:
    """Without a "then" nobody answers to it; the box takes the note away, and nothing else."""
    before = rsvps.Rsvp("yes", 0, "", "see you", "no nuts")

    found = rsvps.settled(rsvps.Rsvp("yes", 1, "yes"), before, has_drinks=False, drop=["note"])

    assert found == rsvps.Rsvp("yes", 1, "", "", "no nuts")


@pytest.mark.parametrize(
    ("state", "now", "expected"),
    [
        ("planned", "2018-09-13T17:59:59.999Z", "open"),
        ("planned", "2018-09-13T18:00:00.000Z", "over"),
        ("cancelled", "2018-01-01T00:00:00.000Z", "cancelled"),
    ],
)
def test_answers_count_until_the_end(state: str, now: str, expected: str) -> None:
    """Up to the last moment, unless it is cancelled."""
    assert rsvps.standing(state, "2018-09-13T18:00:00.000Z", now) == expected


def test_receipts_keep_an_hour_apart() -> None:
    """The first at once, the next an hour after the newest, also where that one is still to come."""
    hour = timedelta(hours=1)

    assert rsvps.receipt_at([], NOW) == NOW
    assert rsvps.receipt_at([NOW - 2 * hour], NOW) == NOW
    assert rsvps.receipt_at([NOW - hour / 2], NOW) == NOW + hour / 2
    assert rsvps.receipt_at([NOW, NOW + hour], NOW) == NOW + 2 * hour
