"""Backup and restore: one file, for its owner only; a restore loses no withdrawal and sends nothing twice."""

import os
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.core.questions import Given
from newsletter.core.rsvps import Rsvp
from newsletter.service import (
    backups,
    booths,
    consent,
    forgetting,
    meetings,
    members,
    passes,
    questions,
    rsvps,
    sessions,
)
from newsletter.store import log, suppressions
from tests import conftest
from tests.people import add_member
from tests.service import evening, wondering

SLUG = "south-hants-it"
PAPER = members.Basis("consent", "paper sheet", given_on=conftest.NOW.date(), statement="by the chair")


def _join(site: sites.Site, address: str) -> None:
    members.add(site, address, SLUG, PAPER, name="Zoë Ward")


def _state(site: sites.Site, address: str) -> str:
    return str(members.show(site, address)["subscriptions"][0]["state"])


def test_a_backup_holds_the_whole_site_and_is_for_its_owner_only(site: sites.Site, tmp_path: Path) -> None:
    """Database, key, configuration and lists are in it; others on the machine cannot read it."""
    target = tmp_path / "backup.zip"

    names = backups.back_up(site, target)

    assert {"newsletter.db", "newsletter.key", "newsletter.toml", f"lists/{SLUG}/list.toml"} <= set(names)
    assert os.name != "posix" or target.stat().st_mode & 0o077 == 0


def test_the_key_can_stay_out(site: sites.Site, tmp_path: Path) -> None:
    """With --without-key a thief of the backup can make no link."""
    names = backups.back_up(site, tmp_path / "backup.zip", with_key=False)

    assert "newsletter.key" not in names


def test_a_backup_is_never_overwritten(site: sites.Site, tmp_path: Path) -> None:
    """A file of that name that is there already is left alone."""
    target = tmp_path / "backup.zip"
    target.write_text("last year's")

    with pytest.raises(errors.RefusedError, match="is there already"):
        backups.back_up(site, target)

    assert target.read_text() == "last year's"


def test_restoring_over_a_site_keeps_withdrawals_suppressions_and_erasures(
    site: sites.Site, tmp_path: Path, ticking: conftest.FixedClock
) -> None:
    """Who left, objected or was suppressed after the backup stays so; the ledger still verifies."""
    for name in ("left", "objected", "stays"):
        _join(site, f"{name}@example.org")
    backups.back_up(site, tmp_path / "backup.zip")
    members.leave(site, "left@example.org", SLUG)
    with site.store.write():
        row = members.find(site, "objected@example.org")
        consent.take(site, row["id"], SLUG, "objected", consent.Proof("person", "page"))
    _join(site, "joined.later@example.org")
    root = site.root
    site.close()

    found = backups.restore(root, tmp_path / "backup.zip", ticking)

    again = sites.open_site(root, running=ticking)
    assert (found.withdrawals, found.suppressions) == (2, 1)
    assert _state(again, "left@example.org") == "unsubscribed"
    assert _state(again, "objected@example.org") == "objected"
    assert _state(again, "stays@example.org") == "attested"
    assert [
        row["scope"] for row in suppressions.of(again.store, consent.macs(again, "objected@example.org"))
    ] == ["marketing"]
    assert consent.verify(again).ok
    assert found.kept is not None and (found.kept / "newsletter.db").exists()
    again.close()


def test_restoring_into_an_empty_folder_makes_a_working_site(
    site: sites.Site, tmp_path: Path, ticking: conftest.FixedClock
) -> None:
    """On a new machine the backup alone is enough; tokens made before still open."""
    _join(site, "ann@example.org")
    token = site.tokens.make("leave", 1, 1)
    backups.back_up(site, tmp_path / "backup.zip")

    found = backups.restore(tmp_path / "new machine", tmp_path / "backup.zip", ticking)

    again = sites.open_site(tmp_path / "new machine", running=ticking)
    assert _state(again, "ann@example.org") == "attested"
    assert again.tokens.read("leave", token) is not None
    assert found.kept is None
    again.close()


def test_a_backup_without_key_needs_the_key_beside_it(site: sites.Site, tmp_path: Path) -> None:
    """Without any key the links in sent mails would be dead, so the restore says what to do."""
    backups.back_up(site, tmp_path / "backup.zip", with_key=False)

    with pytest.raises(errors.ConfigError, match="without its key"):
        backups.restore(tmp_path / "new", tmp_path / "backup.zip")

    assert not (tmp_path / "new" / "newsletter.db").exists()


@pytest.mark.parametrize(
    "name", ["../outside", "lists/../../outside", "/etc/passwd", "secrets.txt", "lists//x"]
)
def test_a_hostile_archive_writes_nothing_outside(name: str, tmp_path: Path) -> None:
    """A name that no backup of ours has stops the restore before anything is unpacked there."""
    hostile = tmp_path / "hostile.zip"
    with zipfile.ZipFile(hostile, "w") as archive:
        archive.writestr(name, "x")

    with pytest.raises(errors.InputError, match="no backup of ours has"):
        backups.restore(tmp_path / "site", hostile)

    assert not (tmp_path / "outside").exists()


def test_a_damaged_database_in_the_backup_changes_nothing(site: sites.Site, tmp_path: Path) -> None:
    """The site that is there stays as it is when the backup's database is broken."""
    _join(site, "ann@example.org")
    broken = tmp_path / "broken.zip"
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("newsletter.db", b"no database at all" * 100)
        archive.write(site.root / "newsletter.toml", "newsletter.toml")
        archive.write(site.root / "newsletter.key", "newsletter.key")

    with pytest.raises(errors.StorageError, match="backup's database"):
        backups.restore(site.root, broken)

    assert _state(site, "ann@example.org") == "attested"


