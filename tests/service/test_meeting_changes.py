"""Moving and cancelling a meeting: who is told, what their calendars get, what the page says, and taking it back."""

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage

import icalendar
import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.core import rsvps as rules
from newsletter.service import jobs, meeting_changes, meetings, outbox, places, queueing, rsvps, signup
from newsletter.store import meetings as planned
from newsletter.store import outbox as outbox_rows
from tests import people
from tests.conftest import FixedClock
from tests.service import coming, outgoing

ANSWERS = {"ada": "yes", "ben": "maybe", "eva": "no", "fay": ""}


@pytest.fixture
def invited(site: sites.Site, ticking: FixedClock) -> sites.Site:
    """Four members, invited and mailed; three have answered, and their receipts have gone."""
    for name in ANSWERS:
        people.add_member(site, f"{name}@example.org", "south-hants-it", name=name.capitalize())
    coming.invite(site)
    for number, answer in enumerate(ANSWERS.values(), 1):
        if answer:
            rsvps.answer(site, coming.token(site, number), rules.Rsvp(answer))  # type: ignore[arg-type]
    gone(site)
    ticking.moment += timedelta(minutes=1)
    return site


def gone(site: sites.Site) -> None:
    """All that was due has been sent, and the editions are done."""
    with site.store.write():
        site.store.execute("UPDATE delivery SET state = 'sent', due_at = NULL WHERE due_at IS NOT NULL")
        site.store.execute("UPDATE edition SET state = 'done'")


def move(site: sites.Site, **changed: str) -> meeting_changes.Plan:
    plan = meeting_changes.plan_move(site, coming.SLUG, **(changed or {"starts": "2018-09-20 18:00"}))
    return meeting_changes.carry_out(site, plan)


def cancel(site: sites.Site, why: str = "") -> meeting_changes.Plan:
    return meeting_changes.carry_out(site, meeting_changes.plan_cancel(site, coming.SLUG, why=why))


def due(site: sites.Site) -> list[str]:
    """The addresses to whom a mail about a change is due, and its state."""
    rows = site.store.rows(
        """SELECT d.address FROM delivery d JOIN message g ON g.id = d.message
        WHERE g.kind = 'meeting_changed' AND d.state = 'due' ORDER BY d.address"""
    )
    return [row["address"].partition("@")[0] for row in rows]


def mail(site: sites.Site, name: str) -> EmailMessage:
    """The newest mail about a change to somebody, as its reader gets it."""
    workshop = jobs.Workshop(site)
    due_jobs = [workshop.job(row) for row in outbox_rows.page(site.store, "9999", ("", 0))]
    wanted = ("meeting_changed", f"{name}@example.org")
    job = [one for one in due_jobs if (one.kind.kind, one.address) == wanted][-1]
    octets = b"".join(workshop.write(job))
    found = email.message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def event(found: EmailMessage) -> tuple[str, icalendar.Event]:
    """The method and the event of a mail's calendar."""
    (part,) = [one for one in found.walk() if one.get_content_type() == "text/calendar"]
    made = icalendar.Calendar.from_ical(part.get_payload(decode=True))
    return str(made["METHOD"]), made.walk("VEVENT")[0]


def test_a_plan_changes_nothing(invited: sites.Site) -> None:
    """It says what was, what will be, who is told and who is not; the database is the same."""
    before = people.dump(invited)

    plan = meeting_changes.plan_move(invited, coming.SLUG, starts="2018-09-20 18:00")

    assert people.dump(invited) == before
    assert plan.was == "Thursday 13 September 2018, 18:00 to 19:00, The Parsons, Southampton"
    assert plan.now == "Thursday 20 September 2018, 18:00 to 19:00, The Parsons, Southampton"
    assert [one.name for one in plan.told] == ["Ada", "Ben"]


