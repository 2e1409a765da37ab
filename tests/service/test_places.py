"""A meeting that holds only so many: who waits, what is offered and told, and what the clock passes on."""

import json
import threading
import time
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter import site as sites
from newsletter.compose import message, stamp
from newsletter.core import clock
from newsletter.core import rsvps as rules
from newsletter.service import (
    forgetting,
    meetings,
    places,
    proposals,
    returns,
    rsvps,
    sending,
    serving,
    signup,
)
from newsletter.store import replies
from tests import people
from tests.conftest import FixedClock, write_site
from tests.service import coming, inbound

YES, NO, MAYBE = rules.Rsvp("yes"), rules.Rsvp("no"), rules.Rsvp("maybe")
WITH_TWO = rules.Rsvp("yes", 2)


@pytest.fixture
def asked(site: sites.Site) -> list[int]:
    """Ada, Ben, Cem, Dee and Eve are invited to a meeting that holds three people."""
    names = ("ada", "ben", "cem", "dee", "eve")
    found = [
        people.add_member(site, f"{name}@example.org", "south-hants-it", name=name.title()) for name in names
    ]
    coming.invite(site)
    places.set_capacity(site, coming.SLUG, 3)
    return found


def number(opened: sites.Site) -> int:
    return int(opened.store.value("SELECT id FROM meeting"))


def say(opened: sites.Site, member: int, given_: rules.Rsvp) -> rsvps.Written:
    return rsvps.write(opened, number(opened), member, given_)


def standing(opened: sites.Site) -> dict[str, str]:
    """Each person's place by first letter; with the position of who waits."""
    found = rsvps.answers(opened, coming.SLUG)["answers"]
    return {one["name"][0]: one["place"] + str(one["position"] or "") for one in found if one["name"]}


def mails(opened: sites.Site, kind: str, state: str = "due") -> list[tuple[str, dict[str, Any]]]:
    """Address and values of the mails of a kind in a state, oldest first."""
    rows = opened.store.rows(
        """SELECT d.address, d.vals FROM delivery d JOIN message g ON g.id = d.message
        WHERE g.kind = ? AND d.state = ? ORDER BY d.id""",
        (kind, state),
    )
    return [(row["address"], json.loads(row["vals"] or "{}")) for row in rows]


def sent(opened: sites.Site) -> None:
    """All that is due has gone."""
    with opened.store.write():
        opened.store.execute("UPDATE delivery SET state = 'sent', due_at = NULL WHERE state = 'due'")


def test_guests_count_and_who_comes_later_waits(site, asked: list[int]) -> None:
    """Three places: Ada with two guests has them all; Ben and Cem wait in the order in which they came."""
    found = [say(site, asked[0], WITH_TWO).place, *(say(site, one, YES).place for one in asked[1:3])]

    told = rsvps.answers(site, coming.SLUG)
    assert found == ["in", "waiting", "waiting"]
    assert standing(site) == {"A": "in", "B": "waiting1", "C": "waiting2"}
    keys = ("yes", "people", "capacity", "waiting", "people_waiting", "offered")
    assert [told[key] for key in keys] == [1, 3, 3, 2, 2, 0]
    assert meetings.show(site, coming.SLUG)["answers"] == {
        "yes": 1, "maybe": 0, "no": 0, "waiting": 2, "people": 3,
    }  # fmt: skip


def test_who_waits_is_told_the_turn_and_who_has_a_place_is_told_so(site, asked: list[int]) -> None:
    """Two kinds of receipt; the waiting one carries no calendar entry."""
    say(site, asked[0], WITH_TWO)
    say(site, asked[1], YES)

    ((ada, receipt),) = mails(site, "receipt")
    ((ben, waiting),) = mails(site, "waiting")

    assert (ada, receipt["answer"]) == ("ada@example.org", "yes, I come; you have a place; guests: 2")
    assert (ben, waiting["answer"], waiting["position"]) == ("ben@example.org", "yes, I come", "1")
    frozen = site.store.value("SELECT frozen FROM message WHERE kind = 'waiting'")
    assert "text/calendar" not in frozen


