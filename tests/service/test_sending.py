"""Sending over a real socket: every row ends in the right state, nobody is lost, and the numbers add up."""

import re
import threading
import time

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import joining, outbox, queueing, sending
from newsletter.store import outbox as rows
from tests import conftest
from tests.peers import smtp_peer
from tests.service import outgoing


@pytest.fixture
def peer():
    """A relay that offers PIPELINING."""
    with smtp_peer.running() as running:
        yield running


@pytest.fixture
def open_at(tmp_path, ticking):
    """Open a site whose relay listens on a port, with extra lines in [smtp] and [sending]."""
    opened = []

    def make(port, extra="", sending_extra="", list_toml=conftest.LIST_TOML):
        toml = outgoing.relay_toml(port, extra, sending_extra)
        root = conftest.write_site(tmp_path / f"site{len(opened)}", toml=toml, list_toml=list_toml)
        opened.append(sites.open_site(root, running=ticking))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def wait_until(what, seconds=8):
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.02)
    return what()


def later(ticking, seconds):
    """Move the site's clock on."""
    from datetime import timedelta

    ticking.moment += timedelta(seconds=seconds)


def test_everybody_once(peer, open_at):
    """Each member gets one mail; the edition is done; values are wiped; first and last mail are noted."""
    site = open_at(peer.port)
    people = outgoing.people(300)
    outgoing.fill(site, people)
    outgoing.queue(site)

    ended = outgoing.send(site)

    assert dict(peer.recipients) == dict.fromkeys(people, 1)
    assert ended.sent == 300
    assert ended.next_due is None
    assert outgoing.numbers(site).sent == 300
    assert outbox.status(site)["editions"][0]["state"] == "done"
    assert site.store.value("SELECT count(*) FROM delivery WHERE vals IS NOT NULL") == 0
    assert site.store.value("SELECT count(*) FROM subscription WHERE first_mail_at IS NULL") == 0
    assert peer.violations == []
    assert peer.most_open <= 4


def test_story_of_retries(peer, open_at, ticking):
    """Some 4xx, some 5xx: retries after growing waits, and the numbers add up at every moment."""
    site = open_at(peer.port)
    grey = [f"g{n}+rcpt-450-x{n % 3 + 1}@example.org" for n in range(6)]
    bad, fine = ["dead+rcpt-550@example.org"], outgoing.people(20)
    outgoing.fill(site, fine + grey + bad)
    outgoing.queue(site)

    outgoing.send(site)
    first = outgoing.numbers(site)
    outgoing.send(site)
    unmoved = outgoing.numbers(site)
    for _ in range(3):
        later(ticking, 600)
        outgoing.send(site)
        outgoing.numbers(site)

    assert (first.sent, first.deferred, first.failed) == (20, 6, 1)
    assert unmoved == first  # not before its time
    last = outgoing.numbers(site)
    assert (last.sent, last.failed, last.deferred) == (26, 1, 0)
    assert outbox.status(site)["editions"][0]["state"] == "done"
    assert all(count == 1 for count in peer.recipients.values())


def test_giving_up(peer, open_at, ticking):
    """A 4xx for ever fails when the list gives up, and says what was said."""
    site = open_at(peer.port)
    outgoing.fill(site, ["g+rcpt-450@example.org"])
    outgoing.queue(site)
    for _ in range(80):
        outgoing.send(site)
        later(ticking, 3600)

    assert outgoing.numbers(site).failed == 1
    assert "given up after 2 days" in site.store.value("SELECT answer FROM delivery")
    assert site.store.value("SELECT attempts FROM delivery") > 20


def test_stale_invitation(peer, open_at, ticking):
    """An invitation is not sent any more when its meeting has begun."""
    site = open_at(peer.port)
    text = outgoing.EDITION.replace('"recap"', '"invitation"').replace(
        "+++\nDear", '[next_meeting]\ntitle = "AI"\nstarts = 2018-07-01T18:00:00\nplace = "Here"\n+++\nDear'
    )
    outgoing.fill(site, ["a@example.org", "g+rcpt-450@example.org"])
    queueing.queue(site, outgoing.edition(site, text), queueing.Order())
    outgoing.send(site)
    later(ticking, 3 * 86_400)
    outgoing.send(site)

    assert outgoing.numbers(site).skipped == {"stale": 1}


