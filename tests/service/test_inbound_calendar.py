"""Answers of calendars move the rsvp: the member's own by our token, the newest of all ways; all others are shown at most."""

import base64
from collections.abc import Callable
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter import site as sites
from newsletter.core import rsvps as rules
from newsletter.service import copies, meeting_changes, members, places, proposals, returns, rsvps
from newsletter.service import meetings as plans
from newsletter.store import forwards, replies
from newsletter.store import rsvps as answered
from tests.conftest import FixedClock, write_site
from tests.people import add_member
from tests.service import coming, inbound

UID = f"{coming.SLUG}@lists.example.org"
MAILS = Path(__file__).parent.parent / "mails"


@pytest.fixture
def ada(site: sites.Site) -> int:
    """A member who was invited."""
    member = add_member(site, "ada@example.org", "south-hants-it", name="Ada Byron")
    coming.invite(site)
    gone(site)
    return member


def gone(site: sites.Site) -> None:
    with site.store.write():
        site.store.execute("UPDATE delivery SET state = 'sent', due_at = NULL WHERE due_at IS NOT NULL")


def to(site: sites.Site, member: int) -> str:
    """The ORGANIZER's address in a member's invitation."""
    return inbound.to(site, "rsvp", 1, member)


def reply(site: sites.Site, member: int, answer: str = "ACCEPTED", **more: object) -> returns.Taken:
    """Take in a calendar's answer of a member, who is ada unless another attendee is named."""
    attendee = str(more.pop("attendee", "ada@example.org"))
    recipient = str(more.pop("recipient", to(site, member)))
    return returns.take(site, inbound.calendar_reply(recipient, UID, attendee, answer, **more))  # type: ignore[arg-type]


def row(site: sites.Site, member: int):  # type: ignore[no-untyped-def]
    return answered.get(site.store, 1, member)


def mails(site: sites.Site) -> list[str]:
    """The kinds of mails about the meeting that are due."""
    found = site.store.rows(
        "SELECT g.kind FROM delivery d JOIN message g ON g.id = d.message WHERE d.state = 'due' ORDER BY d.id"
    )
    return [one["kind"] for one in found]


@pytest.mark.parametrize(
    ("partstat", "answer"), [("ACCEPTED", "yes"), ("DECLINED", "no"), ("TENTATIVE", "maybe")]
)
def test_a_calendars_answer_counts(site: sites.Site, ada: int, partstat: str, answer: str) -> None:
    """I10, I11: token, UID and attendee agree: it is the member's answer at once, without a mail that says so again."""
    taken = reply(site, ada, partstat)

    assert (taken.kind, taken.done) == ("calendar-reply", f"counted for member {ada}: {answer}")
    assert row(site, ada)["answer"] == answer
    assert mails(site) == [] and replies.open_of(site.store) == []


@pytest.mark.parametrize("program", ["gmail", "outlook", "apple", "octet-stream"])
def test_every_program_s_shape_counts(site: sites.Site, ada: int, program: str) -> None:
    """I10: the stored samples of Gmail, Outlook and Apple, and of those that only attach a file, with our token and UID."""
    found = message_from_bytes((MAILS / f"{program}-calendar-reply.eml").read_bytes())
    for part in found.walk():
        if part.get_content_maintype() != "multipart" and b"METHOD:REPLY" in part.get_payload(decode=True):
            text = part.get_payload(decode=True).replace(b"meeting-1@lists.example.org", UID.encode())
            del part["Content-Transfer-Encoding"]
            part.set_payload(base64.encodebytes(text).decode())
            part["Content-Transfer-Encoding"] = "base64"
    del found["To"]
    found["To"] = to(site, ada)

    taken = returns.take(site, found.as_bytes())

    assert taken.done == f"counted for member {ada}: yes"
    assert row(site, ada)["answer"] == "yes"


def test_what_a_calendar_cannot_say_stays(site: sites.Site, ada: int, ticking: FixedClock) -> None:
    """Guests, drinks and needs of the page stay; a comment of the calendar becomes the note."""
    rsvps.answer(site, coming.token(site, ada), rules.Rsvp("yes", 2, "yes", "", "no nuts"))
    ticking.moment += timedelta(minutes=5)
    mail = inbound.calendar_reply(
        to(site, ada), UID, "ada@example.org", "TENTATIVE", stamp="20180629T080400Z"
    )

    returns.take(site, mail.replace(b"END:VEVENT", b"COMMENT:A bit late\\, sorry\r\nEND:VEVENT"))

    found = row(site, ada)
    assert (found["answer"], found["guests"], found["drinks"], found["needs"]) == (
        "maybe",
        2,
        "yes",
        "no nuts",
    )
    assert found["note"] == "A bit late, sorry"


