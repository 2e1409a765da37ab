"""newsletter member: one person at a time, by the command."""

import pytest

ADA = [
    "member",
    "add",
    "ada@example.org",
    "--list",
    "south-hants-it",
    "--name",
    "Ada Lovelace",
    "--field",
    "company=Analytical",
]
PROOF = ["--source", "sheet", "--date", "2018-06-28", "--statement", "the chair, at the door"]


@pytest.fixture
def at(folder, call, monkeypatch):
    """The command at one site, at the time of the story."""
    monkeypatch.setenv("NEWSLETTER_NOW", "2018-06-29T08:00:00Z")
    monkeypatch.setenv("NEWSLETTER_SITE", str(folder))
    return call


def test_adding_shows_where_the_person_stands(at) -> None:
    """Attested with proof; the answer is what `member show` says."""
    said = at(*ADA, *PROOF)

    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "ada@example.org  Ada Lovelace",
        "  company: Analytical",
        "  south-hants-it: attested since 2018-06-28 (consent)",
    ]
    assert at("member", "show", "ada@example.org").out == said.out


def test_adding_without_proof_says_what_held_means(at) -> None:
    """On stderr, so that stdout stays the answer; adding again with proof raises nobody and says so."""
    first = at(*ADA)
    again = at(*ADA, *PROOF)

    assert "south-hants-it: held" in first.out
    assert first.err.startswith("Held: no mail goes to them")
    assert "south-hants-it: held" in again.out
    assert (
        again.err.splitlines()[0]
        == "Was on south-hants-it before and stays held: adding somebody again raises no state."
    )


def test_a_membership_with_its_end(at) -> None:
    """Implied until that day."""
    said = at("member", "add", "ada@example.org", "--list", "south-hants-it", "--basis", "membership", "--source", "roll", "--until", "2019-01-01")  # fmt: skip

    assert "  south-hants-it: implied since 2018-06-29 until 2019-01-01 (membership)" in said.out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--field", "company"], "'company' is not NAME=VALUE"), (["--field", "shoe=42"], "south-hants-it has no field 'shoe'"),
        (["--date", "28.6.2018"], "is no day; write it as YYYY-MM-DD"), (["--basis", "interest"], "'interest' is not one of"),
        (["--evidence", "nowhere.pdf"], "'nowhere.pdf' does not exist"),
    ],
)  # fmt: skip
def test_options_that_cannot_be(at, words: list[str], told: str) -> None:
    """Told with what is wrong; nobody is added."""
    said = at(*ADA, *words)

    assert said.code in (1, 2)
    assert told in said.err
    assert at("member", "find", "ada").err == "Nobody found.\n"


def test_finding_listing_editing(at) -> None:
    """One line a person; an edit answers with the person as changed."""
    at(*ADA, *PROOF)
    at("member", "add", "bob@example.org", "--list", "south-hants-it")

    assert at("member", "find", "love").out == f"{'ada@example.org':<40} Ada Lovelace\n"
    assert [
        line.split()[:3] for line in at("member", "list", "--list", "south-hants-it").out.splitlines()
    ] == [
        ["ada@example.org", "attested", "2018-06-28"],
        ["bob@example.org", "held", "2018-06-29"],
    ]
    assert len(at("member", "list", "--list", "south-hants-it", "--state", "held").out.splitlines()) == 1
    edited = at("member", "edit", "bob@example.org", "--name", "Böll, Bob", "--address", "bobby@example.org")
    assert edited.out.splitlines()[0] == "bobby@example.org  Böll, Bob"
    assert at("member", "find", "b", "--limit", "0").code == 2
    assert at("member", "list", "--list", "south-hants-it", "--state", "helt").code == 2


def test_pausing_and_leaving(at) -> None:
    """Both say where the person stands then; coming back is not for an organiser."""
    at(*ADA, *PROOF)

    assert (
        "paused since 2018-06-28 until 2018-09-01"
        in at("member", "pause", "ada@example.org", "--until", "2018-09-01").out
    )
    assert "unsubscribed since" in at("member", "leave", "ada@example.org", "--reason", "by phone").out
    said = at(*ADA, *PROOF)
    assert said.code == 1
    assert said.err.splitlines() == [
        "newsletter: ada@example.org left south-hants-it",
        "  Only they can come back, by signing up and confirming themselves.",
    ]


def test_merging_asks_first(at) -> None:
    """Without a terminal the answer is no, unless --yes says so."""
    at(*ADA, *PROOF)
    at("member", "add", "ada@example.com", "--list", "south-hants-it")

    refused = at("member", "merge", "ada@example.org", "ada@example.com")
    assert (refused.code, refused.out) == (1, "")
    assert "add --yes" in refused.err
    assert "attested" in at("member", "show", "ada@example.org").out

    assert at("--yes", "member", "merge", "ada@example.org", "ada@example.com").code == 0
    assert "unsubscribed" in at("member", "show", "ada@example.org").out


def test_the_ledger_verifies_and_says_where_not(at, folder) -> None:
    """0 and its head; 1 and the number of the first event that does not fit."""
    import sqlite3

    at(*ADA, *PROOF)
    good = at("ledger", "verify")
    assert good.code == 0
    assert good.out.startswith("The ledger is whole: 1 events, head ")

    with sqlite3.connect(folder / "newsletter.db") as connection:
        connection.execute("UPDATE consent_payload SET json = '{}'")
    connection.close()

    bad = at("ledger", "verify")
    assert (bad.code, bad.out) == (1, "Event 1 does not fit: its personal part was changed.\n")
    told = at("ledger", "verify", "--json")
    assert (told.code, told.json["ok"], told.json["first_bad"]) == (1, False, 1)