def test_a_move_tells_yes_and_maybe_only(invited: sites.Site) -> None:
    """Nobody who said no and nobody silent; the meeting has its new date, one SEQUENCE more and the same UID."""
    before = meetings.find(invited, coming.SLUG)

    move(invited)

    row = meetings.find(invited, coming.SLUG)
    assert due(invited) == ["ada", "ben"]
    assert (row["uid"], row["sequence"]) == (before["uid"], before["sequence"] + 1)
    assert (row["starts"], row["ends"]) == ("2018-09-20T17:00:00.000Z", "2018-09-20T18:00:00.000Z")


def test_the_mail_of_a_move(invited: sites.Site) -> None:
    """What was, what is now, the answer so far, the link; class T without a word of a list; the calendar entry moves."""
    move(invited, starts="2018-09-20 18:00", why="The Parsons is closed that week.")

    found = mail(invited, "ben")
    body = found.get_body(("plain",))
    assert body is not None
    text = body.get_content()
    method, entry = event(found)
    assert found["Subject"] == "New date: Backups that restore, Thursday 20 September 2018"
    assert "Thursday 13 September 2018" in text and "Thursday 20 September 2018" in text
    assert "The reason: The Parsons is closed that week." in text
    assert "nothing to do:\nmaybe\n" in text.replace("\r\n", "\n")
    assert "/rsvp/" in text and "unsubscribe" not in text.lower()
    assert found["List-Unsubscribe"] is None and found["Auto-Submitted"] == "auto-generated"
    assert (method, entry["SEQUENCE"], entry["UID"]) == ("REQUEST", 1, f"{coming.SLUG}@lists.example.org")
    assert entry["DTSTART"].to_ical() == b"20180920T170000Z"


def test_the_mail_of_a_cancelled_meeting(invited: sites.Site) -> None:
    """METHOD:CANCEL and STATUS:CANCELLED under the same UID (I6); no button; the page takes no more answers."""
    cancel(invited, "Nobody can come.")

    found = mail(invited, "ada")
    body = found.get_body(("plain",))
    method, entry = event(found)
    assert found["Subject"].startswith("Cancelled: Backups that restore")
    assert (method, entry["STATUS"], entry["SEQUENCE"]) == ("CANCEL", "CANCELLED", 1)
    assert body is not None and "/rsvp/" not in body.get_content()
    assert rsvps.look(invited, coming.token(invited, 1)).state == "cancelled"
    assert rsvps.answer(invited, coming.token(invited, 1), rules.Rsvp("no")).state == "cancelled"


def test_who_waits_for_a_place_is_told_and_who_let_one_pass_is_not(
    site: sites.Site, ticking: FixedClock
) -> None:
    """Yes with a place, waiting, an offer that lapsed: the first two hear of it, each with how they stand."""
    for name in ("ada", "ben", "eva"):
        people.add_member(site, f"{name}@example.org", "south-hants-it", name=name.capitalize())
    coming.invite(site)
    places.set_capacity(site, coming.SLUG, 1)
    for member in (1, 2, 3):
        rsvps.write(site, 1, member, rules.Rsvp("yes"), tell=False)
    rsvps.write(site, 1, 1, rules.Rsvp("no"), tell=False)
    gone(site)
    ticking.moment += timedelta(days=30)
    places.run_if_due(site)  # ben has let the offer pass, eva has the next one
    rsvps.write(site, 1, 1, rules.Rsvp("yes"), tell=False)
    gone(site)

    made = move(site)

    assert sorted((one.name, one.refusal) for one in made.people) == [("Ada", None), ("Eva", None)]
    body = mail(site, "ada").get_body(("plain",))
    assert body is not None and "yes, and you wait for a place" in body.get_content()


def test_only_a_place_changes(invited: sites.Site) -> None:
    """The subject says so; the date stays."""
    made = move(invited, place="The town hall")

    assert mail(invited, "ada")["Subject"].startswith(
        "New place: Backups that restore, Thursday 13 September"
    )
    assert made.now.endswith("The town hall")