def test_a_restore_brings_no_session_and_no_link_back(site: sites.Site, tmp_path: Path) -> None:
    """Whoever was signed out since, and a booth's link that was taken back since, stay out: all of them have ended."""
    begun = sessions.begin(site, sessions.link(site, "chair@example.org").rpartition("/")[2])
    booth = passes.open_booth(site, SLUG).link.rpartition("/")[2]
    backups.back_up(site, tmp_path / "backup.zip")
    sessions.end_all(site, None)
    passes.take_back(site, lambda one: True)
    site.close()

    backups.restore(site.root, tmp_path / "backup.zip", site.clock)

    again = sites.open_site(site.root, running=site.clock)
    assert sessions.find(again, begun.secret) is None
    assert booths.look(again, SLUG, booth).state == "ended"
    again.close()


def test_what_people_answered_since_the_backup_stays(
    site: sites.Site, tmp_path: Path, ticking: conftest.FixedClock
) -> None:
    """A yes that became a no stays one; a question that was closed stays so, and its answers are nobody's again."""
    evening.meet(site)
    meeting, ada, ben = meetings.find(site, evening.SLUG)["id"], 1, 2
    wondering.ask(site, has_line=True)
    links = {member: wondering.token(site, member) for member in (ada, ben, 3)}
    questions.answer(site, links[ada], Given(1, "by Ada"))
    backups.back_up(site, tmp_path / "backup.zip")
    rsvps.write(site, meeting, ada, Rsvp("no"))
    questions.answer(site, links[ada], Given(2, "by Ada"))
    questions.answer(site, links[ben], Given(2))
    questions.close(site, "name")
    root = site.root
    site.close()

    backups.restore(root, tmp_path / "backup.zip", ticking)

    again = sites.open_site(root, running=ticking)
    assert {one["name"]: one["answer"] for one in rsvps.answers(again, evening.SLUG)["answers"]} == {
        "Ada Smith": "no", "Ben Smith": "maybe",
    }  # fmt: skip
    told = questions.show(again, "name")
    assert wondering.votes(again) == [0, 2, 0]
    assert (told["state"], told["answers"], told["lines"]) == ("closed", 2, ["by Ada"])
    assert again.store.value("SELECT count(*) FROM question_answer") == 0
    assert questions.close_due(again) == 0
    again.close()


def test_an_answer_to_an_open_question_stays(
    site: sites.Site, tmp_path: Path, ticking: conftest.FixedClock
) -> None:
    """Given or changed after the backup, it counts as it was given last."""
    ada, ben = (add_member(site, f"{name}@example.org", SLUG) for name in ("ada", "ben"))
    wondering.ask(site)
    questions.answer(site, wondering.token(site, ada), Given(1))
    backups.back_up(site, tmp_path / "backup.zip")
    ticking.moment += timedelta(hours=1)
    questions.answer(site, wondering.token(site, ada), Given(3))
    questions.answer(site, wondering.token(site, ben), Given(2))
    root = site.root
    site.close()

    backups.restore(root, tmp_path / "backup.zip", ticking)

    again = sites.open_site(root, running=ticking)
    assert wondering.votes(again) == [0, 1, 1]
    again.close()


@pytest.mark.parametrize("everything", [False, True])
def test_who_was_forgotten_comes_back_nowhere(
    site: sites.Site, tmp_path: Path, ticking: conftest.FixedClock, everything: bool
) -> None:
    """Neither address nor name nor what they wrote is in the restored database, whatever the backup held of them."""
    evening.meet(site)
    members.edit(site, "ada@example.org", name="Unforgettable Smith")
    rsvps.write(
        site, meetings.find(site, evening.SLUG)["id"], 1, Rsvp("yes", 0, "", "a note of hers", "no nuts")
    )
    wondering.ask(site, has_line=True)
    questions.answer(site, wondering.token(site, 1), Given(1, "a line of hers"))
    backups.back_up(site, tmp_path / "backup.zip")
    forgetting.forget(site, 1, "person", "page", everything=everything)
    root = site.root
    site.close()

    backups.restore(root, tmp_path / "backup.zip", ticking)

    again = sites.open_site(root, running=ticking)
    assert consent.verify(again).ok
    assert rsvps.answers(again, evening.SLUG)["people"] == 0
    again.close()
    content = (root / "newsletter.db").read_bytes()
    for trace in (b"ada@example.org", b"Unforgettable", b"a note of hers", b"no nuts", b"a line of hers"):
        assert trace not in content


def test_no_report_goes_twice_after_a_restore(
    site: sites.Site, tmp_path: Path, ticking: conftest.FixedClock
) -> None:
    """What organisers did and were told since the backup stays in the log, once."""
    backups.back_up(site, tmp_path / "backup.zip")
    with site.store.write():
        log.add(site.store, site.clock.iso(), "clock", "monthly report", "chair@example.org", "2018-06")
    root = site.root
    site.close()

    for _ in range(2):
        backups.restore(root, tmp_path / "backup.zip", ticking)
        ticking.moment += timedelta(minutes=1)

    again = sites.open_site(root, running=ticking)
    assert log.has(again.store, "monthly report", "chair@example.org", "2018-06")
    assert again.store.value("SELECT count(*) FROM log WHERE act = 'monthly report'") == 1
    again.close()