@pytest.mark.parametrize(
    ("faults", "offers", "reason"),
    [
        (("mail-550",), {}, "the sender address was refused: 550"),
        (("rcpt-530",), {}, "our login was refused: 530"),
        (("connect-554",), {}, "no connection: 554"),
        (("ehlo-550",), {}, "EHLO refused: 550"),
    ],
)
def test_our_own_trouble_marks_nobody(faults, offers, reason, open_at):
    """What the server has against us pauses the run; everybody stays due, and a later run goes on by itself."""
    with smtp_peer.running(faults=faults, **offers) as peer:
        site = open_at(peer.port)
        outgoing.fill(site, outgoing.people(30))
        outgoing.queue(site)
        with pytest.raises(errors.RelayError, match=reason):
            outgoing.send(site)
        stopped = outbox.status(site)["editions"][0]
        numbers = outgoing.numbers(site)
        peer.faults = ()
        outgoing.send(site)

    assert stopped["state"] == "paused"
    assert numbers.due == 30
    assert outgoing.numbers(site).sent == 30
    assert all(count == 1 for count in peer.recipients.values())


def test_relay_down(open_at):
    """A relay that is not there pauses the run within seconds."""
    site = open_at(1)
    outgoing.fill(site, outgoing.people(3))
    outgoing.queue(site)
    began = time.monotonic()

    with pytest.raises(errors.RelayError, match="relay main: no connection"):
        outgoing.send(site)

    assert time.monotonic() - began < 10
    assert outgoing.numbers(site).due == 3


def test_wrong_password(open_at):
    """A wrong password is tried once, not once a connection: servers lock accounts."""
    with smtp_peer.running(users={"me": "right"}) as peer:
        site = _with_password(open_at, peer.port, "wrong")
        outgoing.fill(site, outgoing.people(30))
        outgoing.queue(site)
        with pytest.raises(errors.RelayError, match="login refused: 535"):
            outgoing.send(site)

    assert peer.commands.count("AUTH") == 1
    assert outgoing.numbers(site).due == 30
    assert peer.violations == []


def _with_password(open_at, port, password):
    import os

    os.environ["NEWSLETTER_SMTP_PASSWORD"] = password
    try:
        return open_at(port, 'username = "me"')
    finally:
        del os.environ["NEWSLETTER_SMTP_PASSWORD"]


def test_ten_alike_refusals_pause(open_at):
    """When the relay refuses our mail as such ten times alike, the run stops; nobody has failed."""
    with smtp_peer.running(answers={"dot": "550 5.7.1 this looks like spam"}) as peer:
        site = open_at(peer.port, "connections = 1")
        outgoing.fill(site, outgoing.people(40))
        outgoing.queue(site)
        with pytest.raises(errors.RelayError, match="10 mails in a row were refused alike"):
            outgoing.send(site)

    numbers = outgoing.numbers(site)
    assert 10 <= numbers.deferred <= 12  # one or two were on the wire
    assert numbers.deferred + numbers.due == 40


def test_lost_answer_is_unclear_then_repeated_with_the_same_bytes(peer, open_at, ticking):
    """The answer to the dot is lost: unclear, not sent again at once, then once more with the same bytes and id."""
    site = open_at(peer.port)
    outgoing.fill(site, ["a+dot-lost-x1@example.org", "b@example.org"])
    outgoing.queue(site)

    outgoing.send(site)
    between = outgoing.numbers(site)
    site.store.execute("UPDATE member SET name = 'Somebody Else', first_name = 'Else'")
    later(ticking, 601)
    outgoing.send(site)

    assert (between.sent, between.unclear) == (1, 1)
    assert outgoing.numbers(site).sent == 2
    copies = [mail for mail in peer.mails if mail.recipient.startswith("a+")]
    assert len(copies) == 2
    assert copies[0].content == copies[1].content


def test_second_lost_answer_waits_for_a_person(peer, open_at, ticking):
    """A second lost answer holds the delivery; the edition stays running; a person repeats or drops."""
    site = open_at(peer.port)
    outgoing.fill(site, ["a+dot-lost@example.org", "b+dot-lost-x3@example.org"])
    outgoing.queue(site)
    for _ in range(3):
        outgoing.send(site)
        later(ticking, 700)
    held = outgoing.numbers(site)
    state = outbox.status(site)["editions"][0]["state"]
    repeated = outbox.repeat_unclear(site)
    for _ in range(3):
        outgoing.send(site)
        later(ticking, 700)
    after = outgoing.numbers(site)
    dropped = outbox.drop_unclear(site)

    assert held.unclear == 2
    assert state == "running"
    assert rows.next_due(site.store) is None
    assert (repeated, dropped) == (2, 1)
    assert (after.sent, after.unclear) == (1, 1)
    assert outgoing.numbers(site).failed == 1
    assert outbox.status(site)["editions"][0]["state"] == "done"


