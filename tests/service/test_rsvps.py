"""Answering by the link: written once, changed by the same link, told by mail, and nobody is subscribed by it."""

import json
from datetime import timedelta
from email import message_from_bytes, policy

import pytest

from newsletter import site as sites
from newsletter.compose import message, stamp
from newsletter.core import clock, errors
from newsletter.core import rsvps as rules
from newsletter.service import consent, copies, forgetting, retention, rsvps, signup
from tests import people
from tests.conftest import FixedClock
from tests.service import asking, coming

YES = rules.Rsvp("yes", 2, "yes", "no nuts")


@pytest.fixture
def ada(site: sites.Site) -> int:
    """Ada is a member and was invited."""
    member = people.add_member(site, "ada@example.org", "south-hants-it", name="Ada")
    coming.invite(site)
    return member


def receipts(opened: sites.Site) -> list[tuple[str, str, str]]:
    """State, due time and answer of each receipt, oldest first."""
    rows = opened.store.rows(
        """SELECT d.state, coalesce(d.due_at, '') AS due, coalesce(json_extract(d.vals, '$.answer'), '') AS answer
        FROM delivery d JOIN message g ON g.id = d.message WHERE g.kind = 'receipt' ORDER BY d.id"""
    )
    return [tuple(row) for row in rows]


def later(opened: sites.Site, ticking: FixedClock, **span: float) -> str:
    ticking.moment += timedelta(**span)
    return opened.clock.iso()


def test_looking_shows_the_meeting_and_changes_nothing(site, ada: int) -> None:
    """Date with weekday in the list's zone, place, what follows; no answer yet."""
    before = people.dump(site)

    link = rsvps.look(site, coming.token(site, ada))

    assert (link.state, link.masked, link.given) == ("open", "a****@example.org", None)
    assert link.facts[0] == ("When", "Thursday 13 September 2018, 18:00 to 19:00")
    assert people.dump(site) == before


def test_an_answer_is_written_and_changed_by_the_same_link(site, ada: int) -> None:
    """The newest counts; the same one again changes nothing at all."""
    token = coming.token(site, ada)
    assert rsvps.answer(site, token, YES).given == YES
    before = people.dump(site)

    again = rsvps.answer(site, token, YES)

    assert (again.given, people.dump(site)) == (YES, before)
    assert rsvps.answer(site, token, rules.Rsvp("no")).given == rules.Rsvp("no")
    assert site.store.value("SELECT count(*) FROM rsvp") == 1


def test_nobody_is_subscribed_by_an_answer(site, ada: int) -> None:
    """Whoever has left answers, gets a receipt, and stays off the list."""
    number = site.store.value("SELECT max(id) FROM message")
    signup.leave(site, site.tokens.make("leave", number, ada), "page")
    ledger = site.store.value("SELECT count(*) FROM consent")

    assert rsvps.answer(site, coming.token(site, ada, number), YES).given == YES

    assert asking.state(site, ada) == "unsubscribed"
    assert site.store.value("SELECT count(*) FROM consent") == ledger
    assert [state for state, _, _ in receipts(site)] == ["due"]


@pytest.mark.parametrize("what", ["over", "cancelled", "gone", "unknown"])
def test_where_nothing_is_left_to_answer(site, ada: int, ticking: FixedClock, what: str) -> None:
    """Meeting over, cancelled, person forgotten, trial copy: it says which, and writes nothing."""
    token = coming.token(site, ada)
    if what == "over":
        ticking.moment = clock.parse("2018-09-13T18:00:00Z")
    elif what == "cancelled":
        with site.store.write():
            site.store.execute("UPDATE meeting SET state = 'cancelled'")
    elif what == "gone":
        forgetting.forget(site, ada, "person", "page", everything=False)
    else:
        token = site.tokens.make("rsvp", 999, ada)
    before = people.dump(site)

    found = rsvps.answer(site, token, YES)

    assert (found.state, rsvps.look(site, token).state) == (what, what)
    assert people.dump(site) == before