def test_a_place_given_back_is_offered_to_the_next_and_taken_by_one_press(site, asked: list[int]) -> None:
    """Ada goes: Ben and Cem are offered a place each, until a time; Ben's yes takes it and is told at once."""
    say(site, asked[0], WITH_TWO)
    for one in asked[1:4]:
        say(site, one, WITH_TWO if one == asked[3] else YES)
    sent(site)

    say(site, asked[0], NO)

    assert standing(site) == {"A": "", "B": "offered", "C": "offered", "D": "waiting1"}
    assert [(address, told["until"]) for address, told in mails(site, "offer")] == [
        ("ben@example.org", "Saturday 30 June 2018, 9:00"), ("cem@example.org", "Saturday 30 June 2018, 9:00"),
    ]  # fmt: skip
    link = rsvps.look(site, coming.token(site, asked[1], 1))
    assert (link.place, link.until) == ("offered", "Saturday 30 June 2018, 9:00")
    sent(site)

    taken = rsvps.answer(site, coming.token(site, asked[1], 1), YES)

    assert (taken.place, standing(site)["B"]) == ("in", "in")
    assert [(address, told["answer"]) for address, told in mails(site, "receipt")] == [
        ("ben@example.org", "yes, I come; you have a place")
    ]
    assert site.store.value("SELECT due_at FROM delivery ORDER BY id DESC LIMIT 1") == site.clock.iso()


def test_nobody_passes_a_party_that_does_not_fit_yet(site, asked: list[int]) -> None:
    """Ben waits with two guests; one free place is not given to Cem, and not to Dee who comes now."""
    say(site, asked[0], WITH_TWO)
    say(site, asked[1], WITH_TWO)
    say(site, asked[2], YES)

    say(site, asked[0], rules.Rsvp("yes", 1))
    late = say(site, asked[3], YES)

    assert late.place == "waiting"
    assert standing(site) == {"A": "in", "B": "waiting1", "C": "waiting2", "D": "waiting3"}
    say(site, asked[1], YES)  # Ben comes alone now: he is the first, and it fits
    assert standing(site) == {"A": "in", "B": "in", "C": "waiting1", "D": "waiting2"}


def test_an_offer_passes_on_by_the_clock(site, asked: list[int], ticking: FixedClock) -> None:
    """Ben lets it pass: it goes to Cem, Ben waits no longer, and a new yes of his waits from the end."""
    say(site, asked[0], WITH_TWO)
    say(site, asked[1], WITH_TWO)
    say(site, asked[2], WITH_TWO)
    say(site, asked[0], NO)
    assert places.run_if_due(site) == 0
    before = people.dump(site)
    assert places.run_if_due(site) == 0 and people.dump(site) == before

    ticking.moment += timedelta(hours=26)

    link = rsvps.look(site, coming.token(site, asked[1], 1))
    assert (link.place, link.until) == ("lapsed", "")  # also before the clock has run
    assert places.run_if_due(site) == 1
    assert standing(site) == {"A": "", "B": "lapsed", "C": "offered"}
    assert say(site, asked[1], WITH_TWO).place == "waiting"
    assert standing(site) == {"A": "", "B": "waiting1", "C": "offered"}


def test_time_passes_a_place_on_beside_whatever_else_runs(
    site, asked: list[int], ticking: FixedClock
) -> None:
    """The server looks on a connection of its own, so that a send of many hours holds nothing up; it stops when asked."""
    for one in asked[:3]:
        say(site, one, WITH_TWO)
    say(site, asked[0], NO)
    ticking.moment += timedelta(hours=26)
    stop = sending.Stop()
    thread = threading.Thread(target=serving.keep_time, args=(site, stop, lambda text: None))

    thread.start()
    until = time.monotonic() + 10
    while standing(site)["C"] != "offered" and time.monotonic() < until:
        time.sleep(0.02)
    stop.ask()
    thread.join(10)

    assert not thread.is_alive()
    assert standing(site) == {"A": "", "B": "lapsed", "C": "offered"}


def test_a_press_after_the_offers_end_does_not_take_it(site, asked: list[int], ticking: FixedClock) -> None:
    """Nor when the clock has not run since: Cem, who waited too, has it, and Ben waits anew."""
    say(site, asked[0], WITH_TWO)
    say(site, asked[1], WITH_TWO)
    say(site, asked[2], WITH_TWO)
    say(site, asked[0], NO)
    ticking.moment += timedelta(hours=26)

    assert say(site, asked[1], WITH_TWO).place == "waiting"
    assert standing(site) == {"A": "", "B": "waiting1", "C": "offered"}