def test_hold_never_repeats(peer, open_at, ticking):
    """With on_unclear = "hold" nothing goes out twice by itself."""
    site = open_at(peer.port, sending_extra='on_unclear = "hold"')
    outgoing.fill(site, [f"m{n}+dot-lost@example.org" for n in range(5)] + outgoing.people(5))
    outgoing.queue(site)
    for _ in range(3):
        outgoing.send(site)
        later(ticking, 7_000)

    assert outgoing.numbers(site).unclear == 5
    assert all(count == 1 for count in peer.recipients.values())


@pytest.mark.parametrize(("on_unclear", "due"), [("repeat", True), ("hold", False)])
def test_recovery_of_rows_on_the_wire(peer, open_at, ticking, on_unclear, due):
    """What a dead process left on the wire is unclear, and does not count as a lost answer of the server."""
    site = open_at(peer.port, sending_extra=f'on_unclear = "{on_unclear}"')
    outgoing.fill(site, ["a@example.org", "b@example.org"])
    outgoing.queue(site)
    site.store.execute("UPDATE delivery SET state = 'sending' WHERE address = 'a@example.org'")

    outgoing.send(site)

    row = site.store.row("SELECT * FROM delivery WHERE address = 'a@example.org'")
    assert (row["state"], row["unclears"], row["due_at"] is not None) == ("unclear", 0, due)
    assert dict(peer.recipients) == {"b@example.org": 1}
    later(ticking, 601)
    outgoing.send(site)
    assert peer.recipients["a@example.org"] == due


def test_leave_during_the_run(open_at):
    """Who leaves, is suppressed or dies while the run goes on gets nothing more."""
    with smtp_peer.running(latency=0.01) as peer:
        site = open_at(peer.port, "connections = 1")
        people = outgoing.people(150)
        outgoing.fill(site, people)
        outgoing.queue(site)
        acts = {
            "left": "UPDATE delivery SET state = 'skipped', reason = 'left', due_at = NULL WHERE address = ?",
            "suppressed": """INSERT INTO suppression (mac, scope, reason, at)
                SELECT mac, 'all', 'complaint', '' FROM member WHERE address = ?""",
            "dead": "UPDATE member SET health = 'dead' WHERE address = ?",
        }

        def meddle():
            while len(peer.mails) < 5:
                time.sleep(0.005)
            other = sites.open_site(site.root)
            for act, person in zip(acts.values(), people[-3:], strict=True):
                other.store.execute(act, (person,))
            other.close()

        thread = threading.Thread(target=meddle)
        thread.start()
        outgoing.send(site)
        thread.join()

    assert not set(people[-3:]) & set(peer.recipients)
    assert outgoing.numbers(site).skipped == {"left": 1, "suppressed": 1, "dead": 1}
    assert outgoing.numbers(site).sent == 147


def test_pause_and_cancel_during_the_run(open_at):
    """A pause by another process stops the run within a second or so; a cancelled edition ends with its numbers."""
    with smtp_peer.running(latency=0.02) as peer:
        site = open_at(peer.port, "connections = 1")
        outgoing.fill(site, outgoing.people(600))
        outgoing.queue(site)
        name = "south-hants-it/2018-06-29-recap"

        def meddle():
            while len(peer.mails) < 5:
                time.sleep(0.005)
            other = sites.open_site(site.root)
            outbox.pause(other)
            other.close()

        thread = threading.Thread(target=meddle)
        thread.start()
        outgoing.send(site)
        thread.join()
        paused = outgoing.numbers(site)
        outgoing.send(site)
        still = outgoing.numbers(site)
        skipped = outbox.cancel(site, name)

    assert 5 <= paused.sent < 600
    assert still == paused
    assert skipped == paused.due
    assert outgoing.numbers(site).skipped == {"cancelled": skipped}
    assert outbox.edition(site, name)["state"] == "cancelled"


def test_stop_is_clean(open_at):
    """A wish to stop ends the run with nothing on the wire; the next run sends the rest, nobody twice."""
    with smtp_peer.running(latency=0.01) as peer:
        site = open_at(peer.port)
        outgoing.fill(site, outgoing.people(400))
        outgoing.queue(site)
        stop = sending.Stop()
        threading.Timer(0.4, stop.ask).start()
        ended = outgoing.send(site, stop=stop)
        numbers = outgoing.numbers(site)
        outgoing.send(site)

    assert ended.stopped
    assert 0 < numbers.sent < 400
    assert (numbers.sending, numbers.unclear) == (0, 0)
    assert outgoing.numbers(site).sent == 400
    assert all(count == 1 for count in peer.recipients.values())


