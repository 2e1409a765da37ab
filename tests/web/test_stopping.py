"""The committee's link as a visitor meets it: GET shows, POST stops."""

import pytest

from newsletter.service import outbox
from tests import conftest
from tests.service import outgoing

LIST_TOML = conftest.LIST_TOML + 'committee = ["chair@example.org"]\n'
NAME = "south-hants-it/2018-06-29-recap"


@pytest.fixture
def queued(make_site):
    """A site with a queued edition that the chair gets first, and the path of the chair's stop link."""
    site = make_site(list_toml=LIST_TOML)
    outgoing.fill(site, ["chair@example.org", *outgoing.people(4)])
    outgoing.queue(site)
    row = site.store.row("SELECT message, member FROM delivery WHERE address = 'chair@example.org'")
    return site, "/stop/" + site.tokens.make("stop", row["message"], row["member"])


def test_get_changes_nothing(queued, serve):
    """GET and HEAD show the subject, the number and one button, and leave the edition as it is."""
    site, path = queued
    server = serve(site)

    shown = server.get(path)
    server.get(path, "HEAD")

    assert shown.status == 200
    assert "Meeting 1: a small room" in shown.body
    assert "Stop it now" in shown.body
    assert outbox.edition(site, NAME)["state"] == "queued"


def test_post_stops(queued, serve):
    """The button pauses the edition; afterwards the page says so, also on GET; anything else posted changes nothing."""
    site, path = queued
    server = serve(site)

    odd = server.send(path, other="yes")
    state = outbox.edition(site, NAME)["state"]
    answer = server.send(path, stop="yes")

    assert (odd.status, state) == (400, "queued")
    assert answer.status == 200
    assert "It is stopped" in answer.body
    assert "It is stopped" in server.get(path).body
    assert outbox.edition(site, NAME)["state"] == "paused"
    assert "of the committee" in outbox.reason(site, NAME)


def test_foreign_tokens(queued, serve):
    """A leave token does not stop anything, and looks like any other wrong link."""
    site, _ = queued
    server = serve(site)

    answer = server.send("/stop/" + site.tokens.make("leave", 1, 1), stop="yes")

    assert answer.status == 404
    assert outbox.edition(site, NAME)["state"] == "queued"
