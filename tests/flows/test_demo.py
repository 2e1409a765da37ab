"""The demo, through the real command: it ends by itself, nothing leaves the machine, and what it tells is true."""

import csv
import json
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest

COMMAND = [sys.executable, "-W", "error", "-m", "newsletter"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict]:
    """The folder of a finished demo, and its summary."""
    folder = tmp_path_factory.mktemp("demo") / "site"
    began = time.monotonic()
    answer = run("--json", "demo", "--dir", str(folder), "--no-serve")
    assert answer.returncode == 0, answer.stderr
    assert time.monotonic() - began < 20
    return folder, json.loads(answer.stdout)


def test_every_mail_is_a_file(told) -> None:
    """44 of 45 members got the recap: one mail a member, one recipient in each, none for the one refused."""
    folder, summary = told
    mails = [message_from_bytes(file.read_bytes()) for file in (folder / "caught").glob("*.eml")]

    assert summary["mails"] == len(mails) == 44
    assert len({mail["To"] for mail in mails}) == len({mail["Message-ID"] for mail in mails}) == 44
    assert not any("no.longer.here" in mail["To"] for mail in mails)
    assert all(mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" for mail in mails)


def test_the_member_has_left_and_the_bounce_is_counted(told) -> None:
    """What the story tells is what the site knows afterwards."""
    folder, _ = told
    left = json.loads(run("--site", str(folder), "--json", "member", "show", "zoe.muller@example.net").stdout)
    bounced = json.loads(run("--site", str(folder), "--json", "member", "show", "rob@example.com").stdout)

    assert left["subscriptions"][0]["state"] == "unsubscribed"
    assert (bounced["health"], bounced["subscriptions"][0]["state"]) == ("suspect", "attested")


def test_the_export_holds_those_on_the_list(told) -> None:
    """45 came in and one left: 44 are exported, the one who left is not; the file is its owner's alone."""
    folder, _ = told
    (file,) = folder.glob("*personal-data.csv")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))

    assert len(rows) == 44 and "zoe.muller@example.net" not in {row["email"] for row in rows}
    assert file.stat().st_mode & 0o077 == 0


def test_addresses_lie_in_reserved_domains(told) -> None:
    """RFC 2606: nobody real is in the cast."""
    folder, _ = told
    with (folder / "members.csv").open(encoding="utf-8", newline="") as stream:
        domains = {row["E-Mail"].replace("(at)", "@").partition("@")[2] for row in csv.DictReader(stream)}

    assert domains == {"example.org", "example.com", "example.net"}


def test_a_folder_with_something_in_it_is_refused(tmp_path: Path) -> None:
    """The demo never writes among other people's files."""
    (tmp_path / "letter.txt").write_text("mine")

    answer = run("demo", "--dir", str(tmp_path), "--no-serve")

    assert answer.returncode == 1 and "not empty" in answer.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


@pytest.fixture
def window(tmp_path: Path) -> Iterator[str]:
    """The address of a running demo's window on its mails; Ctrl-C ends it with exit code 0."""
    process = subprocess.Popen(
        [*COMMAND, "demo", "--dir", str(tmp_path / "site")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if found := re.search(r"(http://127\.0\.0\.1:\d+)/caught", line):
            break
    yield found[1]
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=15)
    assert process.returncode == 0 and "Traceback" not in err


def test_the_window_shows_the_mails_without_letting_them_act(window: str) -> None:
    """List, HTML in a sandboxed frame without scripts or forms, text, source; and the leave link works."""
    pages = {
        path: urllib.request.urlopen(window + path).read().decode()
        for path in ("/caught", "/caught/1", "/caught/1/text", "/caught/1/source")
    }
    with urllib.request.urlopen(window + "/caught/1") as answer:
        policy = answer.headers["Content-Security-Policy"]
    link = re.search(
        r"http://127\.0\.0\.1:\d+/leave/[a-z2-7]{40}", pages["/caught/1/source"].replace("=\r\n", "")
    )
    assert link is not None
    with urllib.request.urlopen(link[0]) as leave:
        shown = leave.read().decode()

    assert pages["/caught"].count("/caught/") == 44
    assert 'sandbox="allow-popups allow-popups-to-escape-sandbox"' in pages["/caught/1"]
    assert "srcdoc=" in pages["/caught/1"] and "allow-scripts" not in pages["/caught/1"]
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert "Dear " in pages["/caught/1/text"]
    assert "a****@example.org" in shown
    with pytest.raises(urllib.error.HTTPError) as missing:
        urllib.request.urlopen(window + "/caught/99")
    assert missing.value.code == 404
    missing.value.close()