def test_stop_while_a_server_does_not_answer(open_at, monkeypatch):
    """A stop waits so long for answers and no longer; what stays unanswered is unclear."""
    monkeypatch.setattr(sending, "GRACE", 0.5)
    with smtp_peer.running() as peer:
        site = open_at(peer.port)
        outgoing.fill(site, ["a+dot-hang-9@example.org", *outgoing.people(20)])
        outgoing.queue(site)
        stop = sending.Stop()
        threading.Timer(0.5, stop.ask).start()
        began = time.monotonic()
        outgoing.send(site, stop=stop)

    assert time.monotonic() - began < 4
    numbers = outgoing.numbers(site)
    assert (numbers.unclear, numbers.sending) == (1, 0)
    assert numbers.sent + numbers.due == 20
    assert numbers.sent >= 18


def test_broken_connections_lose_nobody(open_at):
    """A server that drops every few mails gets new connections; nobody waits for it, nobody is doubled."""
    with smtp_peer.running(messages_per_connection=7) as peer:
        site = open_at(peer.port)
        people = outgoing.people(200)
        outgoing.fill(site, people)
        outgoing.queue(site)
        outgoing.send(site)

    assert dict(peer.recipients) == dict.fromkeys(people, 1)
    assert outgoing.numbers(site).sent == 200


def test_disk_full(peer, open_at, monkeypatch):
    """With a full disk nothing leaves before its intent is committed; with room again the rest goes out."""
    from newsletter.service import books

    monkeypatch.setattr(books, "PATIENCE_OTHER", 0.5)
    site = open_at(peer.port)
    outgoing.fill(site, outgoing.people(50))
    outgoing.queue(site)
    real = rows.intend
    monkeypatch.setattr(rows, "intend", lambda *args: _raise_full())
    with pytest.raises(errors.StorageError, match="disk is full"):
        outgoing.send(site)
    before = len(peer.mails)
    monkeypatch.setattr(rows, "intend", real)
    outgoing.send(site)

    assert before == 0
    assert outgoing.numbers(site).sent == 50
    assert all(count == 1 for count in peer.recipients.values())


def test_a_report_can_name_the_mail(open_at):
    """B2, B3: what a server may put into its reports is the token of the return path."""
    with smtp_peer.running(dsn=True) as peer:
        site = open_at(peer.port)
        outgoing.fill(site, outgoing.people(3))
        outgoing.queue(site)
        outgoing.send(site)

    senders = [line for line in peer.envelopes if line.startswith("FROM")]
    assert len(senders) == 3
    for line in senders:
        token = re.search(r" RET=HDRS ENVID=([a-z2-7]{40})$", line)
        assert token is not None and site.tokens.read("return", token[1]) is not None
    assert peer.violations == []


def _raise_full():
    raise errors.of_database("database or disk is full")


def test_queueing_on_a_full_disk(peer, open_at):
    """A disk that fills up while queueing leaves nothing half done."""
    site = open_at(peer.port)
    outgoing.fill(site, outgoing.people(2_000))
    pages = site.store.value("PRAGMA page_count")
    site.store.execute(f"PRAGMA max_page_count={pages + 5}")
    with pytest.raises(errors.StorageError, match="disk is full"):
        outgoing.queue(site)
    site.store.execute(f"PRAGMA max_page_count={pages + 100_000}")

    assert site.store.value("SELECT count(*) FROM delivery") == 0
    assert site.store.value("SELECT count(*) FROM edition") == 0
    assert outgoing.queue(site).recipients == 2_000


def test_locked_database(open_at):
    """A database that another program keeps for a while is waited for; nobody is lost or doubled."""
    with smtp_peer.running(latency=0.005) as peer:
        site = open_at(peer.port)
        people = outgoing.people(300)
        outgoing.fill(site, people)
        outgoing.queue(site)

        def block():
            while len(peer.mails) < 20:
                time.sleep(0.005)
            other = sites.open_site(site.root)
            with other.store.write():
                time.sleep(2.5)
            other.close()

        thread = threading.Thread(target=block)
        thread.start()
        outgoing.send(site)
        thread.join()

    assert dict(peer.recipients) == dict.fromkeys(people, 1)
    assert outgoing.numbers(site).sent == 300


