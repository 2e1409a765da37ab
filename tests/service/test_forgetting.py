"""Forgetting: the database file itself holds no trace, the chain stays whole, and the keyed hash does its duty."""

import dataclasses
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import consent, forgetting, members, mypage, together
from newsletter.store import log
from tests import people
from tests.conftest import LIST_TOML
from tests.service import asking
from tests.service.asking import SOUTH

ADDRESS, NAME = "Zacharias.Quillfeather@example.org", "Zacharias Quillfeather"


def traces(opened: sites.Site, *words: str) -> list[str]:
    """Files of the site that hold one of the words, in any case."""
    found = []
    for file in sorted(opened.root.glob("newsletter.db*")):
        content = file.read_bytes().lower()
        found += [f"{file.name}: {word}" for word in words if word.lower().encode() in content]
    return found


def known_everywhere(opened: sites.Site) -> int:
    """A member whose name and address stand wherever they can."""
    sheet = f"name,email\n{NAME},{ADDRESS}\nEve,eve@example.org\n".encode()
    basis = members.Basis(
        "consent", "paper sheet", date(2018, 6, 28), statement=f"{NAME} signed", evidence=("sheet.csv", sheet)
    )
    members.add(opened, ADDRESS, SOUTH, basis, name=NAME, fields={"company": "Quillfeather Ltd"})
    members.add(opened, "eve@example.org", SOUTH, dataclasses.replace(basis, statement="Eve signed"))
    member = int(members.find(opened, ADDRESS)["id"])
    mypage.change(opened, asking.fresh(opened, member), f"{NAME} jr", {"company": "Quillfeather & Sons"})
    mypage.move(opened, asking.fresh(opened, member), "zacharias@quillfeather.example")
    with opened.store.write():
        consent.keep_mail(opened, member, f"To: {ADDRESS}".encode(), "250 ok")
        log.add(opened.store, opened.clock.iso(), "chair", "member export", ADDRESS, f"asked by {ADDRESS}")
        opened.store.execute(
            "INSERT INTO bounce (at, message, member, kind, status, text) VALUES ('2018', 1, ?, 'hard', '5.1.1', ?)",
            (member, f"<{ADDRESS}> unknown"),
        )
        opened.store.execute("INSERT INTO batch (list, at, by, file) VALUES (1, '2018', 'chair', 'x.csv')")
        opened.store.execute(
            "INSERT INTO batch_member (batch, member, is_new, before) VALUES (1, ?, 0, ?)", (member, NAME)
        )
    return member


@pytest.mark.parametrize("everything", [False, True])
def test_the_file_holds_no_trace(site: sites.Site, everything: bool) -> None:
    """Address, name and fields are gone from database, write-ahead log and free pages (T31)."""
    member = known_everywhere(site)
    site.store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert traces(site, "quillfeather", "zacharias")

    forgotten = forgetting.forget(site, member, "person", "page", everything=everything)

    assert traces(site, "quillfeather", "zacharias") == []
    assert forgotten.scans == ()
    assert consent.verify(site).ok
    assert "eve@example.org" in "\n".join(people.dump(site))


def test_the_keyed_hash_keeps_everybody_out(site: sites.Site) -> None:
    """No organiser and no form brings the address back."""
    member = asking.join(site, ADDRESS)

    forgetting.forget(site, member, "person", "page", everything=False)

    with pytest.raises(errors.RefusedError, match="is suppressed"):
        people.add_member(site, ADDRESS, SOUTH)
    asking.ask(site, ADDRESS)
    assert site.store.value("SELECT count(*) FROM delivery WHERE due_at IS NOT NULL") == 0


def test_everything_keeps_nothing(site: sites.Site) -> None:
    """No hash, no count of mails: the person is a stranger and may come back."""
    member = asking.join(site, ADDRESS)

    forgetting.forget(site, member, "person", "page", everything=True)

    assert site.store.value("SELECT count(*) FROM suppression") == 0
    assert site.store.value("SELECT count(*) FROM rate_asked") == 0
    assert site.store.value("SELECT count(*) FROM request") == 0
    assert asking.join(site, ADDRESS) != member


def test_forgetting_twice_is_no_error(site: sites.Site) -> None:
    """The second time there is nobody, and nothing changes."""
    member = asking.join(site, ADDRESS)
    forgetting.forget(site, member, "person", "page", everything=False)
    before = people.dump(site)

    forgetting.forget(site, member, "person", "page", everything=False)

    assert people.dump(site) == before


def test_what_is_queued_for_a_forgotten_person_does_not_go(site: sites.Site) -> None:
    """Mail that waits is skipped, and an edition's numbers still add up: the row stays."""
    member = asking.join(site, ADDRESS)
    rows = site.store.value("SELECT count(*) FROM delivery")

    forgetting.forget(site, member, "organiser", "command", everything=False)

    states = [row["state"] for row in site.store.rows("SELECT state FROM delivery")]
    assert states == ["skipped"] * rows


def test_a_scan_that_shows_others_is_named(site: sites.Site) -> None:
    """A picture cannot be blackened by a program: the organiser is told which one to look at."""
    scan = ("sheet 3.jpg", b"\xff\xd8\xff\xe0 no text \x80\x81")
    basis = members.Basis("consent", "paper sheet", date(2018, 6, 28), statement="chair", evidence=scan)
    for address in ("ada@example.org", "eve@example.org"):
        members.add(site, address, SOUTH, basis)
    row = members.find(site, "ada@example.org")

    assert forgetting.forget(site, row["id"], "organiser", "command", everything=False).scans == (
        "sheet 3.jpg",
    )
    row = members.find(site, "eve@example.org")
    assert forgetting.forget(site, row["id"], "organiser", "command", everything=False).scans == ()
    assert site.store.value("SELECT content FROM evidence") == b""
    assert consent.verify(site).ok


def test_all_lists_are_forgotten_at_once(make_site: Callable[..., sites.Site], tmp_path: Path) -> None:
    """Every subscription ends as erased, each with its event."""
    site = make_site(SOUTH, "other", list_toml=LIST_TOML)
    member = asking.join(site, ADDRESS, SOUTH, "other")

    forgetting.forget(site, member, "person", "page", everything=False)

    assert [asking.state(site, member, slug) for slug in (SOUTH, "other")] == ["erased", "erased"]
    steps = [row["step"] for row in site.store.rows("SELECT step FROM consent ORDER BY seq")]
    assert steps == ["requested", "requested", "confirmed", "confirmed", "erased", "erased"]


def test_forgetting_in_a_shared_commit_is_shredded_after_it(site: sites.Site) -> None:
    """The pages commit several acts together; once that has ended, shredding leaves no trace."""
    member = asking.join(site, ADDRESS, name=NAME)
    fresh = asking.fresh(site, member)

    together.run(site, [lambda opened: mypage.forget(opened, fresh, everything=False)])
    forgetting.shred(site)

    assert traces(site, "quillfeather", "zacharias") == []
