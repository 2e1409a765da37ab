"""The calendar feed of a list: public facts of its meetings, for calendar programs that ask again and again."""

import icalendar
import pytest

from newsletter import site as sites
from newsletter.core import rsvps as rules
from newsletter.service import meeting_changes, meetings, rsvps
from tests import conftest
from tests.people import add_member, dump
from tests.service import coming


@pytest.fixture
def invited(site: sites.Site) -> sites.Site:
    """A member who comes to a meeting, and a second meeting."""
    ada = add_member(site, "ada@example.org", "south-hants-it", name="Ada Byron")
    coming.invite(site)
    rsvps.answer(site, coming.token(site, ada), rules.Rsvp("yes", 2, "", "no nuts"))
    wanted = meetings.Wanted("talks", "Größe, two talks", "2018-10-11 18:00", place="The Parsons")
    meetings.new(site, site.mailing_list("south-hants-it"), wanted)
    return site


def test_the_feed_shows_meetings_and_no_member(serve, invited: sites.Site) -> None:
    """Title, time, place; nothing of who comes; it may be kept for some minutes; asking changes nothing."""
    server, before = serve(invited), dump(invited)

    got = server.get("/calendar/south-hants-it.ics")

    made = icalendar.Calendar.from_ical(got.body)
    assert got.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "max-age" in got.headers["cache-control"]
    assert [str(one["SUMMARY"]) for one in made.walk("VEVENT")] == [
        "Backups that restore",
        "Größe, two talks",
    ]
    assert not [word for word in ("ada", "Byron", "nuts", "ATTENDEE") if word in got.body]
    assert server.get("/calendar/south-hants-it.ics").body == got.body and dump(invited) == before


def test_a_cancelled_meeting_is_marked_and_a_moved_one_moves(serve, invited: sites.Site) -> None:
    """Under the same UID, with a higher SEQUENCE: calendars that subscribe follow."""
    meeting_changes.carry_out(invited, meeting_changes.plan_cancel(invited, coming.SLUG))
    plan = meeting_changes.plan_move(invited, "talks", starts="2018-10-18 18:00")
    meeting_changes.carry_out(invited, plan)

    made = icalendar.Calendar.from_ical(serve(invited).get("/calendar/south-hants-it.ics").body)

    found = {str(one["UID"]).partition("@")[0]: one for one in made.walk("VEVENT")}
    assert (found[coming.SLUG]["STATUS"], found[coming.SLUG]["SEQUENCE"]) == ("CANCELLED", 1)
    assert found["talks"]["DTSTART"].to_ical() == b"20181018T170000Z"


@pytest.mark.parametrize(
    "path", ["/calendar/nothing.ics", "/calendar/south-hants-it", "/calendar/..%2Fx.ics"]
)
def test_what_is_no_feed_is_not_found(serve, site: sites.Site, path: str) -> None:
    """Unknown lists and other names: the page that says so."""
    assert serve(site).get(path).status == 404


def test_a_society_keeps_its_meetings_to_itself(make_site, serve) -> None:
    """A list that rests on membership, with a closed archive, has no public calendar, and no mail links to one."""
    closed = make_site("board", list_toml=conftest.LIST_TOML.replace('"consent"', '"membership"'))
    server = serve(closed)

    assert server.get("/calendar/board.ics").status == 404
    assert "/calendar/" not in server.get("/").body


def test_pages_lead_to_it(serve, invited: sites.Site) -> None:
    """The front page, and the page after answering."""
    server, token = serve(invited), coming.token(invited, 1)

    thanks = server.send(f"/rsvp/{token}", answer__no="yes", guests="0", drinks="", note="")

    assert "/calendar/south-hants-it.ics" in server.get("/").body
    assert "/calendar/south-hants-it.ics" in thanks.body