def test_who_has_a_place_keeps_it_when_more_guests_do_not_fit(site, asked: list[int]) -> None:
    """The answer stands with as many guests as before, and says so."""
    say(site, asked[0], rules.Rsvp("yes", 1))
    say(site, asked[1], YES)

    found = say(site, asked[0], rules.Rsvp("yes", 2))

    assert (found.place, found.has_fewer, found.given) == ("in", True, rules.Rsvp("yes", 1))
    assert found.is_changed is False
    assert rsvps.answers(site, coming.SLUG)["people"] == 3


@pytest.mark.parametrize("way", ["maybe", "forgotten", "room", "no limit", "mail", "calendar"])
def test_whatever_frees_a_place_passes_it_on(site, asked: list[int], way: str) -> None:
    """A changed mind, a person forgotten, a larger room, no limit any more, an answer by mail that the chair accepts,
    a calendar's reply."""
    say(site, asked[0], WITH_TWO)
    say(site, asked[1], YES)
    if way == "maybe":
        say(site, asked[0], MAYBE)
    elif way == "forgotten":
        forgetting.forget(site, asked[0], "person", "page", everything=False)
        assert places.run_if_due(site) == 1
    elif way == "mail":
        with site.store.write():
            replies.add(
                site.store,
                replies.Reply(
                    b"1",
                    site.clock.iso(),
                    "words",
                    "proposed",
                    "no",
                    asked[0],
                    1,
                    number(site),
                    0,
                    "",
                    "sorry",
                ),
            )
        proposals.accept(site, coming.SLUG, 1)
    elif way == "calendar":
        mail = inbound.calendar_reply(
            inbound.to(site, "reply", 1, asked[0]), site.store.value("SELECT uid FROM meeting"), "ada@example.org", "DECLINED"
        )  # fmt: skip
        assert "counted" in returns.take(site, mail).done
    else:
        places.set_capacity(site, coming.SLUG, 4 if way == "room" else None)

    assert standing(site)["B"] == "offered"
    assert [address for address, _ in mails(site, "offer")] == ["ben@example.org"]


def test_a_smaller_room_sends_nobody_away(site, asked: list[int]) -> None:
    """Three are in, the room holds one: they stay, the next waits, and only the third place given back is free again."""
    for one in asked[:4]:
        say(site, one, YES)
    places.set_capacity(site, coming.SLUG, 1)

    assert standing(site) == {"A": "in", "B": "in", "C": "in", "D": "waiting1"}
    for one, expected in ((asked[0], "waiting1"), (asked[1], "waiting1"), (asked[2], "offered")):
        say(site, one, NO)
        assert standing(site)["D"] == expected


def test_leaving_the_list_leaves_the_place_and_its_mail(site, asked: list[int]) -> None:
    """Ben left the list while he waited: the place that he asked for is still offered to him (T), and he stays off."""
    say(site, asked[0], WITH_TWO)
    say(site, asked[1], YES)
    signup.leave(site, site.tokens.make("leave", 1, asked[1]), "page")

    say(site, asked[0], NO)

    assert [address for address, _ in mails(site, "offer")] == ["ben@example.org"]
    assert site.store.value("SELECT state FROM subscription WHERE member = ?", (asked[1],)) == "unsubscribed"


def test_after_the_beginning_nothing_is_offered(site, asked: list[int], ticking: FixedClock) -> None:
    """Answers count until the end, but nobody is called from their sofa."""
    say(site, asked[0], WITH_TWO)
    say(site, asked[1], YES)
    ticking.moment = clock.parse("2018-09-13T17:10:00Z")

    say(site, asked[0], NO)

    assert standing(site) == {"A": "", "B": "waiting1"} and places.run_if_due(site) == 0


def test_what_is_outdated_and_has_not_gone_is_taken_back(site, asked: list[int]) -> None:
    """The offer replaces the mail about the turn; giving the place back replaces the offer."""
    say(site, asked[0], WITH_TWO)
    say(site, asked[1], YES)
    say(site, asked[0], NO)
    assert mails(site, "waiting") == [] and len(mails(site, "offer")) == 1

    say(site, asked[1], NO)

    assert mails(site, "offer") == []
    assert [told["answer"] for address, told in mails(site, "receipt") if address.startswith("ben")] == [
        "no, I cannot come"
    ]