@pytest.mark.parametrize("purpose", ["leave", "me", "reply", "return"])
def test_another_token_answers_nothing(site, ada: int, purpose) -> None:
    """A token for something else is not ours here."""
    with pytest.raises(errors.NotFoundError):
        rsvps.answer(site, site.tokens.make(purpose, 1, ada), YES)


def test_one_receipt_an_hour_and_the_last_tells_the_last_answer(site, ada: int, ticking: FixedClock) -> None:
    """The first goes at once; of those that follow within the hour only the newest answer is told, at its end."""
    token, begin = coming.token(site, ada), site.clock.iso()
    rsvps.answer(site, token, YES)
    with site.store.write():
        site.store.execute("UPDATE delivery SET state = 'sent', due_at = NULL WHERE message = 2")
    later(site, ticking, minutes=5)
    rsvps.answer(site, token, rules.Rsvp("maybe"))
    later(site, ticking, minutes=5)
    rsvps.answer(site, token, rules.Rsvp("no"))

    hour = clock.iso(clock.parse(begin) + timedelta(hours=1))
    assert [(state, due) for state, due, _ in receipts(site)] == [
        ("sent", ""),
        ("skipped", ""),
        ("due", hour),
    ]
    assert receipts(site)[2][2] == "no, I cannot come"


def test_a_receipt_that_has_not_gone_is_replaced_in_its_place(site, ada: int, ticking: FixedClock) -> None:
    """Two presses in one second: one mail, with the second answer, at once."""
    token, begin = coming.token(site, ada), site.clock.iso()
    rsvps.answer(site, token, YES)
    rsvps.answer(site, token, rules.Rsvp("no"))

    assert receipts(site) == [("skipped", "", ""), ("due", begin, "no, I cannot come")]


def test_the_receipt_says_what_was_answered_and_how_to_change_it(site, ada: int) -> None:
    """Answer, when, where and a link to the same page; never the note, which a stranger with the link could have written."""
    token = coming.token(site, ada)
    rsvps.answer(site, token, YES)
    row = site.store.row("SELECT * FROM delivery WHERE message = 2")
    frozen = message.Message.from_json(site.store.value("SELECT frozen FROM message WHERE id = 2"))
    assert row is not None and frozen.mail_class == "T" and "rsvp" in frozen.purposes

    raw = people_mail(site, frozen, row)

    assert "yes, I come; guests: 2; afterwards (drinks downstairs): yes; with a note" in raw
    assert "Thursday 13 September 2018, 18:00 to 19:00" in raw and "The Parsons" in raw
    again = coming.token(site, ada, 2)
    assert f"http://127.0.0.1:8000/rsvp/{again}" in raw and rsvps.look(site, again).given == YES
    assert "nuts" not in raw


def people_mail(opened: sites.Site, frozen: message.Message, row) -> str:
    """The text part of a queued receipt, stamped as the sender does."""
    own = json.loads(row["vals"])
    made = {
        f"token_{purpose}": opened.tokens.make(
            purpose, int(own.get(f"number_{purpose}", row["message"])), row["member"]
        )
        for purpose in frozen.purposes
    }
    values = {**own, **made, "email": row["address"], "@occasion": row["occasion"], "": ""}
    parsed = message_from_bytes(stamp.Stamp(frozen, frozen.shapes[0]).copy(values), policy=policy.default)
    part = parsed.get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


def test_an_answer_makes_the_address_well(site, ada: int) -> None:
    """Whoever presses a button of our mail has got it."""
    with site.store.write():
        site.store.execute("UPDATE member SET health = 'suspect' WHERE id = ?", (ada,))

    rsvps.answer(site, coming.token(site, ada), YES)

    assert site.store.value("SELECT health FROM member WHERE id = ?", (ada,)) == "ok"