def test_the_page_behind_an_older_mail_says_it(invited: sites.Site) -> None:
    """The link of the invitation tells what the mail said and what is so now; the link of the new mail has nothing to add."""
    move(invited)

    old = rsvps.look(invited, coming.token(invited, 1))
    newest = invited.store.value("SELECT max(id) FROM message")
    assert old.moved is not None
    assert old.moved[0].startswith("Thursday 13 September") and old.moved[1].startswith(
        "Thursday 20 September"
    )
    assert rsvps.look(invited, coming.token(invited, 1, newest)).moved is None
    assert rsvps.look(invited, coming.token(invited, 1, newest)).given == rules.Rsvp("yes")


def test_what_has_not_gone_is_taken_back_at_once(invited: sites.Site) -> None:
    """Taken back before a mail has gone, nobody hears of it, and the meeting is as before."""
    move(invited)
    plan = meeting_changes.plan_undo(invited, coming.SLUG, "moved")
    meeting_changes.carry_out(invited, plan)

    row = meetings.find(invited, coming.SLUG)
    assert plan.told == () and due(invited) == []
    assert (row["starts"], row["sequence"], row["state"]) == ("2018-09-13T17:00:00.000Z", 2, "planned")


def test_taken_back_after_the_mails_those_who_were_told_are_told_again(invited: sites.Site) -> None:
    """Cancelled, told, and it takes place after all: a higher SEQUENCE brings it back into the calendar."""
    cancel(invited)
    gone(invited)
    meeting_changes.carry_out(invited, meeting_changes.plan_undo(invited, coming.SLUG, "cancelled"))

    found = mail(invited, "ada")
    method, entry = event(found)
    assert due(invited) == ["ada", "ben"]
    assert found["Subject"].startswith("On again: Backups that restore")
    assert (method, entry["STATUS"], entry["SEQUENCE"]) == ("REQUEST", "CONFIRMED", 2)
    assert rsvps.look(invited, coming.token(invited, 1)).state == "open"


def test_moved_twice_the_first_mail_is_not_sent(invited: sites.Site) -> None:
    """A mail that waits is replaced; the first date stays in the story of the meeting."""
    move(invited)
    move(invited, starts="2018-09-27 18:00")

    assert due(invited) == ["ada", "ben"]
    shown = meetings.show(invited, coming.SLUG)
    assert [one["was"][:21] for one in shown["changes"]] == ["Thursday 13 September", "Thursday 20 September"]
    found = mail(invited, "ada")
    body = found.get_body(("plain",))
    assert found["Subject"].startswith("New date: Backups that restore, Thursday 27")
    # What is told is what people know: nobody has heard of the 20th.
    assert body is not None and "13 September" in body.get_content()
    assert "20 September" not in body.get_content()


def test_editions_that_would_tell_the_old_date_are_held(site: sites.Site) -> None:
    """What has not gone to everybody waits for the chair; taking the move back lets it go on."""
    people.add_member(site, "ada@example.org", "south-hants-it")
    coming.invite(site)
    edition = "south-hants-it/2018-06-29-recap"

    made = move(site)

    assert made.editions == ((edition, 1),)
    assert outbox.edition(site, edition)["state"] == "paused"
    assert outbox.reason(site, edition) == meeting_changes.HELD
    meeting_changes.carry_out(site, meeting_changes.plan_undo(site, coming.SLUG, "moved"))
    assert outbox.edition(site, edition)["state"] == "running"