def test_limit_per_second_holds_at_the_server(open_at):
    """The relay never gets more than its limit in any second, over all connections, also right after a restart."""
    with smtp_peer.running() as peer:
        site = open_at(peer.port, "per_second = 20")
        outgoing.fill(site, outgoing.people(60))
        outgoing.queue(site)
        stop = sending.Stop()
        threading.Timer(1.2, stop.ask).start()
        outgoing.send(site, stop=stop)
        began = time.monotonic()
        outgoing.send(site)

    times = sorted(mail.at for mail in peer.mails)
    worst = max(sum(1 for t in times if start <= t < start + 0.95) for start in times)
    assert len(times) == 60
    assert worst <= 20
    assert time.monotonic() - began < 5


def test_one_domain_waits_alone(open_at):
    """A limit per domain holds that domain up and nobody else."""
    with smtp_peer.running() as peer:
        site = open_at(peer.port, "per_domain_per_minute = 5")
        outgoing.fill(site, outgoing.people(20, "big.example") + [f"x@small{n}.example" for n in range(30)])
        outgoing.queue(site)
        stop = sending.Stop()
        threading.Timer(1.5, stop.ask).start()
        outgoing.send(site, stop=stop)

    small = [person for person in peer.recipients if "small" in person]
    big = [person for person in peer.recipients if "big" in person]
    assert len(small) == 30
    assert 1 <= len(big) <= 5


FAULTS = {
    "rcpt-450-x1": "sent", "rcpt-550": "failed", "rcpt-drop": "deferred", "rcpt-garbage": "deferred",
    "rcpt-dup": "deferred", "data-451": "deferred", "data-drop": "deferred",
    "dot-451": "deferred", "dot-554": "failed", "dot-drop-x1": "sent", "dot-lost-x1": "sent", "dot-garbage": "unclear",
    "dot-badcode": "unclear", "rcpt-421-x1": "sent", "dot-421-x1": "sent", "dot-split": "sent", "rcpt-multi": "sent",
}  # fmt: skip


def test_all_faults_at_once(open_at, ticking):
    """Every fault among well-behaved others: each row in its right state, everybody else sent once, no rule broken by us."""
    with smtp_peer.running() as peer:
        site = open_at(peer.port, sending_extra='unclear_wait = "1m"')
        # 421 slows its domain down, so that one is another's.
        hit = {
            f"m{n}+{word}@{'slow' if '421' in word else 'example'}.org": to
            for n, (word, to) in enumerate(FAULTS.items())
        }
        fine = outgoing.people(100)
        outgoing.fill(site, [*hit, *fine])
        outgoing.queue(site)
        for _ in range(3):
            outgoing.send(site)
            later(ticking, 300)
        found = outgoing.states(site)

    assert {person: found[person] for person in hit} == hit
    assert {found[person] for person in fine} == {"sent"}
    assert all(peer.recipients[person] == 1 for person in fine)
    assert peer.violations == []


def test_who_asks_to_confirm_does_not_wait_for_a_campaign(peer, open_at, ticking):
    """A confirm mail asked for while thousands wait for a slow relay goes before them (class C and T)."""
    site = open_at(peer.port, "per_second = 20")
    outgoing.fill(site, outgoing.people(3_000))
    outgoing.queue(site)
    visitor = sites.open_site(site.root, running=ticking)
    stop = sending.Stop()
    running = threading.Thread(target=outgoing.send, args=(site,), kwargs={"stop": stop})

    running.start()
    wait_until(lambda: sum(peer.recipients.values()) >= 5)
    later(ticking, 1)
    joining.ask(visitor, joining.Wanted("new@example.org", ("south-hants-it",)))
    came = wait_until(lambda: "new@example.org" in peer.recipients)
    before = sum(peer.recipients.values())
    stop.ask()
    running.join(20)
    visitor.close()

    assert came
    assert before < 300


def test_nobody_waits_for_those_who_break_connections(open_at):
    """More than a page of them: all others have their mail before the run gives the relay up."""
    with smtp_peer.running() as peer:
        site = open_at(peer.port, "connections = 4")
        breaking = [f"b{n}+rcpt-drop@example.org" for n in range(220)]
        outgoing.fill(
            site, [address for pair in zip(breaking, outgoing.people(220), strict=True) for address in pair]
        )
        outgoing.queue(site)
        stop = sending.Stop()

        def show(_progress):
            if len(peer.mails) >= 220:
                stop.ask()

        outgoing.send(site, stop=stop, show=show)

    assert outgoing.numbers(site).sent == 220
    assert set(peer.recipients.values()) == {1}
