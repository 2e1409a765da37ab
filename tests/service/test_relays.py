"""Several relays: each list's own first, fail-over in file order, limits and health of each apart."""

import threading
import time

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import bay, crew, outbox, sending, single, turns
from tests import conftest
from tests.peers import smtp_peer
from tests.service import outgoing

TWO = """\
[smtp.main]
host = "127.0.0.1"
port = {main}
security = "none"
{main_extra}

[smtp.spare]
host = "127.0.0.1"
port = {spare}
security = "none"
{spare_extra}
"""


@pytest.fixture
def open_two(tmp_path, ticking):
    """Open a site with the relays main and spare."""
    opened = []

    def make(main, spare, main_extra="", spare_extra="", **lists):
        head, _, _ = outgoing.TOML.partition("[smtp]")
        toml = head + TWO.format(main=main, spare=spare, main_extra=main_extra, spare_extra=spare_extra)
        root = conftest.write_site(tmp_path / "site", *(lists or {"south-hants-it": ""}), toml=toml)
        for slug, extra in lists.items():
            text = conftest.LIST_TOML.replace('fields = ["company", "sector"]', f"fields = []\n{extra}")
            (root / "lists" / slug / "list.toml").write_text(text, encoding="utf-8")
        opened.append(sites.open_site(root, running=ticking))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def relays_used(site):
    """How many mails went over each relay."""
    return dict(
        site.store.execute(
            "SELECT relay, count(*) FROM delivery WHERE state = 'sent' GROUP BY relay"
        ).fetchall()
    )


def test_the_spare_rests(open_two):
    """While the first relay takes all, the second is not even connected to."""
    with smtp_peer.running() as main, smtp_peer.running() as spare:
        site = open_two(main.port, spare.port)
        outgoing.fill(site, outgoing.people(30))
        outgoing.queue(site)
        outgoing.send(site)

    assert (len(main.mails), spare.connections) == (30, 0)


@pytest.mark.parametrize("faults", [("mail-550",), ("ehlo-554",), ("rcpt-530",), ("connect-421",)])
def test_a_relay_that_does_not_want_us(faults, open_two):
    """What one relay refuses goes over the next; nobody is marked, and the edition is done in one run."""
    with smtp_peer.running(faults=faults) as main, smtp_peer.running() as spare:
        site = open_two(main.port, spare.port)
        people = outgoing.people(40)
        outgoing.fill(site, people)
        outgoing.queue(site)
        ended = outgoing.send(site)

    assert ended.sent == 40
    assert dict(spare.recipients) == dict.fromkeys(people, 1)
    assert relays_used(site) == {"spare": 40}
    assert outbox.status(site)["editions"][0]["state"] == "done"
    assert main.violations == []


def test_a_relay_that_is_not_there(open_two):
    """A relay that does not answer is left alone within seconds."""
    with smtp_peer.running() as spare:
        site = open_two(1, spare.port)
        outgoing.fill(site, outgoing.people(5))
        outgoing.queue(site)
        began = time.monotonic()
        ended = outgoing.send(site)

    assert ended.sent == 5
    assert time.monotonic() - began < 5


def test_a_relay_that_hangs(open_two, monkeypatch):
    """A relay that takes the connection and says nothing is not waited for when another one can take over."""
    monkeypatch.setattr(crew, "CONNECT_SECONDS", 0.3)
    with smtp_peer.running(faults=("connect-hang-30",)) as main, smtp_peer.running() as spare:
        site = open_two(main.port, spare.port)
        outgoing.fill(site, outgoing.people(5))
        outgoing.queue(site)
        ended = outgoing.send(site)

    assert ended.sent == 5
    assert len(spare.mails) == 5


def test_a_relay_that_dies_under_way(open_two):
    """When the first relay begins to refuse in the middle, the rest goes over the second; nobody is lost or doubled."""
    with smtp_peer.running(latency=0.005) as main, smtp_peer.running() as spare:
        site = open_two(main.port, spare.port)
        people = outgoing.people(200)
        outgoing.fill(site, people)
        outgoing.queue(site)

        def spoil():
            while len(main.mails) < 30:
                time.sleep(0.002)
            main.faults = ("mail-550",)

        thread = threading.Thread(target=spoil)
        thread.start()
        ended = outgoing.send(site)
        thread.join()

    assert ended.sent == 200
    assert dict(main.recipients + spare.recipients) == dict.fromkeys(people, 1)
    assert len(main.mails) >= 30
    assert len(spare.mails) > 0


def test_all_gone(open_two):
    """When no relay is left the run pauses and says what each had against us; a later run goes on."""
    with smtp_peer.running(faults=("mail-550",)) as main, smtp_peer.running(faults=("ehlo-554",)) as spare:
        site = open_two(main.port, spare.port)
        outgoing.fill(site, outgoing.people(20))
        outgoing.queue(site)
        with pytest.raises(errors.RelayError) as found:
            outgoing.send(site)
        stopped, numbers = outbox.status(site)["editions"][0], outgoing.numbers(site)
        main.faults = ()
        outgoing.send(site)

    assert "relay main: the sender address was refused: 550" in found.value.message
    assert "relay spare: EHLO refused: 554" in found.value.message
    assert stopped["state"] == "paused"
    assert numbers.due == 20
    assert outgoing.numbers(site).sent == 20