def test_who_has_left_is_named_and_not_written_to(invited: sites.Site) -> None:
    """They answered yes and then left the list: the chair hears that nobody tells them."""
    signup.leave(invited, invited.tokens.make("leave", 1, 1), "page")

    made = move(invited)

    assert [one.name for one in made.told] == ["Ben"]
    assert [(one.name, one.refusal) for one in made.untold] == [("Ada", "left")]
    assert due(invited) == ["ben"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"starts": "2018-06-01 18:00"}, "is over already"),
        ({"starts": "soon"}, "is no time"),
        ({"starts": "2018-09-13 18:00"}, "nothing changes"),
        ({}, "not said what changes"),
        ({"ends": "2018-10-30 18:00"}, "not within 14 days"),
        ({"place": "a\nb"}, "control character"),
    ],
)
def test_what_cannot_be_is_refused(invited: sites.Site, changed: dict[str, str], says: str) -> None:
    """One clear reason, and nothing is changed."""
    before = people.dump(invited)

    with pytest.raises(errors.NewsletterError, match=says):
        meeting_changes.plan_move(invited, coming.SLUG, **changed)  # type: ignore[arg-type]
    assert people.dump(invited) == before


def test_no_second_time_and_nothing_to_take_back(invited: sites.Site) -> None:
    """A cancelled meeting is not cancelled or moved again; a change of another kind is not taken back."""
    with pytest.raises(errors.RefusedError, match="was not moved"):
        meeting_changes.plan_undo(invited, coming.SLUG, "moved")
    cancel(invited)

    with pytest.raises(errors.RefusedError, match="cancelled already"):
        meeting_changes.plan_cancel(invited, coming.SLUG)
    with pytest.raises(errors.RefusedError, match="is cancelled"):
        meeting_changes.plan_move(invited, coming.SLUG, starts="2018-09-20 18:00")
    with pytest.raises(errors.RefusedError, match="that it was cancelled"):
        meeting_changes.plan_undo(invited, coming.SLUG, "moved")


def test_over_clock_changes_the_wall_clock_counts(invited: sites.Site) -> None:
    """From summer time to winter time: 18:00 stays 18:00, an hour later in UTC; the length stays."""
    move(invited, starts="2018-11-01 18:00")

    row = meetings.find(invited, coming.SLUG)
    assert (row["starts"], row["ends"]) == ("2018-11-01T18:00:00.000Z", "2018-11-01T19:00:00.000Z")


def test_every_message_of_a_meeting_finds_it(invited: sites.Site) -> None:
    """Invitation by its edition, receipts and changes by themselves."""
    move(invited)

    for row in invited.store.rows("SELECT id FROM message"):
        found = planned.of_message(invited.store, row["id"])
        assert found is not None and found["slug"] == coming.SLUG


def test_an_edition_with_the_old_date_makes_no_second_meeting(invited: sites.Site) -> None:
    """A file that still has the old time in its own table is refused, and names the meeting; so is --missing."""
    move(invited)
    path = outgoing.edition(invited, coming.EDITION.replace("second", "next"), stem="2018-07-01-again")

    with pytest.raises(errors.RefusedError, match="was moved"):
        queueing.plan(invited, path, queueing.Order())
    with pytest.raises(errors.RefusedError, match="was moved"):
        queueing.queue(invited, path, queueing.Order())
    old = invited.root / "lists" / "south-hants-it" / "editions" / "2018-06-29-recap.md"
    with pytest.raises(errors.RefusedError, match="moved or cancelled since"):
        queueing.plan(invited, old, queueing.Order(missing=True))
    assert len(meetings.overview(invited)) == 1


def test_a_cancelled_meeting_is_not_invited_to(invited: sites.Site) -> None:
    """An edition that names it has an error; the time is free for another meeting."""
    cancel(invited)
    text = coming.EDITION.partition("[next_meeting]")[0] + f'next_meeting = "{coming.SLUG}"\n+++\nCome all.\n'

    found = queueing.plan(invited, outgoing.edition(invited, text, stem="2018-07-01-again"), queueing.Order())

    assert "meeting-cancelled" in found.blocking
    mailing_list = invited.mailing_list("south-hants-it")
    meetings.new(invited, mailing_list, meetings.Wanted("other", "Other", "2018-09-13 18:00"))
    with pytest.raises(errors.RefusedError, match="has a meeting at that time"):
        meeting_changes.plan_undo(invited, coming.SLUG, "cancelled")
