"""newsletter send and outbox, as typed: what is shown, asked, answered in JSON, and with which exit code."""

import json
import subprocess
import sys

import pytest

from newsletter import site as sites
from newsletter.cli import main
from tests import conftest
from tests.peers import smtp_peer
from tests.service import outgoing

NAME = "south-hants-it/2018-06-29-recap"
KEYS = {
    "edition",
    "state",
    "audience",
    "due",
    "sending",
    "sent",
    "deferred",
    "failed",
    "unclear",
    "skipped",
    "next_attempt",
}


@pytest.fixture
def peer():
    """A relay."""
    with smtp_peer.running() as running:
        yield running


@pytest.fixture
def typed(tmp_path, peer, capsys, monkeypatch):
    """A site with ten members and one held, and a function that types a command for it."""
    root = conftest.write_site(tmp_path / "site", toml=outgoing.relay_toml(peer.port))
    site = sites.open_site(root)
    outgoing.fill(site, outgoing.people(10))
    outgoing.fill(site, ["held@example.org"], state="held")
    path = outgoing.edition(site)
    site.close()
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

    def type_in(*words):
        code = main.run(["--site", str(root), *[str(path) if word == "FILE" else word for word in words]])
        said = capsys.readouterr()
        return code, said.out, said.err

    type_in.root = root
    return type_in


def test_send_shows_asks_and_sends(typed, peer):
    """The plan stands before the question; without a yes nothing happens; with it all get it."""
    code, out, err = typed("send", "FILE")
    nothing = list(peer.mails)
    sent_code, sent_out, _ = typed("send", "FILE", "--yes")

    assert code == 1
    assert "add --yes" in err
    for fact in ("Subject", "Meeting 1: a small room", "Goes to    10", "1 held", "south-hants-it"):
        assert fact in out
    assert nothing == []
    assert sent_code == 0
    assert f"{NAME}: done" in sent_out
    assert "10 sent, 1 held (of 11)" in sent_out
    assert len(peer.mails) == 10


def test_json(typed):
    """--json is one object with these keys, and the numbers add up."""
    code, out, _ = typed("send", "FILE", "--yes", "--json")
    found = json.loads(out)
    _, status, _ = typed("outbox", "status", "--json")

    assert code == 0
    assert set(found) == KEYS
    assert found["audience"] == found["sent"] + sum(found["skipped"].values()) == 11
    assert json.loads(status) == {"in_flight_max": 4, "editions": [found]}


def test_who_stayed_out(typed):
    """Of one edition, named by its file or its id, the status names people; where there are refusals it is pointed to."""
    typed("send", "FILE", "--yes")
    code, out, _ = typed("outbox", "status", "FILE")
    _, told, _ = typed("outbox", "status", NAME, "--json")

    assert code == 0
    assert out.splitlines()[2].split()[:2] == ["held", "held@example.org"]
    assert json.loads(told)["editions"][0]["without"] == [
        {"address": "held@example.org", "name": "Ann held@", "why": "held", "said": ""}
    ]
    missing, _, err = typed("send", "FILE", "--missing", "--yes")
    assert missing == 1
    assert f"newsletter: whoever may get {NAME} has got it" in err


def test_queue_only_and_run(typed, peer):
    """--queue-only sends nothing; outbox run does; a second run has nothing to do."""
    code, out, _ = typed("send", "FILE", "--yes", "--queue-only")
    before = len(peer.mails)
    ran, _, _ = typed("outbox", "run")
    again, _, _ = typed("outbox", "run", "--no-wait")

    assert (code, before, ran, again) == (0, 0, 0, 0)
    assert "newsletter outbox run" in out
    assert len(peer.mails) == 10


def test_at(typed, peer):
    """--at queues for later; nothing goes before; a bad time is wrong use."""
    bad, _, err = typed("send", "FILE", "--yes", "--at", "soon")
    code, out, _ = typed("send", "FILE", "--yes", "--json", "--at", "2099-07-01 18:00")
    typed("outbox", "run", "--no-wait")

    assert bad == 2
    assert "is no time for --at" in err
    assert code == 0
    assert json.loads(out)["next_attempt"] == "2099-07-01T17:00:00.000Z"
    assert json.loads(out)["state"] == "queued"
    assert peer.mails == []


def test_trial(typed, peer):
    """--test sends one copy to that address and makes no row."""
    code, out, _ = typed("send", "FILE", "--test", "me@example.com")
    _, status, _ = typed("outbox", "status", "--json")

    assert code == 0
    assert "Sent one copy to me@example.com" in out
    assert dict(peer.recipients) == {"me@example.com": 1}
    assert b"To: Sam Okafor <me@example.com>" in peer.mails[0].content
    assert json.loads(status)["editions"] == []


