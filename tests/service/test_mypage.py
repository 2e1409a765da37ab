"""A person's own page by either link: what each shows and allows, and what it must not."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import date, timedelta

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import confirming, consent, mypage, signup
from tests import people
from tests.conftest import FixedClock
from tests.service import asking
from tests.service.asking import SOUTH


@pytest.fixture
def two(make_site: Callable[..., sites.Site]) -> sites.Site:
    """A site with two lists."""
    return make_site(SOUTH, "other")


def test_the_link_in_a_mail_shows_lists_and_no_data(two: sites.Site) -> None:
    """Lists with reason and date, the address masked, the other lists with their words."""
    member = asking.join(two, "ada@example.org", SOUTH, name="Ada Lovelace")

    page = mypage.look(two, asking.me(two, member))

    (place,) = page.places
    assert (place.slug, place.state, place.since, place.on) == (SOUTH, "confirmed", "2018-06-29", True)
    assert [offer.slug for offer in page.others] == ["other"]
    assert (page.masked, page.data, page.fresh) == ("a****@example.org", None, False)


def test_a_fresh_link_shows_all_of_it_for_an_hour(two: sites.Site, ticking: FixedClock) -> None:
    """What was agreed with its words and receipt, name, fields, whole address; then the hour is over."""
    member = asking.join(two, "ada@example.org", SOUTH, name="Ada Lovelace")
    token = asking.fresh(two, member)

    data = mypage.look(two, token).data

    assert data is not None
    assert (data.address, data.name, dict(data.fields)) == (
        "ada@example.org",
        "Ada Lovelace",
        {"company": "", "sector": ""},
    )
    assert [act.step for act in data.history] == ["requested", "confirmed"]
    assert all(act.wording.startswith("Yes, the South Hants IT group") for act in data.history)
    ticking.moment += timedelta(hours=1)
    with pytest.raises(errors.ExpiredError, match="good for an hour"):
        mypage.look(two, token)


def test_asking_for_a_fresh_link_is_the_same_for_everybody(two: sites.Site) -> None:
    """Nothing comes back; only somebody who is really known gets a mail (T15)."""
    asking.join(two, "ada@example.org", SOUTH)
    asking.ask(two, "asked@example.org")
    for address in ("ada@example.org", "asked@example.org", "nobody@example.org"):
        assert mypage.ask_fresh(two, address) is None

    assert asking.kinds(two) == ["confirm", "welcome", "confirm", "fresh"]


def test_fresh_links_are_four_a_day_at_most(two: sites.Site, ticking: FixedClock) -> None:
    """Nobody is bombed by typing their address."""
    asking.join(two, "ada@example.org", SOUTH)
    for _ in range(100):
        mypage.ask_fresh(two, "ada@example.org")
        ticking.moment += timedelta(minutes=1)

    assert asking.kinds(two).count("fresh") == 4


def test_a_link_in_a_mail_cannot_read_or_change_data(two: sites.Site) -> None:
    """All that a fresh link can is closed to the one that may have been forwarded."""
    member = asking.join(two, "ada@example.org", SOUTH)
    token = asking.me(two, member)
    before = people.dump(two)

    for act in (
        lambda: mypage.change(two, token, "Eve", {}),
        lambda: mypage.move(two, token, "eve@example.org"),
        lambda: mypage.copy(two, token),
        lambda: mypage.forget(two, token, everything=True),
    ):
        with pytest.raises(errors.NotFoundError):
            act()

    assert people.dump(two) == before


def test_pausing_and_going_on(two: sites.Site) -> None:
    """A pause until a day of the next twelve months, over all lists, and its early end."""
    member = asking.join(two, "ada@example.org", SOUTH, "other")
    token = asking.me(two, member)

    paused = mypage.pause(two, token, date(2018, 9, 1))

    assert [(one.slug, one.paused_until) for one in paused] == [
        ("other", "2018-09-01"),
        (SOUTH, "2018-09-01"),
    ]
    assert [one.state for one in mypage.resume(two, token, [SOUTH])] == ["paused", "confirmed"]


@pytest.mark.parametrize("day", [date(2018, 6, 29), date(2000, 1, 1), date(2019, 7, 1), date(9999, 12, 31)])
def test_a_pause_is_of_the_next_twelve_months(two: sites.Site, day: date) -> None:
    """Today, the past and the far future are no day to pause until."""
    member = asking.join(two, "ada@example.org", SOUTH)

    with pytest.raises(errors.InputError, match="within the next twelve months"):
        mypage.pause(two, asking.me(two, member), day)


def test_leaving_single_lists_says_goodbye(two: sites.Site) -> None:
    """The list that was ticked is left, the other stays, and one goodbye mail goes out."""
    member = asking.join(two, "ada@example.org", SOUTH, "other")

    left = mypage.leave(two, asking.me(two, member), ["other", "nowhere"])

    assert left == ("South Hants IT",)
    assert (asking.state(two, member), asking.state(two, member, "other")) == ("confirmed", "unsubscribed")
    assert asking.kinds(two) == ["confirm", "welcome", "goodbye"]


def test_a_member_joins_another_list_at_once(two: sites.Site) -> None:
    """The link came to the address, so no second mail is needed; the welcome tells its holder."""
    member = asking.join(two, "ada@example.org", SOUTH)

    chosen = mypage.join(two, asking.me(two, member), ["other"])

    assert [one.slug for one in chosen.joined] == ["other"]
    assert asking.state(two, member, "other") == "confirmed"
    assert asking.kinds(two) == ["confirm", "welcome", "welcome"]


def test_who_left_a_list_goes_the_whole_way_again(two: sites.Site) -> None:
    """No link lifts a withdrawal: a confirm mail goes out, and until then they have left."""
    member = asking.join(two, "ada@example.org", SOUTH, "other")
    token = asking.me(two, member)
    mypage.leave(two, token, ["other"])

    chosen = mypage.join(two, token, ["other"])

    assert (chosen.joined, [offer.slug for offer in chosen.asked]) == ((), ["other"])
    assert asking.state(two, member, "other") == "requested"
    confirming.confirm(two, asking.token(two, "confirm", "join"))
    assert asking.state(two, member, "other") == "confirmed"


def test_who_is_on_no_list_proves_the_address_anew(two: sites.Site) -> None:
    """An old link of somebody who left everything joins nothing by itself."""
    member = asking.join(two, "ada@example.org", SOUTH)
    token = asking.me(two, member)
    mypage.leave(two, token, [SOUTH])

    assert mypage.join(two, token, ["other"]).joined == ()
    assert asking.state(two, member, "other") == "requested"


def test_changing_name_and_fields(two: sites.Site) -> None:
    """What the person writes is what stands there, and the ledger says that they changed it."""
    member = asking.join(two, "ada@example.org", SOUTH)

    data = mypage.change(two, asking.fresh(two, member), "Lovelace, Ada", {"company": "Acme"})

    assert (data.name, data.first_name, data.fields["company"]) == ("Lovelace, Ada", "Ada", "Acme")
    assert data.history[-1].step == "changed"
    assert consent.verify(two).ok


@pytest.mark.parametrize(
    ("name", "fields"), [("a\nb", {}), ("x" * 201, {}), ("Ada", {"company": "a\x00"}), ("Ada", {"x": "1"})]
)
def test_hostile_changes_are_refused(two: sites.Site, name: str, fields: dict[str, str]) -> None:
    """No line break, no control character, no field that is not theirs."""
    member = asking.join(two, "ada@example.org", SOUTH)
    token = asking.fresh(two, member)
    before = people.dump(two)

    with pytest.raises(errors.InputError):
        mypage.change(two, token, name, fields)

    assert people.dump(two) == before


def test_the_copy_holds_everything_about_one_person_and_nobody_else(two: sites.Site) -> None:
    """A ZIP of two files; hostile text in it stays text."""
    asking.join(two, "eve@example.org", SOUTH, name="Eve")
    member = asking.join(two, "ada@example.org", SOUTH, name='<script>alert("x")</script>')

    found = zipfile.ZipFile(io.BytesIO(mypage.copy(two, asking.fresh(two, member))))

    assert found.namelist() == ["you.html", "you.json"]
    html, told = found.read("you.html").decode(), json.loads(found.read("you.json"))
    assert told["address"] == "ada@example.org"
    assert [act["step"] for act in told["history"]] == ["requested", "confirmed"]
    assert "&lt;script&gt;" in html
    assert "<script" not in html
    assert "eve@example.org" not in html + json.dumps(told)


def test_links_of_a_forgotten_person_show_nothing(two: sites.Site) -> None:
    """Both links still open a page, which knows nobody."""
    member = asking.join(two, "ada@example.org", SOUTH)
    mail, fresh = asking.me(two, member), asking.fresh(two, member)
    mypage.forget(two, fresh, everything=False)

    page = mypage.look(two, mail)

    assert (page.masked, page.places, page.others, page.data) == ("", (), (), None)
    with pytest.raises(errors.ExpiredError):
        mypage.look(two, fresh)
    assert signup.look(two, two.tokens.make("leave", 1, member)).on == ()


def test_a_goodbye_that_was_undone_is_not_sent(two: sites.Site) -> None:
    """Who takes the leaving back at once gets no mail that says they have left."""
    member = asking.join(two, "ada@example.org", SOUTH)
    token = two.tokens.make("leave", people.add_message(two, SOUTH), member)
    undo = signup.leave(two, token, "page").undo
    assert undo is not None

    signup.undo(two, token, undo)

    state = two.store.value(
        "SELECT d.state FROM delivery d JOIN message g ON g.id = d.message WHERE g.kind = 'goodbye'"
    )
    assert state == "skipped"
