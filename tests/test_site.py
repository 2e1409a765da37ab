"""A site is opened: its key and database are made once, for one pair of eyes, and never quietly replaced."""

import base64
import os
import shutil
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import errors, tokens
from tests.conftest import NEWSLETTER_TOML, write_site


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def opened_and_closed(folder: Path, **more: str) -> sites.Site:
    found = sites.open_site(folder, **more)
    found.close()
    return found


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_key_and_database_are_made_for_the_owner_alone(tmp_path: Path, umask: int) -> None:
    """T32: mode 0600 at once, whatever the umask; so are the journal files beside the database."""
    folder = write_site(tmp_path / "site")
    before = os.umask(umask)
    try:
        opened = sites.open_site(folder)
        modes = {
            path.name: mode(path)
            for path in folder.iterdir()
            if path.name.startswith(("newsletter.db", "newsletter.key"))
        }
        opened.close()
    finally:
        os.umask(before)

    assert {"newsletter.db", "newsletter.key"} <= set(modes)
    assert set(modes.values()) == {0o600}, modes


def test_a_database_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    """T32: a chmod 644 is mended at the next start."""
    folder = write_site(tmp_path / "site")
    opened_and_closed(folder)
    (folder / "newsletter.db").chmod(0o644)

    opened_and_closed(folder)

    assert mode(folder / "newsletter.db") == 0o600


def test_opening_again_keeps_the_key(tmp_path: Path) -> None:
    """A link made today is good tomorrow."""
    folder = write_site(tmp_path / "site")
    token = opened_and_closed(folder).tokens.make("leave", 3, 4)

    assert opened_and_closed(folder).tokens.read("leave", token) == tokens.Token(1, 3, 4)


def test_nothing_but_key_and_database_appears(tmp_path: Path) -> None:
    """No half-made file stays behind."""
    folder = write_site(tmp_path / "site")

    opened_and_closed(folder)

    assert sorted(path.name for path in folder.iterdir()) == [
        "lists",
        "newsletter.db",
        "newsletter.key",
        "newsletter.toml",
    ]


def test_a_database_without_its_key_is_an_error(tmp_path: Path) -> None:
    """A new key would break every link in sent mails and forget every suppression, so none is made."""
    folder = write_site(tmp_path / "site")
    opened_and_closed(folder)
    (folder / "newsletter.key").unlink()

    with pytest.raises(
        errors.ConfigError, match=r"newsletter\.db is there but newsletter\.key is not"
    ) as refused:
        sites.open_site(folder)

    assert refused.value.hint == "Put newsletter.key back from your backup."
    assert not (folder / "newsletter.key").exists()


GOOD = base64.b64encode(bytes(32)).decode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty or cut short"),
        ("\n\n", "is empty or cut short"),
        (f"1 token {GOOD}\n", "lacks a token key or its one suppression key"),
        (f"1 suppression {GOOD}\n", "lacks a token key or its one suppression key"),
        (f"1 token {GOOD}\n1 suppression {GOOD}\n2 suppression {GOOD}\n", "lacks a token key or its one suppression key"),
        (f"1 token {GOOD[:20]}\n1 suppression {GOOD}\n", "is empty or cut short"),
        (f"1 token {GOOD[:-1]}\n", "cannot be read: Incorrect padding"),
        (f"0 token {GOOD}\n1 suppression {GOOD}\n", "is empty or cut short"),
        (f"256 token {GOOD}\n1 suppression {GOOD}\n", "is empty or cut short"),
        (f"one token {GOOD}\n", "cannot be read: invalid literal"),
        ("1 token\n", "cannot be read: not enough values"),
        ("1 token ääää\n", "cannot be read: 'ascii' codec"),
        ("\x00" * 100, "cannot be read: not enough values"),
    ],
)  # fmt: skip
def test_a_damaged_key_file_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    """T08: a start with an empty, cut or mangled key is refused, and the file stays as it is."""
    folder = write_site(tmp_path / "site")
    (folder / "newsletter.key").write_text(text, encoding="utf-8")

    with pytest.raises(errors.ConfigError) as refused:
        sites.open_site(folder)

    assert f"newsletter.key {reason}" in refused.value.message
    assert GOOD[:20] not in refused.value.message
    assert (folder / "newsletter.key").read_text("utf-8") == text
    assert not (folder / "newsletter.db").exists()


def test_a_key_never_shows(tmp_path: Path) -> None:
    """The secret stays out of whatever prints a key."""
    key = tokens.Key(1, "token", b"s" * 32)

    assert repr(key) == "Key(1, token, ...)"


_OPEN_AT_ONCE = """
import sys, time
from pathlib import Path
from newsletter import site
while time.time() < float(sys.argv[2]):
    pass
opened = site.open_site(Path(sys.argv[1]))
print(opened.tokens.make("leave", 1, 2), opened.store.list_ids["south-hants-it"])
opened.close()
"""