def test_the_newest_answer_counts(site: sites.Site, ada: int) -> None:
    """I11: a replayed or late answer with an older DTSTAMP is not taken."""
    reply(site, ada, "DECLINED", stamp="20180629T070000Z")

    late = reply(site, ada, "ACCEPTED", stamp="20180628T070000Z")

    assert "older" in late.done
    assert row(site, ada)["answer"] == "no"


@pytest.mark.parametrize(
    "stamp", ["20180231T070000Z", "20180628T996000Z", "٢٠١٨٠٦٢٨T٠٧٠٠٠٠Z", "00000000T000000Z"]
)
def test_a_time_that_there_is_not_is_now(site: sites.Site, ada: int, stamp: str) -> None:
    """The answer counts as of its arrival; nothing that reads the time of an answer later stumbles over it."""
    reply(site, ada, "ACCEPTED", stamp=stamp)

    assert (row(site, ada)["answer"], row(site, ada)["at"]) == ("yes", site.clock.iso())
    assert copies.make(site, ada)


def test_a_token_answers_the_meeting_of_its_own_mail_alone(make_site: Callable[..., sites.Site]) -> None:
    """Whoever guesses the UID of another list's meeting gets no place at it, whatever token of theirs they have."""
    site = make_site("south-hants-it", "board")
    ada = add_member(site, "ada@example.org", "south-hants-it")
    coming.invite(site)
    gone(site)
    plans.new(site, site.mailing_list("board"), plans.Wanted("secret", "Board", "2018-09-14 18:00"))
    other = plans.find(site, "secret")

    taken = returns.take(
        site, inbound.calendar_reply(to(site, ada), other["uid"], "ada@example.org", "ACCEPTED")
    )

    assert "who was not invited" in taken.done
    assert site.store.value("SELECT count(*) FROM rsvp") == 0


def test_an_answer_to_the_date_before_the_move_is_old(site: sites.Site, ada: int) -> None:
    """I11: a reply to an older SEQUENCE says nothing of the new date; one to the new SEQUENCE does."""
    plan = meeting_changes.plan_move(site, coming.SLUG, starts="2018-09-20 18:00")
    meeting_changes.carry_out(site, plan)

    old = reply(site, ada, "ACCEPTED", sequence=0)
    new = reply(site, ada, "DECLINED", sequence=1)

    assert ("older" in old.done, row(site, ada)["answer"]) == (True, "no")
    assert new.done.startswith("counted")


def test_an_answer_on_the_page_beats_an_older_one_of_the_calendar(
    site: sites.Site, ada: int, ticking: FixedClock
) -> None:
    """What was pressed in the calendar before, and arrives after, does not undo the page's answer."""
    ticking.moment += timedelta(minutes=30)
    rsvps.answer(site, coming.token(site, ada), rules.Rsvp("no"))
    ticking.moment += timedelta(days=2)

    late = reply(site, ada, "ACCEPTED", stamp="20180629T081500Z")

    assert "older" in late.done and row(site, ada)["answer"] == "no"


def test_an_invitation_passed_on_is_shown_not_counted(site: sites.Site, ada: int) -> None:
    """I11: somebody else answers with Ada's token: the chair decides, Ada's answer is untouched."""
    reply(site, ada, attendee="eve@example.net")

    (open_row,) = replies.open_of(site.store)
    assert (open_row["how"], open_row["state"], open_row["answer"]) == ("calendar", "proposed", "yes")
    assert "e****@example.net" in open_row["words"] and row(site, ada) is None


@pytest.mark.parametrize("purpose", ["none", "other purpose", "another's signature"])
def test_without_our_token_an_answer_is_proposed_at_most(site: sites.Site, ada: int, purpose: str) -> None:
    """Anybody could have written it: the chair is asked, once for all of them, and nothing counts until then."""
    recipient = {
        "none": inbound.BOUNCES,
        "other purpose": f"bounces+a{inbound.token(site, 'undo', 1, ada)}@lists.example.org",
        "another's signature": f"bounces+a{'a' * 40}@lists.example.org",
    }[purpose]

    reply(site, ada, "DECLINED", recipient=recipient)
    reply(site, ada, "ACCEPTED", recipient=recipient)

    assert row(site, ada) is None
    (open_row,) = replies.open_of(site.store)
    assert (open_row["state"], open_row["answer"]) == ("proposed", "yes")
    assert proposals.accept(site, coming.SLUG, open_row["id"])["became"] == "in"


