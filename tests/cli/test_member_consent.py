"""newsletter member proof and forget, newsletter key rotate: as typed."""

import zipfile
from pathlib import Path

import pytest

PROOF = ["--source", "sheet", "--date", "2018-06-28", "--statement", "the chair, at the door"]


@pytest.fixture
def at(folder, call, monkeypatch):
    """The command at one site with one member, at the time of the story."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2018-06-29T08:00:00Z")
    monkeypatch.setenv("NEWSLETTER_SITE", str(folder))
    call("member", "add", "ada@example.org", "--list", "south-hants-it", *PROOF)
    return call


def test_a_proof_is_a_folder_that_says_where_to_begin(at, tmp_path: Path) -> None:
    """Its files are named in JSON, too; what is there already is never overwritten."""
    said = at("--json", "member", "proof", "Ada@example.org", "--output", tmp_path / "p")
    again = at("member", "proof", "ada@example.org", "--output", tmp_path / "p")

    assert said.json["output"] == str(tmp_path / "p")
    assert said.json["chain_ok"] is True
    assert {"proof.html", "proof.json", "verify.py"} < set(said.json["files"])
    assert all((tmp_path / "p" / name).is_file() for name in said.json["files"])
    assert again.code == 2
    assert "is there already" in again.err


def test_a_proof_is_a_zip_where_the_name_says_so(at, tmp_path: Path) -> None:
    """One file, which holds the same."""
    said = at("member", "proof", "ada@example.org", "--output", tmp_path / "p.zip")

    assert said.out.endswith("files. Begin with proof.html.\n")
    assert "proof.html" in zipfile.ZipFile(tmp_path / "p.zip").namelist()


def test_nobody_has_no_proof(at) -> None:
    """One clear line and what to do."""
    said = at("member", "proof", "bob@example.org")

    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines() == [
        "newsletter: bob@example.org is not known to this site",
        "  Look it up: newsletter member find WORD",
    ]


def test_forgetting_asks_first(at) -> None:
    """Without a terminal and without --yes the answer is no, and nothing changes."""
    said = at("member", "forget", "ada@example.org")

    assert said.code == 1
    assert "Forget ada@example.org for good" in said.err
    assert "Nothing was changed." in said.err
    assert at("member", "show", "ada@example.org").code == 0


def test_forgetting_keeps_a_hash_by_default(at) -> None:
    """The answer says what stays; the address cannot be added again."""
    said = at("--yes", "--json", "member", "forget", "ada@example.org")
    again = at("member", "add", "ada@example.org", "--list", "south-hants-it", *PROOF)

    assert said.json == {"forgotten": True, "kept_hash": True, "scans": []}
    assert at("member", "show", "ada@example.org").code == 1
    assert again.code == 1
    assert "ada@example.org is suppressed" in again.err


def test_forgetting_everything_keeps_nothing(at) -> None:
    """The address is a stranger's and can be added again."""
    assert (
        at("--yes", "member", "forget", "ada@example.org", "--everything").out
        == "Forgotten; nothing at all stays.\n"
    )
    assert at("member", "add", "ada@example.org", "--list", "south-hants-it", *PROOF).code == 0


def test_rotating_adds_a_key(at) -> None:
    """The newest signs; without --yes nothing happens."""
    assert at("key", "rotate").code == 1
    assert at("--yes", "--json", "key", "rotate").json == {"newest": 2, "keys": 2}
    assert "newsletter backup FILE" in at("--yes", "key", "rotate").out
    assert at("--json", "ledger", "verify").json["ok"] is True


def test_check_tells_what_will_lapse(at, monkeypatch) -> None:
    """Sleeping consents are named by list, with what to do."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2020-03-01T08:00:00Z")

    findings = at("--json", "check").json["findings"]

    (found,) = [one for one in findings if one["rule"] == "dormant"]
    assert found["where"] == "south-hants-it"
    assert "lapses 731 days after the last one" in found["text"]
