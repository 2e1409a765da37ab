"""An ordinary IMAP mailbox on a real server: each mail once, handled ones put away, strangers' mail untouched; IDLE; LMTP."""

import imaplib
import smtplib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.mail import inbox_imap
from newsletter.service import members, receiving, returns, sending
from tests import conftest
from tests.mta import servers
from tests.service import crashing, inbound

TOML = conftest.NEWSLETTER_TOML.replace(
    'kind = "maildir"\npath = "returns"',
    'kind = "imap"\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nusername = "bounces"\npassword_file = "imap.password"',
)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[int, int]]:
    """Dovecot's ports for IMAP and LMTP."""
    with servers.open_folder() as folder, servers.dovecot(folder / "dovecot") as ports:
        yield ports


@pytest.fixture
def site(server: tuple[int, int], make_site, tmp_path: Path, request: pytest.FixtureRequest) -> sites.Site:
    """A site whose mailbox is there, empty, with a mailbox of its own for each test."""
    folder = tmp_path / "site0"
    folder.mkdir()
    (folder / "imap.password").write_text("secret")
    user = "".join(c for c in request.node.name if c.isalnum())[-40:].lower()
    opened: sites.Site = make_site(
        toml=TOML.replace("{port}", str(server[0])).replace('"bounces"', f'"{user}"')
    )
    return opened


def deliver(site: sites.Site, server: tuple[int, int], *mails: bytes) -> None:
    """Bring mails into the mailbox the way a mail server does."""
    user = receiving.imap_place(site).username
    with smtplib.LMTP("127.0.0.1", server[1]) as talk:
        for data in mails:
            talk.sendmail("sender@example.org", [f"{user}@lists.example.org"], data)


def folders(site: sites.Site) -> dict[str, list[str]]:
    """The subjects in each folder, those with the flag marked by a *."""
    place = receiving.imap_place(site)
    found: dict[str, list[str]] = {}
    with imaplib.IMAP4(place.host, place.port) as talk:
        talk.login(place.username, place.password)
        for folder in ("INBOX", "Done"):
            kind, count = talk.select(folder, readonly=True)
            if kind != "OK":
                continue
            found[folder] = []
            if count == [b"0"]:
                continue
            answer = talk.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])")[1]
            found[folder] = [
                one[1].decode().removeprefix("Subject: ").strip() + "*" * (b"\\Flagged" in one[0])
                for one in answer
                if isinstance(one, tuple)
            ]
    return found


def state(site: sites.Site) -> str:
    return str(members.show(site, "ada@example.org")["subscriptions"][0]["state"])


def take(site: sites.Site) -> list[returns.Taken]:
    return [one.taken for one in receiving.of_imap(site, receiving.imap_place(site))]


def leaving(site: sites.Site) -> bytes:
    member, message = inbound.member_with_mail(site, "ada@example.org")
    return inbound.mail("ada@example.org", inbound.to(site, "leave", message, member), "leave", "")


def test_each_mail_once_and_everything_in_its_place(site: sites.Site, server: tuple[int, int]) -> None:
    """What was handled goes to Done, what cannot be read stays flagged, a stranger's letter stays as it is."""
    stranger = inbound.mail("eve@example.net", inbound.BOUNCES, "private", "Dinner?")
    unreadable = b"Subject: broken\r\nX-Long: " + b"\r\n a" * 30_000 + b"\r\n\r\nx"
    deliver(site, server, leaving(site), stranger, unreadable)

    first, second = take(site), take(site)

    assert [one.left for one in first] == [False, True, True] and second == []
    assert state(site) == "unsubscribed"
    assert folders(site) == {"INBOX": ["private", "broken*"], "Done": ["leave"]}


def test_a_crash_before_putting_away_acts_once(
    site: sites.Site, server: tuple[int, int], monkeypatch
) -> None:
    """The mail is read again, known by its digest, and put away."""
    deliver(site, server, leaving(site))
    with monkeypatch.context() as crash:
        crash.setattr(inbox_imap.Box, "done", lambda *_given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            take(site)
    events = site.store.value("SELECT count(*) FROM consent")

    (again,) = take(site)

    assert again.done == "seen before"
    assert site.store.value("SELECT count(*) FROM consent") == events
    assert folders(site) == {"INBOX": [], "Done": ["leave"]}


def test_a_killed_run_is_taken_up_again(site: sites.Site, server: tuple[int, int]) -> None:
    """kill -9 twice in the midst of ninety reports: each is counted once, and all of them end in the folder for it."""
    deliver(site, server, *crashing.reports(site, 90))
    had = []
    for count in (15, 45):
        with crashing.killed(site, count, "receive"):
            pass
        had.append(crashing.counted(site)[0])

    rest = take(site)

    assert 15 <= had[0] < had[1] < 90
    assert 90 - had[1] <= len(rest) <= 91 - had[1]  # one may have been counted and not put away
    assert crashing.counted(site) == (90, 90)
    assert [len(mails) for mails in folders(site).values()] == [0, 90]


def test_copy_and_delete_where_move_is_unknown(
    site: sites.Site, server: tuple[int, int], monkeypatch
) -> None:
    """RFC 6851 is not everywhere: then the mail is copied, marked and expunged, alone."""
    kept = inbound.mail("eve@example.net", inbound.BOUNCES, "private", "Dinner?")
    deliver(site, server, kept, leaving(site))
    connect = inbox_imap._connect

    class Old(imaplib.IMAP4):
        def _get_capabilities(self) -> None:
            super()._get_capabilities()  # type: ignore[misc]
            self.capabilities = tuple(one for one in self.capabilities if one != "MOVE")

    monkeypatch.setattr(inbox_imap, "_connect", lambda place: Old(place.host, place.port))
    take(site)
    monkeypatch.setattr(inbox_imap, "_connect", connect)

    assert folders(site) == {"INBOX": ["private"], "Done": ["leave"]}


def until(what: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        time.sleep(0.05)
    return what()


def test_idle_hears_of_new_mail_at_once(site: sites.Site, server: tuple[int, int]) -> None:
    """`serve` waits with IDLE: a mail that comes is taken within seconds, and it stops when told."""
    data, stop, told = leaving(site), sending.Stop(), []
    thread = threading.Thread(target=receiving.keep_receiving, args=(site, stop, told.append))
    thread.start()
    try:
        time.sleep(1.5)  # it has looked, and listens
        deliver(site, server, data)
        heard = until(lambda: state(site) == "unsubscribed", 5)
    finally:
        stop.ask()
        thread.join(10)

    assert heard and not thread.is_alive() and told == []


def test_wrong_password_and_silence_are_told_plainly(site: sites.Site) -> None:
    """No password in the message, and what to do."""
    (site.root / "imap.password").write_text("wrong-secret")
    place = receiving.imap_place(sites.open_site(site.root, running=site.clock))

    with pytest.raises(errors.RelayError, match="refused our login") as refused, inbox_imap.opened(place):
        pass
    assert "wrong-secret" not in str(refused.value) + refused.value.hint
    gone = inbox_imap.Place("127.0.0.1", servers.free_port(), "none", "x", "y")
    with pytest.raises(errors.RelayError, match="cannot be read"), inbox_imap.opened(gone):
        pass


@pytest.mark.parametrize(
    ("name", "written"), [("Done", '"Done"'), ("Erledigt & weg", '"Erledigt &- weg"'), ("Räume", '"R&AOQ-ume"'), ('a"b', '"a\\"b"')]
)  # fmt: skip
def test_folder_names_in_every_script(name: str, written: str) -> None:
    """RFC 3501 5.1.3: modified UTF-7."""
    assert inbox_imap._quoted(name) == written
