"""The proof bundle: complete, readable, checkable without us, and harmless to open."""

import base64
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest

from newsletter import site as sites
from newsletter.core import errors, states, words
from newsletter.service import confirming, consent, forgetting, members, paper_phrases, proofs
from tests.conftest import LIST_TOML, FixedClock
from tests.service import asking
from tests.service.asking import SOUTH

MAIL = b"From: South Hants IT <chair@lists.example.org>\r\nTo: ada@example.org\r\n\r\nPlease confirm\r\n"


@pytest.fixture
def member(site: sites.Site, ticking: FixedClock) -> int:
    """Ada, who asked, got the mail a minute later, and confirmed after an hour."""
    asking.ask(site, "Ada@example.org", name="<b>Ada</b>")
    ticking.moment += timedelta(minutes=1)
    member = asking.number(site, "join")[1]
    with site.store.write():
        consent.keep_mail(site, member, MAIL, "250 2.0.0 accepted")
    ticking.moment += timedelta(hours=1)
    confirming.confirm(site, asking.token(site, "confirm", "join"))
    return member


@pytest.mark.usefixtures("member")
def test_it_holds_what_courts_asked_for(site: sites.Site) -> None:
    """Request with words and time to the second, the exact mail, the server's answer, the act and its delay."""
    files = proofs.make(site, "ada@example.org")

    told = json.loads(files["proof.json"])
    html = files["proof.html"].decode()
    assert [act["step"] for act in told["history"]] == ["requested", "mailed", "confirmed"]
    assert files["mails/2-confirm.eml"] == MAIL
    assert "2018-06-29 09:00:00 +0100 (Europe/London)" in html
    assert "250 2.0.0 accepted" in html
    assert "+ 1:00:00" in html
    (words,) = [name for name in files if name.startswith("wordings/")]
    assert hashlib.sha256(files[words]).hexdigest() == Path(words).stem
    assert told["chain"]["verdict"]["ok"] is True


@pytest.mark.usefixtures("member")
def test_its_own_program_verifies_it_and_notices_a_change(site: sites.Site, tmp_path: Path) -> None:
    """verify.py needs only Python; a changed letter in event, personal part or words is found."""
    proofs.write(site, "ada@example.org", tmp_path / "good")
    assert _verify(tmp_path / "good").returncode == 0

    for n, (find, put) in enumerate([("requested", "confirmed"), ("Ada@example.org", "Eve@example.org")]):
        proofs.write(site, "ada@example.org", tmp_path / f"bad{n}")
        file = tmp_path / f"bad{n}" / "proof.json"
        told = json.loads(file.read_text("utf-8"))
        event = told["chain"]["events"][0]
        key = "canonical" if find in event["canonical"] else "personal"
        event[key] = event[key].replace(find, put, 1)
        file.write_text(json.dumps(told), "utf-8")
        answer = _verify(tmp_path / f"bad{n}")
        assert answer.returncode == 1
        assert "event 1: DOES NOT FIT" in answer.stdout


def _verify(folder: Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(folder / "verify.py")], capture_output=True, text=True, check=False
    )


@pytest.mark.usefixtures("member")
def test_text_of_strangers_stays_text(site: sites.Site) -> None:
    """What was typed into a form cannot run in the reader's browser (T04)."""
    html = proofs.make(site, "ada@example.org")["proof.html"].decode()

    assert "<b>Ada" not in html
    assert "&lt;b&gt;Ada" in html
    assert "<script" not in html