@pytest.mark.parametrize(
    ("attendee", "sender"),
    [("eve@example.net", b"ada@"), ("ben@example.org", b"ben@"), ("ada@example.org", b"eve@")],
)
def test_who_was_not_invited_is_shown_and_not_added(
    site: sites.Site, ada: int, attendee: str, sender: bytes
) -> None:
    """A stranger, a member who was not invited, somebody who writes as Ada: left for a person, nobody is added."""
    add_member(site, "ben@example.org", "south-hants-it")
    mail = inbound.calendar_reply(inbound.BOUNCES, UID, attendee).replace(b"<ada@", b"<" + sender)

    taken = returns.take(site, mail)

    assert taken.left and "not invited" in taken.done
    assert site.store.value("SELECT count(*) FROM rsvp") == 0 and replies.open_of(site.store) == []


def test_a_foreign_meeting_is_nobody_s(site: sites.Site, ada: int) -> None:
    """Our token, but a UID that is none of ours."""
    taken = returns.take(site, inbound.calendar_reply(to(site, ada), "foreign@x", "ada@example.org"))

    assert "no meeting of ours" in taken.done and row(site, ada) is None


@pytest.mark.parametrize("shape", ["COUNTER", "DELEGATED"])
def test_another_time_or_another_person_goes_to_the_organiser(site: sites.Site, ada: int, shape: str) -> None:
    """I11: a counter-proposal and a delegation are talked about: passed on as a letter, nothing counts."""
    counter = shape == "COUNTER"
    mail = inbound.calendar_reply(
        to(site, ada),
        UID,
        "ada@example.org",
        "TENTATIVE" if counter else shape,
        method=shape if counter else "REPLY",
    )

    taken = returns.take(site, mail)

    assert taken.done == "passed on to chair@lists.example.org"
    assert forwards.waiting(site.store) == 1 and row(site, ada) is None


def test_a_full_meeting_is_told_by_mail(site: sites.Site, ada: int) -> None:
    """The calendar says yes; who gets no place hears so, and waits strictly in turn with those of the page."""
    ben = add_member(site, "ben@example.org", "south-hants-it")
    places.set_capacity(site, coming.SLUG, 1)
    rsvps.write(site, 1, ben, rules.Rsvp("yes"))
    gone(site)

    taken = reply(site, ada)

    assert taken.done.startswith("waits for a place")
    assert (row(site, ada)["place"], mails(site)) == ("waiting", ["waiting"])


def test_a_place_given_back_by_calendar_is_passed_on(site: sites.Site, ada: int) -> None:
    """DECLINED frees the place, which is offered to the next at once."""
    ben = add_member(site, "ben@example.org", "south-hants-it")
    places.set_capacity(site, coming.SLUG, 1)
    reply(site, ada, stamp="20180629T070000Z")
    rsvps.write(site, 1, ben, rules.Rsvp("yes"), tell=False)

    reply(site, ada, "DECLINED", stamp="20180629T073000Z")

    assert row(site, ben)["place"] == "offered" and mails(site) == ["offer"]


def test_over_or_cancelled_nothing_counts(site: sites.Site, ada: int) -> None:
    """An answer to a cancelled meeting is not counted."""
    meeting_changes.carry_out(site, meeting_changes.plan_cancel(site, coming.SLUG))

    taken = reply(site, ada, sequence=1)

    assert "the meeting is cancelled" in taken.done and row(site, ada) is None


def test_an_answer_makes_a_suspect_address_well(site: sites.Site, ada: int) -> None:
    """The person's own act shows that the mail arrives."""
    with site.store.write():
        site.store.execute("UPDATE member SET health = 'dead', health_reason = 'x' WHERE id = ?", (ada,))

    reply(site, ada)

    assert members.show(site, "ada@example.org")["health"] == "ok"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.sampled_from(["yes", "no", "maybe"]), st.booleans()), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_in_whatever_order_they_come_the_last_one_given_counts(tmp_path_factory, pressed, shuffled) -> None:  # type: ignore[no-untyped-def]
    """A minute apart, by page or by calendar; pages write at once, calendars' mails arrive in any order later."""
    clock = FixedClock()
    site = sites.open_site(write_site(tmp_path_factory.mktemp("order") / "site"), running=clock)
    ada = add_member(site, "ada@example.org", "south-hants-it")
    coming.invite(site)
    late = []
    for answer, on_page in pressed:
        clock.moment += timedelta(minutes=1)
        if on_page:
            rsvps.answer(site, coming.token(site, ada), rules.Rsvp(answer))
        else:
            word = {"yes": "ACCEPTED", "no": "DECLINED", "maybe": "TENTATIVE"}[answer]
            late.append((word, f"{clock.moment:%Y%m%dT%H%M%SZ}"))
    clock.moment += timedelta(hours=1)
    shuffled.shuffle(late)
    for word, stamp in late:
        reply(site, ada, word, stamp=stamp)

    assert row(site, ada)["answer"] == pressed[-1][0]
    site.close()
