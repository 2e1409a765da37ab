"""Every way in: pipe, Maildir and LMTP, each exactly once, resumable, with nothing lost that a person must see."""

import json
import os
import smtplib
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.mail import inbox
from newsletter.service import members, receiving, returns, sending
from tests import conftest
from tests.people import add_message
from tests.service import inbound, outgoing

SAMPLE = Path(__file__).parent.parent / "mails" / "dsn-postfix-hard-5.1.1.eml"
SAMPLE_TOKEN = b"aeaaaaabaaaaaaln42i37ubqyz7rf5mbcsdrseyn"
NOW = "2018-06-29T09:00:00Z"
UNREADABLE = b"X: " + b"a" * 100_000


def run(site: sites.Site, *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "newsletter", "--site", str(site.root), *arguments],
        input=stdin, capture_output=True, timeout=60, env={**os.environ, "NEWSLETTER_NOW": NOW},
    )  # fmt: skip


def state(site: sites.Site, address: str) -> str:
    return str(members.show(site, address)["subscriptions"][0]["state"])


def leaving(site: sites.Site, address: str) -> bytes:
    """A mail by which a new member leaves."""
    member, message = inbound.member_with_mail(site, address)
    return inbound.mail(address, inbound.to(site, "leave", message, member), "unsubscribe", "")


def test_a_pipe_acts_and_keeps_what_it_cannot_read(site: sites.Site) -> None:
    """Standard input holds nothing, so what a person must see is a file of the site, readable by its owner only."""
    acted = run(site, "receive", "--json", "-", stdin=leaving(site, "ada@example.org"))
    kept = run(site, "receive", "--json", "-", stdin=UNREADABLE)

    assert (acted.returncode, kept.returncode) == (0, 0), acted.stderr + kept.stderr
    assert state(site, "ada@example.org") == "unsubscribed"
    (file,) = (site.root / "kept").iterdir()
    assert file.read_bytes() == UNREADABLE and file.stat().st_mode & 0o077 == 0
    assert file.name in json.loads(kept.stdout)["mails"][0]["done"]


def test_a_pipe_in_trouble_tells_the_mail_server_to_try_again(site: sites.Site) -> None:
    """Exit code 75: with any other one a mail server gives the mail up and bounces it."""
    data = leaving(site, "ada@example.org")
    (site.root / "newsletter.key").rename(site.root / "away.key")

    broken = run(site, "receive", "-", stdin=data)
    (site.root / "away.key").rename(site.root / "newsletter.key")
    again = run(site, "receive", "-", stdin=data)

    assert broken.returncode == 75 and b"newsletter.key" in broken.stderr
    assert again.returncode == 0 and state(site, "ada@example.org") == "unsubscribed"


def test_a_stranger_s_file_stays_where_it_is(site: sites.Site, tmp_path: Path) -> None:
    """A FILE is not copied: it lies there already."""
    file = tmp_path / "bad.eml"
    file.write_bytes(UNREADABLE)

    answer = run(site, "receive", str(file))

    assert answer.returncode == 0 and not (site.root / "kept").exists()
    assert b"unreadable" in answer.stdout


