"""Leaving and its undo, as values: what a link is about, what an act changes, what an undo brings back."""

from datetime import timedelta

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import consent, members, signup, together
from tests.conftest import FixedClock
from tests.people import add_member, add_message, dump


@pytest.fixture
def token(site: sites.Site) -> str:
    """Ada's leave token."""
    ada = add_member(site, "ada@example.org", "south-hants-it")
    return site.tokens.make("leave", add_message(site, "south-hants-it"), ada)


def state(site: sites.Site) -> str:
    return str(members.show(site, "ada@example.org")["subscriptions"][0]["state"])


def test_a_link_tells_whose_and_which_and_changes_nothing(site: sites.Site, token: str) -> None:
    """The address is masked, the list has its title and the member's state on it."""
    before = dump(site)

    link = signup.look(site, token)

    assert (link.masked, link.language) == ("a****@example.org", "en")
    assert link.places == (signup.Place("south-hants-it", "South Hants IT", "attested"),)
    assert dump(site) == before


@pytest.mark.parametrize("channel", ["page", "one-click"])
def test_leaving_is_an_event_by_the_person(site: sites.Site, token: str, channel: signup.Channel) -> None:
    """The ledger says who, how and from which message; the chain holds."""
    signup.leave(site, token, channel)

    row = site.store.row("SELECT * FROM consent ORDER BY seq DESC LIMIT 1")
    assert row is not None
    assert (row["step"], row["state"], row["actor"], row["channel"]) == (
        "withdrawn",
        "unsubscribed",
        "person",
        channel,
    )
    assert consent.verify(site).ok


@pytest.mark.parametrize("gone", ["held", "requested"])
def test_an_undo_gives_nobody_more_than_they_had(site: sites.Site, token: str, gone: str) -> None:
    """Whoever had no right to mail before leaving is shown no undo."""
    with site.store.write():
        site.store.execute("UPDATE subscription SET state = ?", (gone,))

    assert signup.leave(site, token, "page").undo is None
    assert state(site) == "unsubscribed"


def test_an_undo_is_shown_again_to_a_second_press(site: sites.Site, token: str, ticking: FixedClock) -> None:
    """A double click shows the undo of the one leaving, which still works; after it, the undo is used up."""
    first = signup.leave(site, token, "page")
    ticking.moment += timedelta(seconds=1)
    second = signup.leave(site, token, "page")

    assert first.undo == second.undo is not None
    assert second.left == ()
    signup.undo(site, token, str(second.undo))
    with pytest.raises(errors.RefusedError):
        signup.undo(site, token, str(second.undo))
    assert state(site) == "attested"


def test_an_organiser_s_removal_has_no_undo_by_link(site: sites.Site, token: str) -> None:
    """Who was taken off on the phone does not come back by an old link."""
    members.leave(site, "ada@example.org", None)

    assert signup.leave(site, token, "one-click").undo is None


def test_acts_that_share_a_commit_fail_alone(site: sites.Site, token: str) -> None:
    """Of three acts in one transaction the middle one fails: the others are done, its own part is taken back."""

    def half_done(opened: sites.Site) -> None:
        opened.store.execute("UPDATE member SET name = 'changed'")
        raise errors.RefusedError("on purpose")

    answers = together.run(
        site, [lambda one: signup.look(one, token), half_done, lambda one: signup.leave(one, token, "page")]
    )

    assert isinstance(answers[0], signup.LeaveLink)
    assert isinstance(answers[1], errors.RefusedError)
    assert isinstance(answers[2], signup.Left)
    assert state(site) == "unsubscribed"
    assert site.store.value("SELECT count(*) FROM member WHERE name = 'changed'") == 0


def test_when_the_disk_fails_all_have_failed(site: sites.Site, token: str) -> None:
    """No act of a group is answered well when the group's commit fails."""

    def full(opened: sites.Site) -> None:
        raise errors.StorageError("the disk is full")

    answers = together.run(site, [lambda one: signup.leave(one, token, "page"), full])

    assert all(isinstance(answer, errors.StorageError) for answer in answers)
    assert state(site) == "attested"
