"""An organiser adds one member: state, fields, ledger, what is refused, what is shown."""

import json
from datetime import date, timedelta

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import consent, members
from newsletter.store import ledger, suppressions
from tests.people import add_member, dump

SLUG = "south-hants-it"
DAY = date(2018, 6, 28)
PAPER = members.Basis("consent", "paper sheet", DAY, statement="signed at the door")
HOSTILE = ["x\r\nBcc: v@example.org", "x\nX: 1", "x\x00", "x\u2028y", "\u202egnp", "\udcff", "x" * 1_001]


def state(shown: dict, slug: str = SLUG) -> str:
    return next(found["state"] for found in shown["subscriptions"] if found["list"] == slug)


@pytest.mark.parametrize(
    ("basis", "expected"),
    [
        (PAPER, "attested"),
        (members.Basis("consent", "sheet", DAY, evidence=("scan.pdf", b"%PDF")), "attested"),
        (members.Basis("consent", "sheet", DAY), "held"),
        (members.Basis("consent", "", DAY, statement="x"), "held"),
        (members.Basis("consent", "sheet", None, statement="x"), "held"),
        (members.Basis("consent", "sheet", DAY - timedelta(days=200), statement="x"), "held"),
        (members.Basis("membership", "roll", until=date(2019, 1, 1)), "implied"),
        (members.Basis("membership", "roll"), "held"),
        (members.Basis("notice", "roll", until=date(2018, 6, 29)), "implied"),
    ],
)
def test_the_proof_decides_the_state(site: sites.Site, basis: members.Basis, expected: str) -> None:
    """Attested with source, date and proof; implied with source and end; held without."""
    shown = members.add(site, "ada@example.org", SLUG, basis)

    assert state(shown) == expected
    assert shown["added"] is True


def test_what_is_shown_of_a_member(site: sites.Site) -> None:
    """The keys that scripts rely on."""
    basis = members.Basis("membership", "roll", DAY, date(2019, 1, 1))
    members.add(site, "Ada@Example.ORG", SLUG, basis, name="Ada Lovelace", fields={"company": "Analytical"})

    assert members.show(site, "ada@EXAMPLE.org") == {
        "address": "Ada@example.org",
        "name": "Ada Lovelace",
        "first_name": "Ada",
        "fields": {"company": "Analytical"},
        "health": "ok",
        "health_reason": "",
        "health_since": None,
        "bounces": [],
        "suppressed": [],
        "subscriptions": [
            {
                "list": SLUG,
                "state": "implied",
                "since": "2018-06-28T00:00:00.000Z",
                "until": "2019-01-01",
                "basis": "membership",
            }
        ],
    }


def test_the_ledger_says_who_when_how_by_what_wording_and_evidence(site: sites.Site) -> None:
    """One event, with everything a regulator asks for."""
    members.add(
        site,
        "ada@example.org",
        SLUG,
        members.Basis("consent", "sheet", DAY, None, "at the door", ("a.pdf", b"%PDF")),
    )

    (event,) = ledger.of_member(site.store, 1)
    assert (event["step"], event["state"], event["actor"], event["channel"]) == (
        "attested",
        "attested",
        "organiser",
        "command",
    )
    assert (event["recorded_at"], event["effective_at"]) == (
        "2018-06-29T08:00:00.000Z",
        "2018-06-28T00:00:00.000Z",
    )
    assert ledger.wording(site.store, event["wording"]) == site.config.lists[SLUG].wording
    assert site.store.value("SELECT content FROM evidence WHERE hash = ?", (event["evidence"],)) == b"%PDF"
    assert json.loads(event["json"]) == {
        "address": "ada@example.org", "name": "", "by": "chair@example.org", "statement": "at the door", "source": "sheet",
    }  # fmt: skip


@pytest.mark.parametrize("before", ["attested", "held", "implied", "lapsed", "paused"])
def test_adding_again_raises_nobody(site: sites.Site, before: str) -> None:
    """Design 6: no import, form or command of an organiser raises a state; name and fields are filled where empty."""
    first = {
        "held": members.Basis("consent", ""),
        "implied": members.Basis("membership", "roll", until=date(2019, 1, 1)),
    }
    members.add(site, "ada@example.org", SLUG, first.get(before, PAPER), fields={"company": "Old"})
    if before == "paused":
        members.pause(site, "ada@example.org", date(2018, 8, 1))
    if before == "lapsed":
        with site.store.write():
            consent.take(site, 1, SLUG, "lapsed", consent.Proof("clock", "clock"))

    shown = members.add(
        site, "ada@example.org", SLUG, PAPER, name="Ada Lovelace", fields={"company": "New", "sector": "IT"}
    )

    assert (state(shown), shown["added"]) == (before, False)
    assert (shown["name"], shown["first_name"], shown["fields"]) == (
        "Ada Lovelace",
        "Ada",
        {"company": "Old", "sector": "IT"},
    )


