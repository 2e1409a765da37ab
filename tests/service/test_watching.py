"""Watching a send: the outbox's health, how it stands at each domain, clocks that jump."""

from datetime import timedelta

import pytest

from newsletter.service import outbox
from tests.peers import smtp_peer
from tests.service import outgoing
from tests.service.test_sending import open_at  # noqa: F401 - a fixture

NAME = "south-hants-it/2018-06-29-recap"


def test_health_in_a_word(open_at, ticking):  # noqa: F811
    """Idle, sending, late, paused, waiting for a later attempt, unclear for a person."""
    with smtp_peer.running() as peer:
        site = open_at(peer.port, sending_extra='on_unclear = "hold"')
        found = [outbox.health(site)]
        outgoing.fill(site, ["a+dot-lost@example.org", "b+rcpt-450-x1@example.org"])
        outgoing.queue(site)
        found.append(outbox.health(site))
        ticking.moment += timedelta(minutes=11)
        found.append(outbox.health(site))
        outbox.pause(site)
        found.append(outbox.health(site))
        outbox.resume(site)
        outgoing.send(site)
        found.append(outbox.health(site))
        ticking.moment += timedelta(minutes=3)
        outgoing.send(site)
        found.append(outbox.health(site))

    assert found == ["idle", "sending", "late", "paused", "waiting", "unclear"]


def test_domains(open_at):  # noqa: F811
    """Domains with trouble come first, with what was last said there and no address in it."""
    answers = {"rcpt": "250 ok"}
    with smtp_peer.running(answers=answers) as peer:
        site = open_at(peer.port)
        outgoing.fill(site, [*outgoing.people(5, "big.example"), "a+rcpt-451@small.example"])
        outgoing.queue(site)
        outgoing.send(site)
        site.store.execute("UPDATE delivery SET answer = 'ask <a@small.example>' WHERE state = 'deferred'")
        found = outbox.domains(site, NAME)

    assert [(one["domain"], one["sent"], one["deferred"]) for one in found] == [
        ("small.example", 0, 1), ("big.example", 5, 0),
    ]  # fmt: skip
    assert found[0]["said"] == "451 ask <[address]>"


def test_who_has_not_got_it(open_at):  # noqa: F811
    """Those who were refused, then those who are put off, then those who stay out, with what the relay said."""
    with smtp_peer.running() as peer:
        site = open_at(peer.port)
        outgoing.fill(site, [*outgoing.people(3), "a+rcpt-451@example.org", "b+rcpt-550@example.org"])
        outgoing.fill(site, ["held@example.org"], state="held")
        outgoing.queue(site)
        outgoing.send(site)
        found = outbox.without(site, NAME)

    assert found["sent"] == 3
    assert [(one["address"], one["why"], one["said"].split(" ")[0]) for one in found["without"]] == [
        ("b+rcpt-550@example.org", "failed", "played"),
        ("a+rcpt-451@example.org", "deferred", "played"),
        ("held@example.org", "held", ""),
    ]


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=1), timedelta(days=3650)])
def test_a_clock_that_jumps(open_at, ticking, jump):  # noqa: F811
    """Whatever the wall clock does under way, nobody is lost and nobody gets two."""
    with smtp_peer.running(latency=0.003) as peer:
        site = open_at(peer.port)
        people = outgoing.people(150)
        outgoing.fill(site, people)
        outgoing.queue(site)
        jumped = []

        def show(_progress):
            if len(peer.mails) > 20 and not jumped:
                jumped.append(True)
                ticking.moment += jump

        outgoing.send(site, show=show)
        outgoing.numbers(site)
        ticking.moment += timedelta(days=2)
        outgoing.send(site)

    assert jumped
    assert dict(peer.recipients) == dict.fromkeys(people, 1)
    assert outgoing.numbers(site).sent == 150
