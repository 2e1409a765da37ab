"""One copy per member of an edition on several lists: leaving one of them does not cost the copy of the others."""

import email
import email.policy

import pytest

from newsletter import site as sites
from newsletter.service import consent, queueing
from tests import conftest
from tests.peers import smtp_peer
from tests.service import outgoing

BOTH = outgoing.EDITION.replace('kind = "recap"', 'kind = "recap"\nlists = ["alpha", "beta"]')
NAME = "alpha/2018-06-29-recap"


@pytest.fixture
def both(tmp_path, ticking):
    """A site with the lists alpha and beta, its relay, and a queued edition for both; yields (site, peer, queue)."""
    with smtp_peer.running() as peer:
        root = conftest.write_site(tmp_path / "site", "alpha", "beta", toml=outgoing.relay_toml(peer.port))
        for slug in ("alpha", "beta"):
            file = root / "lists" / slug / "list.toml"
            text = conftest.LIST_TOML.replace("South Hants IT", slug.title()).replace("chair@", f"{slug}@")
            file.write_text(text, encoding="utf-8")
        site = sites.open_site(root, running=ticking)

        def queue():
            return queueing.queue(site, outgoing.edition(site, BOTH, "alpha"), queueing.Order())

        yield site, peer, queue
        site.close()


def leave(site, address, slug, step="withdrawn"):
    """Take a person's step."""
    member = site.store.value("SELECT id FROM member WHERE address = ?", (address,))
    with site.store.write():
        consent.take(site, member, slug, step, consent.Proof("person", "page"))


def test_leaving_one_of_two(both):
    """Who leaves the first list gets the copy under the second one's name, without a word of the first."""
    site, peer, queue = both
    outgoing.fill(site, ["a@example.org", "b@example.org"], "alpha")
    outgoing.fill(site, ["a@example.org", "only-beta@example.org"], "beta")
    queue()

    leave(site, "a@example.org", "alpha")
    outgoing.send(site)

    assert outgoing.numbers(site, NAME).sent == 3
    mail = next(one for one in peer.mails if one.recipient == "a@example.org")
    read = email.message_from_bytes(mail.content, policy=email.policy.default)
    assert "Beta" in read["List-Id"]
    assert read["From"].addresses[0].addr_spec.startswith("beta@")
    assert "Alpha" not in read.get_body(("plain",)).get_content()


def test_leaving_both(both):
    """Who leaves one list after the other gets nothing."""
    site, peer, queue = both
    for slug in ("alpha", "beta"):
        outgoing.fill(site, ["a@example.org", "b@example.org"], slug)
    queue()

    leave(site, "a@example.org", "alpha")
    leave(site, "a@example.org", "beta")
    outgoing.send(site)

    assert dict(peer.recipients) == {"b@example.org": 1}
    assert outgoing.numbers(site, NAME).skipped == {"left": 1}


def test_a_shape_that_was_not_composed(both):
    """When nobody was on the other list alone, the copy goes out as it was frozen."""
    site, peer, queue = both
    for slug in ("alpha", "beta"):
        outgoing.fill(site, ["a@example.org"], slug)
    queue()

    leave(site, "a@example.org", "alpha")
    outgoing.send(site)

    assert dict(peer.recipients) == {"a@example.org": 1}
    assert outgoing.numbers(site, NAME).sent == 1


def test_the_last_gate_looks_at_the_other_list(both):
    """Who pauses one list after queueing still gets the copy of the other; who pauses both does not."""
    site, peer, queue = both
    people = ["a@example.org", "b@example.org"]
    for slug in ("alpha", "beta"):
        outgoing.fill(site, people, slug)
    queue()

    pause = "UPDATE subscription SET before = state, state = 'paused', paused_until = '2019-01-01' WHERE member IN (SELECT id FROM member WHERE address = ?) AND list = ?"
    site.store.execute(pause, ("a@example.org", site.store.list_ids["alpha"]))
    for slug in ("alpha", "beta"):
        site.store.execute(pause, ("b@example.org", site.store.list_ids[slug]))
    outgoing.send(site)

    assert dict(peer.recipients) == {"a@example.org": 1}
    assert outgoing.numbers(site, NAME).skipped == {"paused": 1}


def test_objecting_and_dying_end_all(both):
    """An objection, and an address that died, are about all lists: nothing is moved."""
    site, peer, queue = both
    for slug in ("alpha", "beta"):
        outgoing.fill(site, ["a@example.org", "b@example.org", "c@example.org"], slug)
    queue()

    leave(site, "a@example.org", "alpha", "objected")
    site.store.execute("UPDATE member SET health = 'dead' WHERE address = 'b@example.org'")
    outgoing.send(site)

    assert dict(peer.recipients) == {"c@example.org": 1}
    assert outgoing.numbers(site, NAME).skipped == {"objected": 1, "dead": 1}


def test_what_may_have_arrived_keeps_its_bytes(both, ticking):
    """A copy that may have arrived goes out once more with the same bytes, also under another list."""
    from datetime import timedelta

    site, peer, queue = both
    outgoing.fill(site, ["a+dot-lost-x1@example.org"], "alpha")
    outgoing.fill(site, ["a+dot-lost-x1@example.org", "b@example.org"], "beta")
    queue()

    outgoing.send(site)
    leave(site, "a+dot-lost-x1@example.org", "alpha")
    ticking.moment += timedelta(seconds=700)
    outgoing.send(site)

    copies = {mail.content for mail in peer.mails if mail.recipient.startswith("a+")}
    assert peer.recipients["a+dot-lost-x1@example.org"] == 2
    assert len(copies) == 1


def test_leaving_one_while_the_run_goes_on(both):
    """A copy that is in the sender's memory when its list is left goes out under the other list, in its new shape."""
    import threading
    import time

    site, peer, queue = both
    peer.latency = 0.01
    people = outgoing.people(120)
    outgoing.fill(site, people, "alpha")
    outgoing.fill(site, [people[-1], "only-beta@example.org"], "beta")
    queue()

    def meddle():
        while len(peer.mails) < 5:
            time.sleep(0.002)
        other = sites.open_site(site.root)
        leave(other, people[-1], "alpha")
        other.close()

    thread = threading.Thread(target=meddle)
    thread.start()
    outgoing.send(site)
    thread.join()

    assert outgoing.numbers(site, NAME).sent == 121
    assert set(peer.recipients.values()) == {1}
    mail = next(one for one in peer.mails if one.recipient == people[-1])
    assert b"Alpha" not in mail.content