def test_disliked_mails_are_not_spread(open_two):
    """Ten alike refusals of the mails themselves pause the run: another relay would only be spoilt as well."""
    with (
        smtp_peer.running(answers={"dot": "550 5.7.1 this looks like spam"}) as main,
        smtp_peer.running() as spare,
    ):
        site = open_two(main.port, spare.port, "connections = 1")
        outgoing.fill(site, outgoing.people(40))
        outgoing.queue(site)
        with pytest.raises(errors.RelayError, match="relay main: 10 mails in a row were refused alike"):
            outgoing.send(site)

    assert spare.connections == 0


def test_a_silent_relay_comes_back(open_two, monkeypatch):
    """A relay that did not answer is tried again after a while."""
    monkeypatch.setattr(bay, "OUT_SECONDS", 0.6)
    with smtp_peer.running(faults=("connect-drop-x2",)) as main, smtp_peer.running(latency=0.015) as spare:
        site = open_two(main.port, spare.port, spare_extra="connections = 1")
        outgoing.fill(site, outgoing.people(450))
        outgoing.queue(site)
        ended = outgoing.send(site)

    assert ended.sent == 450
    assert len(main.mails) > 0
    assert len(spare.mails) > 0


def test_a_lists_own_relay_comes_first(open_two):
    """A list's own relay sends for it; the other lists go over the first."""
    with smtp_peer.running() as main, smtp_peer.running() as spare:
        site = open_two(main.port, spare.port, society='relay = "spare"', meetup="")
        for slug in ("society", "meetup"):
            outgoing.fill(site, outgoing.people(10, f"{slug}.example"), slug)
            text = outgoing.EDITION.replace("Meeting 1", slug)
            queue_for(site, slug, text)
        outgoing.send(site)

    assert {one.rpartition("@")[2] for one in spare.recipients} == {"society.example"}
    assert {one.rpartition("@")[2] for one in main.recipients} == {"meetup.example"}


def queue_for(site, slug, text):
    """Queue an edition of a list."""
    from newsletter.service import queueing

    queueing.queue(site, outgoing.edition(site, text, slug), queueing.Order())


def test_a_slow_relay_fills_no_memory(open_two, monkeypatch):
    """Where one relay is slow only so many of its jobs are in memory, and the other list's mails do not wait behind them."""
    monkeypatch.setattr(turns, "LOAD_LIMIT", 300)
    with smtp_peer.running() as main, smtp_peer.running() as spare:
        site = open_two(
            main.port,
            spare.port,
            spare_extra="per_second = 5",
            society='relay = "spare"',
            meetup="",
        )
        for slug, count in (("society", 1_500), ("meetup", 30)):
            outgoing.fill(site, outgoing.people(count, f"{slug}.example"), slug)
            queue_for(site, slug, outgoing.EDITION.replace("Meeting 1", slug))
        stop, most = sending.Stop(), []

        def watch(_progress):
            most.append(len(main.mails))
            if len(main.mails) == 30:
                stop.ask()

        threading.Timer(5, stop.ask).start()
        outgoing.send(site, stop=stop, show=watch)

    assert len(main.mails) == 30
    assert len(spare.mails) < 30


def test_a_used_up_quota_holds_the_relay(open_two, monkeypatch):
    """A relay that says that its quota is used up is left alone; nobody fails, whatever the code; the rest waits."""
    with smtp_peer.running(answers={"rcpt": "550 5.4.5 Daily user sending limit exceeded"}) as main:
        site = open_two(main.port, 1, "connections = 1")
        outgoing.fill(site, outgoing.people(10))
        outgoing.queue(site)
        stop = sending.Stop()
        threading.Timer(1.5, stop.ask).start()
        outgoing.send(site, stop=stop)

    numbers = outgoing.numbers(site)
    assert 1 <= numbers.deferred <= 2
    assert numbers.due + numbers.deferred == 10
    assert main.commands.count("RCPT") <= 2


@pytest.mark.parametrize(
    ("faults", "over_spare"),
    [
        (("connect-421",), 1),
        (("ehlo-554",), 1),
        (("mail-550",), 1),
        (("rcpt-drop",), 1),
        (("rcpt-550",), 0),
        (("dot-lost",), 0),
    ],
)
def test_a_single_mail_finds_another_relay(faults, over_spare, open_two):
    """A trial or a report goes over the next relay when the first does not want us; never when it may have arrived."""
    with smtp_peer.running(faults=faults) as main, smtp_peer.running() as spare:
        site = open_two(main.port, spare.port)
        relay = single.relay_of(site, None)
        body = b"From: a@example.org\r\n\r\nhello\r\n"
        try:
            single.hand_over(site, relay, "a@example.org", "b@example.org", body)
            taken = True
        except errors.RelayError as problem:
            taken = False
            assert "relay main did not take the mail" in problem.message

    assert len(spare.mails) == over_spare == taken