@pytest.mark.usefixtures("member")
def test_the_folder_is_for_its_owner_and_names_nobody(
    site: sites.Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """File modes 0600 and 0700, no address in a file name, and nothing is ever overwritten."""
    monkeypatch.chdir(tmp_path)

    written = proofs.write(site, "ada@example.org")

    assert str(written.path) == "proof-2018-06-29-1"
    modes = {oct(file.stat().st_mode & 0o777) for file in written.path.rglob("*") if file.is_file()}
    assert modes == {"0o600"}
    assert written.path.stat().st_mode & 0o777 == 0o700
    assert not any("ada" in name for name in written.files)
    with pytest.raises(errors.UsageError, match="is there already"):
        proofs.write(site, "ada@example.org")


@pytest.mark.usefixtures("member")
def test_a_zip_is_written_once(site: sites.Site, tmp_path: Path) -> None:
    """A name that ends in .zip gives one file, for its owner alone."""
    file = tmp_path / "ada.zip"

    proofs.write(site, "ada@example.org", file)

    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(errors.UsageError, match="is there already"):
        proofs.write(site, "ada@example.org", file)


def test_paper_is_proved_by_its_scan(site: sites.Site) -> None:
    """The evidence lies in the bundle under a safe name, with statement and day of the paper."""
    basis = members.Basis(
        "consent",
        "sheet 3",
        date(2018, 6, 28),
        statement="the chair",
        evidence=("../../sheet 3.jpg", b"\xff\xd8scan"),
    )
    members.add(site, "ada@example.org", SOUTH, basis)

    files = proofs.make(site, "ada@example.org")

    (name,) = [name for name in files if name.startswith("evidence/")]
    assert name.endswith("-sheet-3.jpg")
    assert ".." not in name
    assert files[name] == b"\xff\xd8scan"
    assert b"2018-06-28" in files["proof.html"]


@pytest.mark.parametrize("language", ["de", "fr"])
def test_it_speaks_the_lists_language(make_site: Callable[..., sites.Site], language: str) -> None:
    """The page is in the language of the person's list."""
    site = make_site(SOUTH, list_toml=LIST_TOML + f'language = "{language}"\n')
    asking.join(site, "ada@example.org")

    html = proofs.make(site, "ada@example.org")["proof.html"].decode()

    assert f'<html lang="{language}">' in html
    assert {"de": "Nachweis der Einwilligung", "fr": "Preuve du consentement"}[language] in html


def test_a_stranger_and_a_forgotten_person_have_none(site: sites.Site) -> None:
    """The error says which of the two it is, and what to do."""
    member = asking.join(site, "ada@example.org")
    forgetting.forget(site, member, "person", "page", everything=False)

    with pytest.raises(errors.NotFoundError, match="was forgotten on 2018-06-29"):
        proofs.make(site, "ada@example.org")
    with pytest.raises(errors.NotFoundError, match="is not known"):
        proofs.make(site, "bob@example.org")


def test_a_broken_ledger_is_said_in_the_proof(site: sites.Site, member: int) -> None:
    """A proof never claims a chain that does not verify."""
    site.store.execute("DROP TRIGGER consent_unchanged")
    site.store.execute("UPDATE consent SET channel = 'paper' WHERE seq = 1")

    files = proofs.make(site, "ada@example.org")

    assert json.loads(files["proof.json"])["chain"]["verdict"]["first_bad"] == 1
    assert b"event 1 does not fit" in files["proof.html"]
    assert (
        base64.b64encode(MAIL).decode() in json.loads(files["proof.json"])["chain"]["events"][1]["personal"]
    )
    assert member == 1


def test_an_organisers_act_names_the_organiser_and_a_persons_names_nobody_else(site: sites.Site) -> None:
    """Who wrote a paper sign-up down is on file; an act of the person does not look like the chair's."""
    basis = members.Basis("consent", "sheet", date(2018, 6, 28), statement="the chair")
    members.add(site, "paper@example.org", SOUTH, basis)
    asking.join(site, "web@example.org")

    paper = proofs.make(site, "paper@example.org")["proof.html"].decode()
    web = json.loads(proofs.make(site, "web@example.org")["proof.json"])

    assert "<dt>Written down by</dt><dd>chair@example.org</dd>" in paper
    assert not any("by" in act["kept"] for act in web["history"])


@pytest.mark.parametrize("key", paper_phrases.of("en"))
def test_papers_speak_three_languages(key: str) -> None:
    """Every phrase is there in each of them, with the same places to fill."""
    places = [
        sorted(re.findall(r"{\w+}", paper_phrases.of(language)[key])) for language in ("en", "de", "fr")
    ]

    assert places[0] == places[1] == places[2]
    assert all(paper_phrases.of(language)[key] for language in ("en", "de", "fr"))


def test_every_step_and_state_has_its_words() -> None:
    """A new step cannot show its bare name to a person."""
    known = paper_phrases.of("en")

    assert all(f"step_{step}" in known for step in get_args(states.Step))
    assert all(f"state_{state}" in known for state in words.SUBSCRIPTION_STATES)
    assert all(f"actor_{actor}" in known for actor in get_args(words.Actor))
