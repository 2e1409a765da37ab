"""Every way in: pipe, Maildir and LMTP, each exactly once, resumable, with nothing lost that a person must see."""

import json
import smtplib
import socket
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
from tests.people import add_member
from tests.service import crashing, inbound

UNREADABLE = b"X: " + b"a" * 100_000


def run(site: sites.Site, *arguments: str, stdin: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run(
        [sys.executable, "-m", "newsletter", "--site", str(site.root), *arguments],
        input=stdin, capture_output=True, timeout=60, env=crashing.ENVIRONMENT,
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


def test_a_pipe_keeps_the_whole_of_a_mail_that_is_too_large(site: sites.Site) -> None:
    """Over 10 MB nothing is read but the beginning; what is kept for a person is all of it, however large."""
    head = inbound.mail("ada@example.org", inbound.BOUNCES, "Slides", "Here they are.")
    data = head + b"QUJD\r\n" * 4_000_000

    answer = run(site, "receive", "--json", "-", stdin=data)

    assert answer.returncode == 0, answer.stderr
    (mail,) = json.loads(answer.stdout)["mails"]
    assert mail["reason"] == "unreadable: it is over 10 MB"
    (file,) = (site.root / "kept").iterdir()
    assert file.read_bytes() == data and file.name in mail["done"]


@pytest.mark.parametrize(
    "first", [b"From: ada@example.net\r\n", b"From x Fri Jun 29 09:00:00 2018\r\nFrom: ada@example.net\r\n"]
)
def test_what_follows_a_large_mail_in_a_pipe_is_not_lost(site: sites.Site, first: bytes) -> None:
    """A mail server may put a line "From ..." before a mail, and then mails may follow: each is taken on its own."""
    large = first + b"Subject: large\r\n\r\n" + b"QUJD\r\n" * 2_000_000 + b"the end\r\n\r\n"
    box = large
    if first.startswith(b"From x"):
        line = b"From MAILER-DAEMON Fri Jun 29 09:00:00 2018\r\n"
        box += b"".join(line + report + b"\r\n" for report in crashing.reports(site, 2))

    answer = run(site, "receive", "--json", "-", stdin=box)

    assert answer.returncode == 0, answer.stderr
    (file,) = (site.root / "kept").iterdir()
    assert file.read_bytes() == large[large.index(b"From: ") :]
    assert crashing.counted(site) == ((2, 2) if box != large else (0, 0))


def test_a_pipe_keeps_the_whole_of_a_letter_that_is_passed_on_cut(site: sites.Site) -> None:
    """The chair gets the first megabyte; the slides behind it are not lost. A repeat keeps the same file."""
    add_member(site, "ada@example.org", "south-hants-it")
    head = inbound.mail("ada@example.org", inbound.BOUNCES, "Slides", "Here they are.")
    data = head + b"QUJD\r\n" * 400_000

    first = run(site, "receive", "--json", "-", stdin=data)
    again = run(site, "receive", "--json", "-", stdin=data)

    (mail,) = json.loads(first.stdout)["mails"]
    assert mail["done"].startswith("passed on to ") and "in kept/" in mail["done"]
    assert json.loads(again.stdout)["mails"][0]["done"].startswith("seen before")
    assert [file.read_bytes() for file in (site.root / "kept").iterdir()] == [data]


def test_a_pipe_keeps_a_mail_even_when_the_disk_was_full_at_first(site: sites.Site) -> None:
    """The mail was taken in and could not be kept: the mail server tries again, and then it is kept."""
    data = inbound.mail("eve@example.net", inbound.BOUNCES, "Hello", "Who are you?")
    (site.root / "kept").write_text("no folder")  # as bad as a full disk, and root may not write here either

    broken = run(site, "receive", "-", stdin=data)
    (site.root / "kept").unlink()
    again = run(site, "receive", "-", stdin=data)

    assert broken.returncode == 75 and b"could not be kept" in broken.stderr
    assert again.returncode == 0
    assert [file.read_bytes() for file in (site.root / "kept").iterdir()] == [data]


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
    folder = site.root / "returns"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    for number, report in enumerate(crashing.reports(site, 150)):
        (folder / "new" / f"{number:04d}.host").write_bytes(report)

    with crashing.killed(site, 20, "receive"):
        pass
    had = crashing.counted(site)[0]
    left = len(list((folder / "new").iterdir()))
    again = json.loads(run(site, "receive", "--json").stdout)

    assert 20 <= had < 150 and 0 < left < 150 and again["read"] == left
    assert crashing.counted(site) == (150, 150)
    assert list((folder / "new").iterdir()) == []


@pytest.mark.parametrize("by", ["file", "pipe"])
def test_a_run_killed_in_the_middle_of_an_mbox_is_taken_up_again(
    site: sites.Site, tmp_path: Path, by: str
) -> None:
    """kill -9 twice within an mbox: the third run knows what has been counted, takes the rest, and ends."""
    box = tmp_path / "returned.mbox"
    line = b"From MAILER-DAEMON Fri Jun 29 09:00:00 2018\r\n"
    box.write_bytes(b"".join(line + report + b"\r\n" for report in crashing.reports(site, 150)))
    way = [str(box)] if by == "file" else ["-"]
    stdin = None if by == "file" else box

    had = []
    for count in (20, 60):
        with crashing.killed(site, count, "receive", *way, stdin=stdin):
            pass
        had.append(crashing.counted(site)[0])
    again = run(site, "receive", "--json", *way, stdin=b"" if by == "file" else box.read_bytes())
    done = [mail["done"] for mail in json.loads(again.stdout)["mails"]]

    assert 20 <= had[0] < had[1] < 150
    assert len(done) == 150 and done.count("seen before") == had[1]
    assert crashing.counted(site) == (150, 150)


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
    report = crashing.SAMPLE.read_bytes().replace(crashing.SAMPLE_TOKEN, token)

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


def test_a_killed_server_is_handed_the_mail_again(make_site) -> None:
    """kill -9 of `serve` twice while LMTP brings mails: a mail server repeats what was not answered; each counts once."""
    with socket.create_server(("127.0.0.1", 0)) as free, socket.create_server(("127.0.0.1", 0)) as web:
        port, pages = free.getsockname()[1], str(web.getsockname()[1])
    toml = conftest.NEWSLETTER_TOML.replace(
        'kind = "maildir"\npath = "returns"', f'kind = "lmtp"\nport = {port}'
    )
    site = make_site(toml=toml)
    mails, gone = crashing.reports(site, 90), threading.Event()

    def bring() -> None:
        while mails and not gone.is_set():
            try:
                with smtplib.LMTP("127.0.0.1", port, timeout=5) as server:
                    server.sendmail("", [inbound.BOUNCES], mails[0])
                mails.pop(0)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.02)

    mail_server = threading.Thread(target=bring)
    mail_server.start()
    had = []
    for count in (20, 50, 90):
        with crashing.killed(site, count, "serve", "--port", pages):
            pass
        had.append(crashing.counted(site)[0])
        if count == 90:
            gone.set()
    mail_server.join(10)

    assert 20 <= had[0] < had[1] < 90
    assert len(mails) <= 1  # the very last one was counted, and its answer may have died with the server
    assert crashing.counted(site) == (90, 90)