def test_trial_to_a_suppressed_address(typed, peer):
    """A suppressed address gets no trial copy either."""
    site = sites.open_site(typed.root)
    mac = site.tokens.address_mac("me@example.com")
    site.store.execute(
        "INSERT INTO suppression (mac, scope, reason, at) VALUES (?, 'all', 'complaint', '')", (mac,)
    )
    site.close()
    code, _, err = typed("send", "FILE", "--test", "me@example.com")

    assert code == 1
    assert "is suppressed" in err
    assert peer.mails == []


def test_unusual_size_needs_more_than_yes(typed, peer):
    """--yes does not answer the question about the size; --allow size does."""
    typed("send", "FILE", "--yes")
    site = sites.open_site(typed.root)
    outgoing.fill(site, outgoing.people(20, "example.com"))
    path = outgoing.edition(site, outgoing.EDITION.replace("Meeting 1", "Meeting 2"), stem="second")
    site.close()
    code, _, err = typed("send", str(path), "--yes")
    allowed, _, _ = typed("send", str(path), "--yes", "--allow", "size")

    assert code == 1
    assert "30 is more than twice the usual number (10)" in err
    assert "--allow size" in err
    assert allowed == 0
    assert len(peer.mails) == 40


def test_sent_twice(typed):
    """A second send of the same edition is refused with what to do instead."""
    typed("send", "FILE", "--yes")
    code, _, err = typed("send", "FILE", "--yes")

    assert code == 1
    assert f"{NAME} was sent before" in err
    assert "--missing" in err


def test_pause_resume_cancel(typed, peer):
    """Pause keeps a run from sending, resume lets it, cancel ends an edition for good."""
    typed("send", "FILE", "--yes", "--queue-only")
    _, paused, _ = typed("outbox", "pause", "--json")
    typed("outbox", "run", "--no-wait")
    before = len(peer.mails)
    typed("outbox", "resume", "FILE")
    typed("outbox", "pause", NAME)
    code, out, _ = typed("outbox", "cancel", NAME, "--yes", "--json")
    twice, _, err = typed("outbox", "cancel", NAME, "--yes")
    unknown, _, _ = typed("outbox", "cancel", "no/such", "--yes")

    assert json.loads(paused) == {"editions": [NAME]}
    assert before == 0
    assert code == 0
    assert json.loads(out)["skipped"] == {"held": 1, "cancelled": 10}
    assert (twice, unknown) == (1, 1)
    assert "cancelled already" in err


def test_unclear(typed, peer):
    """What is unclear is shown, and can be repeated or dropped."""
    site = sites.open_site(typed.root)
    outgoing.fill(site, ["x+dot-lost@example.org"])
    site.close()
    typed("send", "FILE", "--yes")
    _, out, _ = typed("outbox", "unclear")
    _, listed, _ = typed("outbox", "unclear", "--json")
    both, _, _ = typed("outbox", "unclear", "--repeat", "--drop")
    _, dropped, _ = typed("outbox", "unclear", "--drop", "--json")

    assert "x+dot-lost@example.org" in out
    assert len(json.loads(listed)["unclear"]) == 1
    assert both == 2
    assert json.loads(dropped) == {"dropped": 1}


def test_relay_trouble_is_one_line(typed, peer):
    """A relay that refuses us: one clear line, a hint, exit code 1, and JSON still tells the numbers."""
    peer.faults = ("mail-550",)
    code, out, err = typed("send", "FILE", "--yes", "--json")

    assert code == 1
    assert "newsletter: relay main: the sender address was refused: 550" in err
    assert "outbox run" in err
    assert (json.loads(out)["state"], json.loads(out)["due"]) == ("paused", 10)


def test_a_relay_that_is_down_is_one_line(typed, peer):
    """The program as a person starts it, without pytest's log: one clear line and a hint, nothing of the log."""
    toml = typed.root / "newsletter.toml"
    with smtp_peer.running() as gone:
        nobody = gone.port
    toml.write_text(toml.read_text().replace(f"port = {peer.port}", f"port = {nobody}"))
    words = ["--site", str(typed.root), "send", str(next(typed.root.rglob("*.md"))), "--yes"]

    said = subprocess.run([sys.executable, "-m", "newsletter", *words], capture_output=True, text=True)

    first, hint = said.stderr.strip().splitlines()
    assert said.returncode == 1
    assert first.startswith("newsletter: relay main: no connection: ")
    assert hint.startswith("  Nobody was marked as failed.")


def test_help_says_what_it_does(typed):
    """Each command has its help."""
    for words in (
        ["send"],
        ["outbox"],
        *(["outbox", one] for one in ("status", "run", "pause", "resume", "cancel", "unclear")),
    ):
        code, out, _ = typed(*words, "--help")
        assert code == 0
        assert "Usage: newsletter" in out
