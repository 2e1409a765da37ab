"""What comes back is counted for the right delivery by its token, once, and by nothing else."""

import json
import mailbox
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import tokens
from newsletter.service import members, returns
from tests.conftest import FixedClock
from tests.people import add_member, add_message, dump

MAILS = Path(__file__).parent.parent / "mails"
SAMPLE_TOKEN = b"aeaaaaabaaaaaaln42i37ubqyz7rf5mbcsdrseyn"
HARD = "dsn-postfix-hard-5.1.1"


@pytest.fixture
def ada(site: sites.Site) -> int:
    """Ada, who was sent message 1."""
    member = add_member(site, "ada@example.org", "south-hants-it")
    send(site, member)
    return member


def send(site: sites.Site, member: int) -> int:
    """One more message to a member, as sent just now; return its number."""
    message = add_message(site, "south-hants-it")
    with site.store.write():
        site.store.execute(
            "INSERT INTO delivery (message, member, address, state, changed_at) VALUES (?,?,'x','sent',?)",
            (message, member, site.clock.iso()),
        )
    return message


def report(site: sites.Site, message: int, member: int, name: str = HARD, note: bytes = b"") -> bytes:
    """A sample report with the token of a delivery in it."""
    token = site.tokens.make("return", message, member).encode()
    data = (MAILS / f"{name}.eml").read_bytes().replace(SAMPLE_TOKEN, token)
    return data.replace(b"Subject: Undelivered", b"X-Note: " + note + b"\r\nSubject: Undelivered")


def rows(site: sites.Site) -> list[tuple[int, int, str, str]]:
    found = site.store.rows("SELECT message, member, kind, status FROM bounce ORDER BY id")
    return [tuple(row) for row in found]


def test_a_bounce_counts_for_its_delivery(site: sites.Site, ada: int) -> None:
    """B1, B8: the token says which message and member; one hard report makes the address suspect, not dead."""
    taken = returns.take(site, report(site, 1, ada))

    assert (taken.kind, taken.done) == ("hard", f"counted for member {ada}")
    assert rows(site) == [(1, ada, "hard", "5.1.1")]
    shown = members.show(site, "ada@example.org")
    assert shown["health"] == "suspect"
    assert shown["subscriptions"][0]["state"] == "attested"