@pytest.mark.parametrize("attempt", range(3))
def test_three_processes_that_open_a_new_site_at_once_agree(tmp_path: Path, attempt: int) -> None:
    """One key, one schema, one list: whoever comes second takes what the first has made."""
    folder = write_site(tmp_path / "site")
    begin = str(datetime.now(UTC).timestamp() + 1.0)
    call = [sys.executable, "-c", _OPEN_AT_ONCE, str(folder), begin]

    started = [
        subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    answers = [process.communicate(timeout=60) for process in started]

    assert [process.returncode for process in started] == [0, 0, 0], answers
    assert len({out for out, _ in answers}) == 1
    token = answers[0][0].split()[0]
    assert opened_and_closed(folder).tokens.read("leave", token) is not None


def test_where_hard_links_are_missing_the_key_is_made_too(tmp_path: Path, monkeypatch) -> None:
    """FAT and some network file systems know no links."""

    def no_links(*_paths: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    folder = write_site(tmp_path / "site")

    opened_and_closed(folder)

    assert mode(folder / "newsletter.key") == 0o600


def test_the_clock_of_a_story_starts_where_it_is_told(tmp_path: Path, monkeypatch) -> None:
    """NEWSLETTER_NOW on a site that reaches nobody."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2018-06-29T08:00:00+01:00")

    opened = opened_and_closed(write_site(tmp_path / "site"))

    passed = (opened.clock.now() - datetime(2018, 6, 29, 7, 0, tzinfo=UTC)).total_seconds()
    assert 0 <= passed < 60


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            'host = "127.0.0.1"\nport = 2525\nsecurity = "none"',
            'host = "smtp.example.org"\nport = 587\nsecurity = "tls"',
        ),
        ("http://127.0.0.1:8000", "https://lists.example.org"),
    ],
    ids=["relay", "base_url"],
)
def test_a_story_is_refused_where_mail_could_leave(tmp_path: Path, monkeypatch, old: str, new: str) -> None:
    """A wrong clock on a real site would expire consents and date mails falsely."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2018-06-29T08:00:00Z")
    assert old in NEWSLETTER_TOML

    with pytest.raises(
        errors.ConfigError, match="NEWSLETTER_NOW is set, but this site can reach other machines"
    ):
        sites.open_site(write_site(tmp_path / "site", toml=NEWSLETTER_TOML.replace(old, new)))


@pytest.mark.parametrize("text", ["yesterday", "2018-06-29", "2018-06-29T08:00:00"])
def test_a_story_needs_a_time_with_its_zone(tmp_path: Path, monkeypatch, text: str) -> None:
    """RFC 3339: date, time and offset."""
    monkeypatch.setenv("NEWSLETTER_NOW", text)

    with pytest.raises(errors.ConfigError, match="NEWSLETTER_NOW is no RFC 3339 time"):
        sites.open_site(write_site(tmp_path / "site"))


def test_who_acts(tmp_path: Path, monkeypatch) -> None:
    """The name given, else NEWSLETTER_ORGANISER, else the site's contact."""
    folder = write_site(tmp_path / "site")

    assert opened_and_closed(folder).organiser == "chair@example.org"
    monkeypatch.setenv("NEWSLETTER_ORGANISER", "secretary@example.org")
    assert opened_and_closed(folder).organiser == "secretary@example.org"
    assert opened_and_closed(folder, organiser="treasurer@example.org").organiser == "treasurer@example.org"


def test_who_acts_is_one_line(tmp_path: Path) -> None:
    """It is written into the ledger and the log."""
    with pytest.raises(errors.UsageError, match=r"--by holds a control character \(U\+000A\)"):
        sites.open_site(write_site(tmp_path / "site"), organiser="a\nb")


def test_an_unknown_list_is_named_with_those_there_are(site: sites.Site) -> None:
    """A slip in the slug is seen at a glance."""
    with pytest.raises(errors.NotFoundError, match="there is no list 'south-hant'") as refused:
        site.mailing_list("south-hant")

    assert refused.value.hint == "Lists of this site: south-hants-it"


def test_a_list_keeps_its_number_when_its_folder_goes_and_comes_back(tmp_path: Path) -> None:
    """Subscriptions and tokens hang on the number."""
    folder = write_site(tmp_path / "site", "one", "two")
    first = opened_and_closed(folder).store.list_ids
    shutil.move(folder / "lists" / "one", tmp_path / "one")

    without = opened_and_closed(folder)
    shutil.move(tmp_path / "one", folder / "lists" / "one")

    assert set(without.config.lists) == {"two"}
    assert without.store.list_ids == first == opened_and_closed(folder).store.list_ids