def test_a_crash_between_act_and_putting_away_does_nothing_twice(site: sites.Site, monkeypatch) -> None:
    """The mail is read again, its digest is known, and it is put away."""
    folder = site.root / "returns"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    (folder / "new" / "1.host").write_bytes(leaving(site, "ada@example.org"))
    with monkeypatch.context() as crash:
        crash.setattr(inbox, "seen", lambda *_given, **_named: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            list(receiving.of_maildir(site, folder))
    events = site.store.value("SELECT count(*) FROM consent")

    (again,) = receiving.of_maildir(site, folder)

    assert again.taken.done == "seen before"
    assert site.store.value("SELECT count(*) FROM consent") == events
    assert [file.name for file in (folder / "cur").iterdir()] == ["1.host:2,S"]


def test_a_killed_run_is_taken_up_again(site: sites.Site) -> None:
    """kill -9 in the middle of a hundred and fifty reports: the next run takes the rest, and each counts once."""
    outgoing.fill(site, outgoing.people(150))
    message = add_message(site, "south-hants-it")
    ids = [row["id"] for row in site.store.rows("SELECT id FROM member")]
    with site.store.write():
        site.store.executemany(
            "INSERT INTO delivery (message, member, address, state, changed_at) VALUES (?,?,'x','sent',?)",
            [(message, one, site.clock.iso()) for one in ids],
        )
    folder = site.root / "returns"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    for one in ids:
        token = inbound.token(site, "return", message, one).encode()
        (folder / "new" / f"{one:04d}.host").write_bytes(SAMPLE.read_bytes().replace(SAMPLE_TOKEN, token))
    process = subprocess.Popen(
        [sys.executable, "-m", "newsletter", "--site", str(site.root), "receive"],
        stdout=subprocess.DEVNULL, env={**os.environ, "NEWSLETTER_NOW": NOW},
    )  # fmt: skip
    until = time.monotonic() + 30
    while len(list((folder / "cur").iterdir())) < 20 and time.monotonic() < until:
        time.sleep(0.005)
    process.kill()
    process.wait()
    left = len(list((folder / "new").iterdir()))

    again = json.loads(run(site, "receive", "--json").stdout)

    assert 0 < left < 150 and again["read"] == left
    assert site.store.value("SELECT count(*) FROM bounce") == 150
    assert site.store.value("SELECT count(DISTINCT member) FROM bounce") == 150
    assert list((folder / "new").iterdir()) == []


def test_an_unwilling_database_leaves_the_mail(site: sites.Site, monkeypatch) -> None:
    """Disk full or locked: nothing was done, and the mail is still new."""
    folder = site.root / "returns"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    (folder / "new" / "1.host").write_bytes(leaving(site, "ada@example.org"))

    def full(*_given: object) -> bool:
        raise errors.StorageError("the disk is full, nothing was changed")

    with monkeypatch.context() as trouble:
        trouble.setattr(returns.returns, "note_arrival", full)
        with pytest.raises(errors.StorageError):
            list(receiving.of_maildir(site, folder))

    assert state(site, "ada@example.org") == "attested"
    assert [file.name for file in (folder / "new").iterdir()] == ["1.host"]


@pytest.fixture
def lmtp(make_site) -> Iterator[tuple[sites.Site, Callable[[], smtplib.LMTP]]]:
    """A site that takes LMTP beside a running receiver, and a way to talk to it."""
    toml = conftest.NEWSLETTER_TOML.replace('kind = "maildir"\npath = "returns"', 'kind = "lmtp"\nport = 0')
    site = make_site(toml=toml)
    told: list[str] = []
    stop = sending.Stop()
    thread = threading.Thread(target=receiving.keep_receiving, args=(site, stop, told.append))
    thread.start()
    until = time.monotonic() + 10
    while not told and time.monotonic() < until:
        time.sleep(0.02)
    port = int(told[0].rpartition(" ")[2])
    yield site, lambda: smtplib.LMTP("127.0.0.1", port)
    stop.ask()
    thread.join(10)
    assert not thread.is_alive()


def test_lmtp_answers_for_each_recipient(lmtp) -> None:
    """RFC 2033 4.2: one answer for each; a stranger's address is refused by name; each token acts."""
    site, talk = lmtp
    mails = {}
    for name in ("ada", "ben"):
        member, message = inbound.member_with_mail(site, f"{name}@example.org")
        mails[name] = inbound.to(site, "leave", message, member)
    data = inbound.mail("x@example.org", "undisclosed: ;", "unsubscribe", "")

    with talk() as server:
        server.ehlo_or_helo_if_needed()
        server.mail("x@example.org")
        codes = [server.rcpt(to)[0] for to in (mails["ada"], "stranger@lists.example.org", mails["ben"])]
        code, _ = server.data(data)
        second, _ = server.getreply()

    assert codes == [250, 550, 250] and (code, second) == (250, 250)
    assert [state(site, f"{name}@example.org") for name in ("ada", "ben")] == ["unsubscribed"] * 2


def test_lmtp_takes_lines_longer_than_smtp_allows(lmtp) -> None:
    """A report that returns a mail with a line of 100 kB is taken like any other."""
    site, talk = lmtp
    member, message = inbound.member_with_mail(site, "ada@example.org")
    token = inbound.token(site, "return", message, member).encode()
    report = SAMPLE.read_bytes().replace(SAMPLE_TOKEN, token)

    with talk() as server:
        server.sendmail("", [inbound.BOUNCES], report + b"x" * 100_000 + b"\r\n")

    assert site.store.value("SELECT member FROM bounce") == member


def test_lmtp_keeps_what_a_person_must_see(lmtp) -> None:
    """The server has given it away, so it must not be lost."""
    site, talk = lmtp

    with talk() as server:
        server.sendmail(
            "", [inbound.BOUNCES], inbound.mail("eve@example.net", inbound.BOUNCES, "Hello", "Who are you?")
        )

    (file,) = (site.root / "kept").iterdir()
    assert b"Who are you?" in file.read_bytes()


def test_lmtp_says_later_when_the_database_is_unwilling(lmtp, monkeypatch) -> None:
    """4xx: the mail server keeps the mail and tries again."""
    site, talk = lmtp
    data = leaving(site, "ada@example.org")

    def full(*_given: object) -> bool:
        raise errors.StorageError("the disk is full, nothing was changed")

    monkeypatch.setattr(returns.returns, "note_arrival", full)
    with talk() as server, pytest.raises(smtplib.SMTPDataError) as refused:
        server.sendmail("ada@example.org", [inbound.BOUNCES], data)

    assert refused.value.smtp_code == 451
    assert state(site, "ada@example.org") == "attested"