def test_the_same_report_counts_once(site: sites.Site, ada: int) -> None:
    """B10, T23: a hundred copies, also with other header fields, are one bounce."""
    for number in range(100):
        returns.take(site, report(site, 1, ada, note=b"%d" % (number // 2)))

    assert len(rows(site)) == 1


def test_two_mails_on_two_days_make_it_dead(site: sites.Site, ada: int, ticking: FixedClock) -> None:
    """B9: the second mail that comes back hard on another day ends it; no mail goes there any more."""
    returns.take(site, report(site, 1, ada))
    ticking.moment += timedelta(days=1)
    returns.take(site, report(site, send(site, ada), ada))

    assert members.show(site, "ada@example.org")["health"] == "dead"


def test_a_mail_that_arrived_between_resets(site: sites.Site, ada: int, ticking: FixedClock) -> None:
    """B9: a mail that did not come back within five days shows that the address lives."""
    returns.take(site, report(site, 1, ada))
    ticking.moment += timedelta(days=1)
    send(site, ada)
    ticking.moment += timedelta(days=30)
    returns.take(site, report(site, send(site, ada), ada))

    assert members.show(site, "ada@example.org")["health"] == "suspect"


def test_policy_harms_no_address(site: sites.Site, ada: int) -> None:
    """B9: what refuses our mail is kept, and says nothing of the person."""
    returns.take(site, report(site, 1, ada, "dsn-blocked-policy-5.7.1"))

    assert rows(site) == [(1, ada, "policy", "5.7.1")]
    assert members.show(site, "ada@example.org")["health"] == "ok"


def _changed(token: str) -> str:
    return token[:-1] + ("b" if token.endswith("a") else "a")


@pytest.mark.parametrize(
    "change",
    [
        lambda site, ada: SAMPLE_TOKEN.decode(),
        lambda site, ada: site.tokens.make("return", 99, ada),
        lambda site, ada: site.tokens.make("undo", 1, ada),
        lambda site, ada: _changed(site.tokens.make("return", 1, ada)),
        lambda site, ada: tokens.Tokens(
            (tokens.Key(1, "token", b"x" * 32), tokens.Key(1, "suppression", b"x" * 32))
        ).make("return", 1, ada),
    ],
    ids=["foreign", "never sent", "other purpose", "changed", "other key"],
)
def test_a_forged_report_changes_nothing(site: sites.Site, ada: int, change) -> None:
    """B8, T23: a report about Ada's very address, without a token of ours: no bounce, no change of health."""
    data = (MAILS / f"{HARD}.eml").read_bytes().replace(SAMPLE_TOKEN, change(site, ada).encode())

    taken = returns.take(site, data)

    assert "not counted" in taken.done
    assert rows(site) == [] and members.show(site, "ada@example.org")["health"] == "ok"


def test_the_token_decides_not_the_address(site: sites.Site, ada: int) -> None:
    """P9: Ben's token in a report that names Ada counts for Ben alone."""
    ben = add_member(site, "ben@example.org", "south-hants-it")
    message = send(site, ben)

    returns.take(site, report(site, message, ben))

    assert rows(site) == [(message, ben, "hard", "5.1.1")]
    assert members.show(site, "ada@example.org")["health"] == "ok"


def test_an_old_token_proves_nothing(site: sites.Site, ada: int, ticking: FixedClock) -> None:
    """T23: a report about a mail sent more than 14 days ago is a replay: no bounce, a hint to the organiser."""
    data = report(site, 1, ada)
    ticking.moment += timedelta(days=15)

    taken = returns.take(site, data)

    assert "14 days ago: not counted" in taken.done
    assert rows(site) == [] and members.show(site, "ada@example.org")["health"] == "ok"


@pytest.mark.parametrize("name", ["dsn-delayed-other-4.4.1", "vacation-autoreply", "forwarded-report-other"])
def test_what_is_no_failure_changes_nobody(site: sites.Site, ada: int, name: str) -> None:
    """B5, T23: delays, vacation replies and forwarded reports are no bounces, even with a good token."""
    returns.take(site, report(site, 1, ada, name))

    assert rows(site) == []


def test_a_bad_mail_is_kept_for_a_person(site: sites.Site, ada: int) -> None:
    """B11: unreadable mail changes nothing, not even the list of arrivals."""
    before = dump(site)

    taken = returns.take(site, b"X: " + b"a" * 2_000_000)

    assert (taken.kind, taken.readable) == ("other", False) and "header" in taken.reason
    assert dump(site) == before


def run(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "newsletter", *arguments], input=stdin, capture_output=True, timeout=60,
        env={**os.environ, "NEWSLETTER_NOW": "2018-06-29T09:00:00Z"},
    )  # fmt: skip


def test_dry_run_needs_no_site_and_prints_one_object_a_mail(tmp_path: Path) -> None:
    """Design 7: keys and kinds, a file as given, an mbox from standard input, one bad mail among good ones."""
    bad = tmp_path / "bad.eml"
    bad.write_bytes(b"X: " + b"a" * 100_000)
    box = b"".join(
        b"From x Fri Jun 29 09:00:00 2018\n"
        + (MAILS / f"{name}.eml").read_bytes().replace(b"\r\n", b"\n")
        + b"\n"
        for name in (HARD, "human-other")
    )
    arguments = [
        "--site",
        str(tmp_path),
        "receive",
        "--dry-run",
        "--json",
        str(bad),
        str(MAILS / "dsn-full-soft-5.2.2.eml"),
        "-",
    ]

    answer = run(*arguments, stdin=box)

    found = [json.loads(line) for line in answer.stdout.splitlines()]
    assert answer.returncode == 0, answer.stderr
    assert [one["kind"] for one in found] == ["other", "soft", "hard", "other"]
    assert set(found[0]) == {"file", "kind", "recipients", "status", "reason"}
    assert found[1] | {"reason": ""} == {
        "file": str(MAILS / "dsn-full-soft-5.2.2.eml"), "kind": "soft", "recipients": ["ada@example.org"],
        "status": "5.2.2", "reason": "",
    }  # fmt: skip
    assert found[2]["file"] == "-"


def test_a_maildir_is_read_once_and_the_unreadable_is_flagged(site: sites.Site, ada: int) -> None:
    """Taken mails are marked seen, an unreadable one is flagged for a person, a second run reads nothing."""
    folder = site.root / "returns"
    box = mailbox.Maildir(folder)
    box.add(report(site, 1, ada))
    box.add(b"X: " + b"a" * 100_000)
    site.store.connection.execute("PRAGMA wal_checkpoint")

    first = json.loads(run("--site", str(site.root), "receive", "--json").stdout)
    second = json.loads(run("--site", str(site.root), "receive", "--json").stdout)

    assert (first["read"], first["counted"], second["read"]) == (2, 1, 0)
    assert rows(site) == [(1, ada, "hard", "5.1.1")]
    assert sorted(file.name.partition(":2,")[2] for file in (folder / "cur").iterdir()) == ["FS", "S"]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["receive", "--dry-run"], "nothing to read"),
        (["receive", "--dry-run", "none.eml"], "none.eml"),
        (["receive", "--maildir", "."], "Maildir"),
    ],
)
def test_wrong_use_is_one_clear_line(site: sites.Site, arguments: list[str], word: str) -> None:
    """What is missing is said, without a traceback."""
    answer = run("--site", str(site.root), *arguments)

    assert answer.returncode in (1, 2)
    assert word in answer.stderr.decode() and b"Traceback" not in answer.stderr
