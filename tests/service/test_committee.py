"""Committee first: they get the edition at once, the others later, unless one of them stops it by link."""

import email
import email.policy
import re
from datetime import timedelta

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import outbox, queueing, stopping
from tests import conftest
from tests.peers import smtp_peer
from tests.service import outgoing

LIST_TOML = (
    conftest.LIST_TOML + 'committee = ["Chair@Example.org", "second@example.org"]\ncommittee_wait = "2h"\n'
)
CHAIR = "chair@example.org"
NAME = "south-hants-it/2018-06-29-recap"


@pytest.fixture
def group(tmp_path, ticking):
    """A site with ten members and a committee, one of whom is a member; yields (site, peer)."""
    with smtp_peer.running() as peer:
        root = conftest.write_site(
            tmp_path / "site", toml=outgoing.relay_toml(peer.port), list_toml=LIST_TOML
        )
        site = sites.open_site(root, running=ticking)
        outgoing.fill(site, [CHAIR, *outgoing.people(9)])
        yield site, peer
        site.close()


def copy_to(peer, recipient):
    """The mail that somebody got, read."""
    found = next(one for one in peer.mails if one.recipient == recipient)
    return email.message_from_bytes(found.content, policy=email.policy.default)


def stop_token(peer):
    """The token of the stop link in the chair's copy."""
    text = copy_to(peer, CHAIR).get_body(("plain",)).get_content()
    return re.search(r"/stop/([a-z2-7]{40})", text)[1]


def test_they_get_it_first(group, ticking):
    """The committee's copy goes at once with a stop link and the time of the rest; the others' two hours later, dated so."""
    site, peer = group
    plan = outgoing.queue(site)
    outgoing.send(site)
    first = dict(peer.recipients)
    between = outbox.edition(site, NAME)
    ticking.moment += timedelta(hours=2)
    outgoing.send(site)

    assert (plan.committee, plan.wait) == (("Ann chair",), 7_200)
    assert first == {CHAIR: 1}
    assert (between["sent"], between["due"], between["next_attempt"]) == (1, 9, "2018-06-29T10:00:00.000Z")
    assert outgoing.numbers(site).sent == 10
    early, late = copy_to(peer, CHAIR), copy_to(peer, "member0@example.org")
    assert late["Date"].datetime - early["Date"].datetime == timedelta(hours=2)
    said = early.get_body(("plain",)).get_content()
    assert "You get this first, as one of the committee." in said
    assert "29 June 2018, 11:00" in " ".join(said.split())
    for part in ("plain", "html"):
        assert "/stop/" in early.get_body((part,)).get_content()
        assert "/stop/" not in late.get_body((part,)).get_content()
        assert "committee" not in late.get_body((part,)).get_content()


def test_one_of_them_stops_it(group, ticking):
    """A press pauses the edition with who it was; the run sends nobody else until it is resumed."""
    site, peer = group
    outgoing.queue(site)
    outgoing.send(site)
    token = stop_token(peer)

    before = stopping.look(site, token)
    after = stopping.stop(site, token)
    again = stopping.stop(site, token)
    ticking.moment += timedelta(hours=3)
    outgoing.send(site)
    still = dict(peer.recipients)
    outbox.resume(site)
    outgoing.send(site)

    assert (before.can_stop, before.waiting) == (True, 9)
    assert (after.state, after.reason) == ("paused", "stopped by Ann chair of the committee")
    assert again == after
    assert still == {CHAIR: 1}
    assert outgoing.numbers(site).sent == 10
    assert site.store.value("SELECT count(*) FROM log WHERE act = 'stop'") == 1
    assert not stopping.stop(site, token).can_stop


def test_other_tokens_open_nothing(group):
    """A token of another purpose, or of a message that is no edition, is not ours here."""
    site, _ = group
    outgoing.queue(site)
    leave = site.tokens.make("leave", 1, 1)

    for token in (leave, "x" * 40, "", site.tokens.make("stop", 999, 1)):
        with pytest.raises(errors.NotFoundError):
            stopping.stop(site, token)


def test_nobody_of_them_on_the_list(tmp_path, ticking):
    """Without anybody of the committee among the readers it goes to all at once."""
    with smtp_peer.running() as peer:
        root = conftest.write_site(
            tmp_path / "site", toml=outgoing.relay_toml(peer.port), list_toml=LIST_TOML
        )
        site = sites.open_site(root, running=ticking)
        outgoing.fill(site, outgoing.people(3))
        plan = outgoing.queue(site)
        outgoing.send(site)
        site.close()

    assert (plan.committee, plan.wait) == ((), 0)
    assert len(peer.mails) == 3


def test_who_joined_since_does_not_wait(group, ticking):
    """An edition that is out goes to new members at once, in the committee or not."""
    site, peer = group
    outgoing.queue(site)
    outgoing.send(site)
    ticking.moment += timedelta(hours=2)
    outgoing.send(site)
    outgoing.fill(site, ["new@example.org", "second@example.org"])
    plan = queueing.queue(site, outgoing.edition(site), queueing.Order(missing=True))
    outgoing.send(site)

    assert (plan.committee, plan.recipients) == ((), 2)
    assert len(peer.mails) == 12