def test_a_blocked_address_answers_without_a_receipt(site, ada: int) -> None:
    """No mail at all means no receipt either; the answer counts."""
    with site.store.write():
        macs = consent.macs(site, "ada@example.org")
        site.store.execute(
            "INSERT INTO suppression (mac, scope, reason, at) VALUES (?, 'all', 'blocked', '2018')",
            (macs[0],),
        )

    assert rsvps.answer(site, coming.token(site, ada), YES).given == YES
    assert receipts(site) == []


def test_who_comes(site, ada: int) -> None:
    """Numbers with guests, drinks counted apart, each person's answer; a forgotten person is a number."""
    ben = people.add_member(site, "ben@example.org", "south-hants-it", name="Ben")
    rsvps.answer(site, coming.token(site, ada), YES)
    rsvps.answer(site, coming.token(site, ben), rules.Rsvp("no", 1, "yes"))

    found = rsvps.answers(site, coming.SLUG)

    assert [found[key] for key in ("yes", "maybe", "no", "people", "drinks")] == [1, 0, 1, 3, 5]
    assert [(one["name"], one["answer"], one["note"]) for one in found["answers"]] == [
        ("Ada", "yes", "no nuts"), ("Ben", "no", ""),
    ]  # fmt: skip
    with pytest.raises(errors.NotFoundError, match="no meeting 'nothing'"):
        rsvps.answers(site, "nothing")


def test_forgetting_takes_the_answer_along(site, ada: int, ticking: FixedClock) -> None:
    """To a meeting that is still to come they do not come; of one that was, only the number stays."""
    rsvps.answer(site, coming.token(site, ada), YES)
    forgetting.forget(site, ada, "person", "page", everything=True)
    assert rsvps.answers(site, coming.SLUG)["answers"] == []

    ben = people.add_member(site, "ben@example.org", "south-hants-it", name="Ben")
    rsvps.answer(site, coming.token(site, ben), YES)
    ticking.moment = clock.parse("2018-09-14T08:00:00Z")
    forgetting.forget(site, ben, "person", "page", everything=True)

    (kept,) = rsvps.answers(site, coming.SLUG)["answers"]
    assert (kept["name"] or "", kept["address"], kept["answer"], kept["note"]) == ("", None, "yes", "")
    assert b"no nuts" not in (site.root / "newsletter.db").read_bytes()


def test_notes_are_wiped_a_week_after_the_meeting(site, ada: int, ticking: FixedClock) -> None:
    """They may tell of health; the answer stays."""
    rsvps.answer(site, coming.token(site, ada), YES)
    ticking.moment = clock.parse("2018-09-20T17:59:00Z")
    retention.run(site)
    assert rsvps.answers(site, coming.SLUG)["answers"][0]["note"] == "no nuts"

    ticking.moment = clock.parse("2018-09-20T18:01:00Z")
    retention.run(site)

    (kept,) = rsvps.answers(site, coming.SLUG)["answers"]
    assert (kept["answer"], kept["guests"], kept["note"]) == ("yes", 2, "")


def test_the_copy_of_ones_data_has_the_answers(site, ada: int) -> None:
    """What was answered to which meeting, with the note."""
    rsvps.answer(site, coming.token(site, ada), YES)

    (told,) = copies.tell(site, ada)["rsvps"]

    assert (told["title"], told["answer"], told["note"]) == ("Backups that restore", "yes", "no nuts")
    assert copies.make(site, ada)


def test_an_answer_and_its_receipt_are_one_transaction(site, ada: int, monkeypatch) -> None:
    """A crash on the way leaves neither."""

    def crash(*_given: object) -> None:
        raise OSError("pulled the plug")

    before = people.dump(site)
    monkeypatch.setattr("newsletter.store.rates.note", crash)

    with pytest.raises(OSError, match="plug"):
        rsvps.answer(site, coming.token(site, ada), YES)

    assert people.dump(site) == before