def test_a_withdrawn_person_is_not_added_back(site: sites.Site) -> None:
    """T27: whatever proof is waved."""
    add_member(site, "ada@example.org", SLUG)
    members.leave(site, "ada@example.org", SLUG)
    before = dump(site)

    with pytest.raises(errors.RefusedError, match=r"ADA@example\.org left south-hants-it") as refused:
        members.add(site, "ADA@example.org", SLUG, PAPER)

    assert refused.value.hint == "Only they can come back, by signing up and confirming themselves."
    assert dump(site) == before


@pytest.mark.parametrize(
    ("scope", "spelt"),
    [("all", "ada+news@example.org"), ("all", "ada@example.org"), ("marketing", "ada@example.org")],
)
def test_a_suppressed_address_is_not_added(site: sites.Site, scope: str, spelt: str) -> None:
    """Also under another +tag, where the mailbox itself must not be mailed; nothing is written."""
    with site.store.write():
        suppressions.add(
            site.store, consent.macs(site, "ada@example.org"), scope, 0, "complaint", site.clock.iso()
        )
    before = dump(site)

    with pytest.raises(errors.RefusedError, match="is suppressed"):
        members.add(site, spelt, SLUG, PAPER)

    assert dump(site) == before


ROLES = (
    "postmaster abuse noreply no-reply webmaster hostmaster admin root mailer-daemon security owner list unsubscribe "
    "bounces nobody devnull spam noc Postmaster abuse+x"
).split()


@pytest.mark.parametrize("local", ROLES)
def test_an_address_of_a_job_is_refused(site: sites.Site, local: str) -> None:
    """T37: twenty of them; a person is behind none."""
    with pytest.raises(errors.RefusedError, match="belongs to a job, not to a person"):
        members.add(site, f"{local}@example.org", SLUG, PAPER)


def test_one_mailbox_in_two_spellings_is_one_member(site: sites.Site) -> None:
    """T36: the local part is matched without regard to case, the domain as A-label."""
    members.add(site, "Ada@bücher.example", SLUG, PAPER)

    shown = members.add(site, "ada@XN--BCHER-KVA.example", SLUG, PAPER)

    assert shown["address"] == "Ada@xn--bcher-kva.example"
    assert site.store.value("SELECT count(*) FROM member") == 1


@pytest.mark.parametrize("text", HOSTILE, ids=ascii)
@pytest.mark.parametrize("where", ["name", "first_name", "field", "source", "statement"])
def test_hostile_texts_are_refused_and_nothing_is_written(site: sites.Site, where: str, text: str) -> None:
    """T01: no control character enters by any option of `member add`."""
    basis = members.Basis(
        "consent",
        text if where == "source" else "sheet",
        DAY,
        statement=text if where == "statement" else "x",
    )
    more = (
        {where: text}
        if where in ("name", "first_name")
        else {"fields": {"company": text}}
        if where == "field"
        else {}
    )
    before = dump(site)

    with pytest.raises(errors.InputError, match=r"control character|characters long"):
        members.add(site, "ada@example.org", SLUG, basis, **more)

    assert dump(site) == before


@pytest.mark.parametrize("address", ["", "ada", "ada@", "@example.org", "a\r\nb@example.org", "a b@example.org", "x" * 10_000 + "@example.org",
                                     "<ada@example.org>", "Ada <ada@example.org>", "ada@example.org\x00", "ada@127.0.0.1"], ids=lambda text: ascii(text[:20]))  # fmt: skip
def test_what_is_no_address_is_refused(site: sites.Site, address: str) -> None:
    """The message quotes it, cut short and without its control characters."""
    with pytest.raises(errors.InputError, match="is no e-mail address") as refused:
        members.add(site, address, SLUG, PAPER)

    assert len(refused.value.message) < 400
    assert refused.value.message.isprintable()


def test_a_list_or_field_that_is_not_there(site: sites.Site) -> None:
    """Both errors name what there is."""
    with pytest.raises(errors.NotFoundError, match="there is no list 'nowhere'"):
        members.add(site, "ada@example.org", "nowhere", PAPER)
    with pytest.raises(errors.InputError, match="south-hants-it has no field 'shoe'") as refused:
        members.add(site, "ada@example.org", SLUG, PAPER, fields={"shoe": "42"})

    assert refused.value.hint == "Its fields: company, sector"
    assert site.store.value("SELECT count(*) FROM member") == 0


def test_a_scan_that_is_too_large_is_not_even_read(tmp_path) -> None:
    """A gigabyte as evidence would fill the database."""
    path = tmp_path / "scan.tiff"
    with path.open("wb") as stream:
        stream.truncate(1_000_000_000)

    with pytest.raises(errors.InputError, match=r"scan\.tiff has 1,000 MB, 20 are allowed"):
        members.read_evidence(path)
