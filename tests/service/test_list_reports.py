"""The report of a list: growth, answers against attendance, what ends soon, over a period of one's choice."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from newsletter.core import clock, errors, growth, rsvps
from newsletter.service import list_reports, meetings
from newsletter.service import rsvps as answers
from tests.people import add_member, dump
from tests.service import asking, outgoing

SLUG = "south-hants-it"


def meet(site, slug: str, starts: str, people: list[int], came: int = 0, counted: int = 0) -> None:
    """A meeting to which these said yes, each with one guest; so many were ticked, so many counted."""
    wanted = meetings.Wanted(slug=slug, title=f"About {slug}", starts=starts)
    meetings.new(site, site.mailing_list(SLUG), wanted)
    number = meetings.find(site, slug)["id"]
    for member in people:
        answers.write(site, number, member, rsvps.Rsvp("yes", guests=1), tell=False)
    with site.store.write():
        for member in people[:came]:
            site.store.execute(
                "INSERT INTO attendance (meeting, person, member, came, at) VALUES (?,?,?,1,?)",
                (number, f"m{member}", member, site.clock.iso()),
            )
        if counted:
            site.store.execute(
                "INSERT INTO headcount (meeting, count, at) VALUES (?,?,'')", (number, counted)
            )


def test_answers_against_attendance(site, ticking):
    """Yes with guests against ticks or heads; a meeting nobody counted is no part of the rate, nor one to come."""
    people = [add_member(site, f"m{number}@example.org", SLUG) for number in range(4)]
    meet(site, "ticked", "2018-07-05 18:00", people, came=2)
    meet(site, "counted", "2018-07-12 18:00", people[:2], came=1, counted=3)
    meet(site, "forgotten", "2018-07-19 18:00", people)
    meet(site, "later", "2018-09-13 18:00", people)
    ticking.moment = clock.parse("2018-08-01T00:00:00Z")

    found = list_reports.of_list(site, SLUG)

    told = [(one.slug, one.people, one.came) for one in found.turnouts]
    assert told == [("ticked", 8, 2), ("counted", 4, 3), ("forgotten", 8, None)]
    assert found.show_rate == round(100 * 5 / 12)


def test_a_cancelled_meeting_is_no_meeting(site, ticking):
    """It has no turnout, and so no rate."""
    meet(site, "gone", "2018-07-05 18:00", [add_member(site, "ada@example.org", SLUG)], came=1)
    with site.store.write():
        site.store.execute("UPDATE meeting SET state = 'cancelled'")
    ticking.moment = clock.parse("2018-08-01T00:00:00Z")

    found = list_reports.of_list(site, SLUG)

    assert (found.turnouts, found.show_rate) == ((), None)


def test_a_period_has_its_own_numbers(site, ticking):
    """A month that is over: who came in it, and how many there were at its end, whatever happened later."""
    add_member(site, "ada@example.org", SLUG)
    ticking.moment = clock.parse("2018-08-10T08:00:00Z")
    asking.join(site, "ben@example.org")
    july = growth.Period(date(2018, 7, 1), date(2018, 7, 31))

    found = list_reports.of_list(site, SLUG, july).growth

    assert (found.before, found.members, found.joined) == (1, 1, 0)
    assert list_reports.of_list(site, SLUG).growth.members == 2


@pytest.mark.parametrize(("name", "days"), [("month", 30), ("quarter", 91), ("year", 365), ("all", 63)])
def test_the_named_periods(site, ticking, name, days: int):
    """Each ends today; `all` begins with the first member."""
    add_member(site, "ada@example.org", SLUG)
    ticking.moment = clock.parse("2018-08-30T08:00:00Z")

    found = list_reports.named(site, site.mailing_list(SLUG), name)

    assert (found.last, found.days) == (date(2018, 8, 30), days)


def test_years_where_months_are_too_many(site, ticking):
    """Two years are told by month, more by year; the sums stay the same."""
    add_member(site, "ada@example.org", SLUG)
    ticking.moment += timedelta(days=1200)
    asking.join(site, "ben@example.org")

    months = list_reports.of_list(site, SLUG).growth.spans
    years = list_reports.of_list(
        site, SLUG, list_reports.named(site, site.mailing_list(SLUG), "all")
    ).growth.spans

    assert len(months) == 13 and sum(one.joined for one in months) == 1
    assert [(one.first.year, one.joined) for one in years] == [(2018, 1), (2019, 0), (2020, 0), (2021, 1)]


@pytest.mark.parametrize(
    ("days", "size", "count"),
    [(30, "week", 5), (91, "week", 14), (98, "week", 15), (99, "month", 4), (731, "year", 3)],
)
def test_the_grain_of_a_period(days: int, size: str, count: int):
    """Weeks for a quarter, months for two years, then years: what can still be told apart."""
    last = date(2018, 6, 29)
    period = growth.Period(last - timedelta(days=days - 1), last)

    assert growth.grain(period) == size
    found = growth.spans([], period, ZoneInfo("Europe/London"))
    assert len(found) == count and [one.first for one in found] == sorted({one.first for one in found})


def test_a_period_typed(site, ticking):
    """From a day to a day; not before the first member, not after today, never backwards."""
    add_member(site, "ada@example.org", SLUG)
    ticking.moment = clock.parse("2018-08-30T08:00:00Z")
    mailing_list = site.mailing_list(SLUG)

    long = list_reports.between(site, mailing_list, date(1, 1, 1), date(2999, 1, 1))

    assert long == growth.Period(date(2018, 6, 29), date(2018, 8, 30))
    with pytest.raises(errors.UsageError, match="after"):
        list_reports.between(site, mailing_list, date(2018, 8, 2), date(2018, 8, 1))


def test_what_ends_soon_and_the_head(site):
    """Sleeping consents and ending memberships are counted, and the ledger's head is the newest event's hash."""
    add_member(site, "ada@example.org", SLUG)
    outgoing.fill(site, ["ben@example.org", "cy@example.org"])
    with site.store.write():
        site.store.execute("UPDATE subscription SET since = '2016-09-01T00:00:00.000Z' WHERE consent = 0")
        site.store.execute(
            "UPDATE subscription SET state = 'implied', until = '2018-07-31' WHERE member = (SELECT max(id) FROM member)"
        )
    before = dump(site)

    found = list_reports.of_list(site, SLUG)

    assert (found.sleeping, found.ending) == (1, 1)
    assert found.events == 1 and found.head == site.store.value("SELECT hash FROM consent").hex()
    assert dump(site) == before


def test_an_empty_list_has_a_report(site):
    """Nobody, no meeting, no event: all zero, and no fault."""
    found = list_reports.of_list(site, SLUG).told()

    assert found["growth"]["members"] == 0 and found["meetings"] == [] and found["head"] == ""