@pytest.mark.parametrize(
    ("kind", "says"), [("waiting", "Your turn in the queue: 1."), ("offer", "We keep it until")]
)
def test_the_mails_in_plain_words(site, asked: list[int], kind: str, says: str) -> None:
    """Class T: what was answered, the facts, the links to the page; nothing to subscribe to."""
    say(site, asked[0], WITH_TWO)
    say(site, asked[1], YES)
    if kind == "offer":
        say(site, asked[0], NO)

    parsed = mail_of(site, kind)
    body = parsed.get_body(("plain",))

    assert body is not None
    text = " ".join(body.get_content().split())
    assert says in text and "Thursday 13 September 2018, 18:00 to 19:00" in text
    assert "Backups that restore" in str(parsed["Subject"])
    assert parsed["List-Unsubscribe"] is None and parsed["Auto-Submitted"] == "auto-generated"
    assert "http://127.0.0.1:8000/rsvp/" in text and ("/yes" in text) == (kind == "offer")


def mail_of(opened: sites.Site, kind: str) -> Any:
    """The mail of a kind that is due, stamped as the sender does."""
    row = opened.store.row(
        "SELECT d.*, g.frozen FROM delivery d JOIN message g ON g.id = d.message WHERE g.kind = ? AND d.state = 'due'",
        (kind,),
    )
    assert row is not None
    frozen = message.Message.from_json(row["frozen"])
    made = {
        f"token_{purpose}": opened.tokens.make(purpose, row["message"], row["member"])
        for purpose in frozen.purposes
    }
    values = {**json.loads(row["vals"]), **made, "email": row["address"], "occasion": row["occasion"]}
    return message_from_bytes(stamp.Stamp(frozen, 0).copy(values), policy=policy.default)


ACTS = st.one_of(
    st.tuples(st.just("yes"), st.integers(0, 5), st.integers(0, 3)),
    st.tuples(st.sampled_from(["no", "maybe"]), st.integers(0, 5), st.just(0)),
    st.tuples(st.just("wait"), st.just(0), st.integers(1, 30)),
    st.tuples(st.just("room"), st.just(0), st.integers(0, 7)),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(acts=st.lists(ACTS, min_size=5, max_size=25))
def test_whatever_the_order_it_is_never_over_capacity(tmp_path_factory, acts) -> None:
    """Real database: answers, changes, expiries and rooms at random. No act puts more people in than fit, whoever said
    yes is kept somewhere, and the queue moves by turns alone."""
    folder: Path = tmp_path_factory.mktemp("random")
    ticking = FixedClock()
    opened = sites.open_site(write_site(folder / "site"), running=ticking)
    try:
        known = [people.add_member(opened, f"m{n}@example.org", "south-hants-it") for n in range(6)]
        coming.invite(opened)
        places.set_capacity(opened, coming.SLUG, 4)
        said: dict[int, str] = {}
        for act, who, count in acts:
            before = _taken(opened)
            if act == "wait":
                ticking.moment += timedelta(hours=count)
                places.run_if_due(opened)
            elif act == "room":
                places.set_capacity(opened, coming.SLUG, count or None)
            else:
                said[known[who]] = act
                say(opened, known[who], rules.Rsvp(act, count))
            capacity = opened.store.value("SELECT capacity FROM meeting")
            assert capacity is None or _taken(opened) <= max(capacity, before)
            rows = opened.store.rows("SELECT * FROM rsvp")
            assert {row["member"]: row["answer"] for row in rows} == said
            assert all((row["place"] != "") == (row["answer"] == "yes") for row in rows)
            assert all((row["offer_until"] is not None) == (row["place"] == "offered") for row in rows)
            turns = [row["turn"] for row in rows if row["place"] in ("waiting", "offered")]
            assert len(turns) == len(set(turns))
            assert places.run_if_due(opened) == 0, "a place lay idle"
    finally:
        opened.close()


def _taken(opened: sites.Site) -> int:
    return int(
        opened.store.value(
            "SELECT coalesce(sum(1 + guests), 0) FROM rsvp WHERE place = 'in' OR place = 'offered'"
        )
    )
