"""An import is a plan first, then all or nothing; it raises nobody's state and empties no field."""

import dataclasses
import json
import re
import sqlite3
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import consent, forgetting, import_apply, imports, members
from newsletter.store import subscriptions
from tests import conftest, people

SLUG = "south-hants-it"
PROVED: dict[str, Any] = {
    "source": "paper sheet",
    "given_on": date(2018, 6, 28),
    "statement": "the chair, by hand",
}
VERDICTS = ("new", "changed", "same", "left", "held", "suppressed", "bad")


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """Write a CSV with these lines under the header email,name,company."""

    def write(*lines: str, header: str = "email,name,company", name: str = "people.csv") -> Path:
        file = tmp_path / name
        file.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
        return file

    return write


def asked(file: Path, **told: Any) -> imports.Request:
    return imports.Request(file, SLUG, **(told or PROVED))


def counts(plan: imports.Plan) -> dict[str, int]:
    """The verdicts that were given, and a check that they add up."""
    found = {verdict: getattr(plan, verdict) for verdict in VERDICTS}
    assert sum(found.values()) == plan.rows
    return {verdict: count for verdict, count in found.items() if count}


def state(site: sites.Site, address: str, slug: str = SLUG) -> str:
    """The state of an address on the list; '' for none."""
    row = members.find(site, address)
    found = subscriptions.get(site.store, site.store.list_ids[slug], row["id"])
    return found["state"] if found else ""


def test_a_plan_writes_nothing(site: sites.Site, put: Callable[..., Path]) -> None:
    """Without --apply the database stays as it was, letter by letter."""
    before = people.dump(site)

    found = imports.plan(site, asked(put("ann@example.org,Ann,ACME", "nonsense,Bob,")))

    assert people.dump(site) == before
    assert counts(found) == {"new": 1, "bad": 1}
    assert (found.batch, found.applied) == (None, False)


def test_applying_adds_members_with_proof(site: sites.Site, put: Callable[..., Path]) -> None:
    """Consent with source, day and statement comes in attested; name, first name and fields with it."""
    found = imports.apply(site, asked(put("Ann@Example.org,Ann Lee,ACME", "zoë@münchen.de,Zoë,")))

    shown = members.show(site, "ann@example.org")
    assert counts(found) == {"new": 2}
    assert (found.batch, found.applied) == (1, True)
    assert (shown["name"], shown["fields"], state(site, "zoë@münchen.de")) == (
        "Ann Lee",
        {"company": "ACME"},
        "attested",
    )
    assert shown["subscriptions"][0]["since"] == "2018-06-28T00:00:00.000Z"
    assert consent.verify(site).ok


def test_each_persons_ledger_event_says_where_they_came_from(
    site: sites.Site, put: Callable[..., Path]
) -> None:
    """The payload holds address, name, file, line and statement; the event the wording and the evidence by hash."""
    evidence = put("scan", name="sheet.txt")
    imports.apply(site, asked(put('ann@example.org,"Ann ""A"" Lee",'), **PROVED, evidence=evidence))

    row = site.store.row("SELECT * FROM consent JOIN consent_payload USING (seq)")
    kept = site.store.row("SELECT * FROM evidence")
    assert row is not None and kept is not None
    assert json.loads(row["json"]) == {
        "address": "ann@example.org", "by": "chair@example.org", "file": "people.csv", "line": 2,
        "name": 'Ann "A" Lee', "source": "paper sheet", "statement": "the chair, by hand",
    }  # fmt: skip
    assert (row["step"], row["actor"], row["channel"], row["batch"]) == ("attested", "import", "import", 1)
    assert (kept["hash"], kept["content"]) == (row["evidence"], evidence.read_bytes())
    assert site.store.value("SELECT text FROM wording WHERE hash = ?", (row["wording"],)).startswith(
        "Yes, the South"
    )


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, "held"),
        ({"source": "x", "given_on": date(2018, 6, 28)}, "held"),
        ({"source": "x", "statement": "y"}, "held"),
        ({"statement": "y", "given_on": date(2018, 6, 28)}, "held"),
        ({"source": "x", "statement": "y", "given_on": date(2017, 12, 1)}, "held"),
        ({"source": "x", "statement": "y", "given_on": date(2018, 2, 1)}, "attested"),
        ({"basis": "membership", "source": "register"}, "held"),
        ({"basis": "membership", "source": "register", "until": date(2018, 6, 1)}, "held"),
        ({"basis": "membership", "source": "register", "until": date(2019, 3, 31)}, "implied"),
        ({"basis": "membership", "until": date(2019, 3, 31)}, "held"),
    ],
)  # fmt: skip
def test_the_state_follows_from_what_is_told(
    site: sites.Site, put: Callable[..., Path], told: dict[str, Any], expected: str
) -> None:
    """Consent wants source, fresh day and proof, membership source and end; whoever lacks them is held."""
    found = imports.apply(site, imports.Request(put("ann@example.org,Ann,"), SLUG, **told))

    assert state(site, "ann@example.org") == expected
    assert counts(found) == {"held" if expected == "held" else "new": 1}
    assert bool(found.notes) == (expected == "held")


def test_opt_in_columns_are_proof_and_day(site: sites.Site, put: Callable[..., Path]) -> None:
    """A row's own opt-in time counts, row by row; without one, or with an old one, the row is held."""
    file = put(
        "ann@example.org,2018-05-01 10:00:00,2018-05-02 11:00:00",
        "bob@example.org,2018-04-01 10:00:00,",
        "cy@example.org,,",
        "di@example.org,2016-04-01 10:00:00,",
        "eve@example.org,1/4/18,",
        header="Email Address,OPTIN_TIME,CONFIRM_TIME",
    )

    found = imports.apply(site, asked(file, source="Mailchimp"))

    assert counts(found) == {"new": 2, "held": 3}
    assert members.show(site, "ann@example.org")["subscriptions"][0]["since"] == "2018-05-02T00:00:00.000Z"
    assert members.show(site, "bob@example.org")["subscriptions"][0]["since"] == "2018-04-01T00:00:00.000Z"
    assert [state(site, f"{who}@example.org") for who in ("cy", "di", "eve")] == ["held"] * 3
    assert consent.verify(site).ok


def test_an_import_never_raises_a_state(site: sites.Site, put: Callable[..., Path]) -> None:
    """Whoever left, objected, is held or asked stays as they are, whatever the file claims."""
    for who in ("ann", "bob"):
        people.add_member(site, f"{who}@example.org", SLUG)
    members.leave(site, "ann@example.org", SLUG)
    with site.store.write():
        bob = members.find(site, "bob@example.org")["id"]
        consent.take(site, bob, SLUG, "objected", consent.Proof("person", "page"))
    members.add(site, "cy@example.org", SLUG, members.Basis("consent", ""))

    found = imports.apply(
        site, asked(put("ann@example.org,Ann,", "bob@example.org,Bob,", "cy@example.org,,"))
    )

    assert counts(found) == {"left": 2, "same": 1}
    assert [state(site, f"{who}@example.org") for who in ("ann", "bob", "cy")] == [
        "unsubscribed",
        "objected",
        "held",
    ]
    assert found.batch is None


def test_a_suppressed_address_stays_out(
    make_site: Callable[..., sites.Site], put: Callable[..., Path]
) -> None:
    """Who objected on one list is not brought to another; with scope all, not by a tag either."""
    site = make_site(SLUG, "other")
    ann = people.add_member(site, "ann@example.org", "other")
    with site.store.write():
        consent.take(site, ann, "other", "objected", consent.Proof("person", "page"))
        macs = consent.macs(site, "bob@example.org")
        site.store.execute("INSERT INTO suppression VALUES (?, 'all', 0, 'complaint', 'now')", (macs[0],))

    found = imports.plan(
        site, asked(put("ann@example.org,,", "bob@example.org,,", "bob+x@example.org,,", "cy@example.org,,"))
    )

    assert counts(found) == {"suppressed": 3, "new": 1}


def test_filled_fields_are_changed_but_never_emptied(site: sites.Site, put: Callable[..., Path]) -> None:
    """A file brings new values to known members; an empty cell says nothing."""
    members.add(
        site,
        "ann@example.org",
        SLUG,
        members.Basis("consent", ""),
        name="Ann Lee",
        fields={"company": "ACME"},
    )
    file = put("ann@example.org,,law", header="email,name,sector")

    found = imports.apply(site, asked(file))
    again = imports.apply(site, asked(file))

    shown = members.show(site, "ann@example.org")
    assert (counts(found), counts(again)) == ({"changed": 1}, {"same": 1})
    assert (shown["name"], shown["fields"]) == ("Ann Lee", {"company": "ACME", "sector": "law"})


def test_a_first_name_of_its_own_survives_a_file_without_one(
    site: sites.Site, put: Callable[..., Path]
) -> None:
    """Robert who wants to be called Bob stays Bob; a first name cut out of the name follows the name."""
    members.add(
        site, "bob@example.org", SLUG, members.Basis("consent", ""), name="Robert X", first_name="Bob"
    )
    members.add(site, "ann@example.org", SLUG, members.Basis("consent", ""), name="Anne X")

    imports.apply(site, asked(put("bob@example.org,Robert Hart,", "ann@example.org,Ann Lee,")))

    assert members.find(site, "bob@example.org")["first_name"] == "Bob"
    assert members.find(site, "ann@example.org")["first_name"] == "Ann"


def test_a_member_of_another_list_is_new_on_this_one(
    make_site: Callable[..., sites.Site], put: Callable[..., Path]
) -> None:
    """One person, one row: the import only adds the subscription and what the member lacks."""
    site = make_site(SLUG, "other")
    member = people.add_member(site, "ann@example.org", "other")

    found = imports.apply(site, asked(put("ANN@example.org,Ann Lee,ACME")))

    row = members.find(site, "ann@example.org")
    assert counts(found) == {"new": 1}
    assert (row["id"], row["name"], row["address"]) == (member, "Ann Lee", "ann@example.org")
    assert (state(site, "ann@example.org"), state(site, "ann@example.org", "other")) == (
        "attested",
        "attested",
    )


def test_every_bad_line_is_named(site: sites.Site, put: Callable[..., Path]) -> None:
    """Bad addresses, jobs, our own addresses, doubles, shifted columns and hostile names, each with line and reason."""
    file = put(
        "ann@example.org,Ann,",
        "ann@@example.org,Ann,",
        ",Bob,",
        "postmaster@example.org,P,",
        "chair@lists.example.org,C,",
        "bounces+x@lists.example.org,B,",
        "ANN@example.org,Again,",
        "cy@example.org,Lee, Cy,extra",
        "di@example.org,\u202egnp.exe,",
        f"eve@example.org,{'x' * 201},",
        'fay@example.org,"Fay\ngus@example.org,Gus",',
        "hal@gmial.com,Hal,",
        "'=1+1@example.org,'=cmd,",
    )

    found = imports.plan(site, asked(file))

    reasons = {line: reason for line, _, reason in imports.bad_lines(site)}
    assert counts(found) == {"new": 3, "bad": 10}
    for line, words in {
        3: "is no e-mail address",
        4: "no e-mail address in this line",
        5: "belongs to a job",
        6: "one of this site's own addresses",
        7: "one of this site's own addresses",
        8: "the same address as in line 2",
        9: "the line has 4 values, but there are 3 columns",
        10: r"the name holds a control character \(U\+202E\)",
        11: "the name is 201 characters long, 200 are allowed",
        12: "a quote seems to be left open here",
    }.items():
        assert re.search(words, reasons[line]), reasons[line]
    assert found.slips == (("gmial.com", "gmail.com", 1, 14),)


def test_line_breaks_in_a_name_become_blanks(site: sites.Site, put: Callable[..., Path]) -> None:
    """A cell with a line break is one line afterwards: no header can be smuggled in."""
    imports.apply(site, asked(put('ann@example.org,"Ann\r\nBcc: x",')))

    assert members.find(site, "ann@example.org")["name"] == "Ann Bcc: x"


def test_listmonks_attributes_fill_the_lists_fields(site: sites.Site, put: Callable[..., Path]) -> None:
    """JSON attributes are taken apart; blocklisted people stay out, attributes that are no JSON are a bad line."""
    file = put(
        'ann@example.org,Ann,"{""Company"": ""ACME"", ""x"": 1}",enabled',
        'bob@example.org,Bob,"{}",blocklisted',
        'cy@example.org,Cy,"[[[",enabled',
        header="email,name,attributes,status",
    )

    found = imports.apply(site, asked(file))

    assert counts(found) == {"new": 1, "left": 1, "bad": 1}
    assert members.show(site, "ann@example.org")["fields"] == {"company": "ACME"}
    assert site.store.value("SELECT count(*) FROM member") == 1


def test_unsure_statuses_come_in_held(site: sites.Site, put: Callable[..., Path]) -> None:
    """Somebody who never confirmed in the old system is not made a member by the move."""
    found = imports.plan(
        site, asked(put("ann@example.org,pending", "bob@example.org,ok", header="email,status"))
    )

    assert counts(found) == {"new": 1, "held": 1}


def test_a_file_of_unsubscribed_people_brings_nobody_in(site: sites.Site, put: Callable[..., Path]) -> None:
    """Mailchimp's export of who left has their old opt-in times too: the time of leaving decides."""
    file = put(
        "ann@example.org,2018-05-01 10:00:00,2018-06-01 10:00:00",
        "bob@example.org,2018-05-01 10:00:00,",
        header="Email Address,OPTIN_TIME,UNSUB_TIME",
    )

    assert counts(imports.plan(site, asked(file, source="Mailchimp"))) == {"left": 1, "new": 1}


def test_of_doubled_lines_the_one_that_left_decides(site: sites.Site, put: Callable[..., Path]) -> None:
    """If one of two lines of an address says unsubscribed, the person stays out."""
    file = put("ann@example.org,subscribed", "ann@example.org,unsubscribed", header="email,status")

    assert counts(imports.plan(site, asked(file))) == {"left": 1, "bad": 1}


def test_those_who_left_an_old_system_are_kept_out_for_ever(
    site: sites.Site, put: Callable[..., Path]
) -> None:
    """--as left records a withdrawal, of members and of strangers, and keeps no more than the address."""
    people.add_member(site, "ann@example.org", SLUG)
    file = put("ann@example.org,Ann,", "bob@example.org,Bob,ACME")

    found = imports.apply(site, asked(file, leavers="left"))
    again = imports.apply(site, asked(file, leavers="left"))
    later = imports.plan(site, asked(file))

    assert (counts(found), counts(again), counts(later)) == (
        {"changed": 1, "new": 1},
        {"same": 2},
        {"left": 2},
    )
    assert [state(site, f"{who}@example.org") for who in ("ann", "bob")] == ["unsubscribed"] * 2
    assert members.find(site, "bob@example.org")["name"] == ""
    assert consent.verify(site).ok


def test_those_who_objected_are_suppressed_on_all_lists(
    make_site: Callable[..., sites.Site], put: Callable[..., Path]
) -> None:
    """--as objected ends every subscription of the person and suppresses the address for marketing."""
    site = make_site(SLUG, "other")
    people.add_member(site, "ann@example.org", "other")
    people.add_member(site, "cy@example.org", SLUG, "other")
    file = put("ann@example.org,,", "bob@example.org,,", "cy@example.org,,")

    found = imports.apply(site, asked(file, leavers="objected"))

    assert counts(found) == {"new": 2, "changed": 1}
    assert [state(site, f"{who}@example.org") for who in ("ann", "bob", "cy")] == ["objected"] * 3
    assert [state(site, f"{who}@example.org", "other") for who in ("ann", "cy")] == ["objected"] * 2
    assert consent.suppression_scope(site, "bob@example.org", 1) == "marketing"
    assert consent.verify(site).ok


def test_a_membership_is_carried_on_by_a_later_end(site: sites.Site, put: Callable[..., Path]) -> None:
    """The register of the next year moves the end date; an earlier end changes nothing."""
    file = put("ann@example.org,Ann,")
    register = {"basis": "membership", "source": "register"}
    imports.apply(site, asked(file, **register, until=date(2019, 3, 31)))

    later = imports.apply(site, asked(file, **register, until=date(2020, 3, 31)))
    earlier = imports.plan(site, asked(file, **register, until=date(2019, 6, 30)))

    assert (counts(later), counts(earlier)) == ({"changed": 1}, {"same": 1})
    assert members.show(site, "ann@example.org")["subscriptions"][0]["until"] == "2020-03-31"


def test_an_import_is_all_or_nothing(
    site: sites.Site, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """When writing stops half way (here: the disk is full), the database is as before and the import can be repeated."""
    file = put(*(f"member{number}@example.org,M,ACME" for number in range(2_000)))
    before = people.dump(site)

    def full(*_: Any) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(import_apply.batches, "subscribe", full)
        with pytest.raises(errors.StorageError, match="the disk is full, nothing was changed"):
            imports.apply(site, asked(file))

    assert people.dump(site) == before
    assert counts(imports.apply(site, asked(file))) == {"new": 2_000}


def test_what_happened_since_the_plan_is_not_overrun(site: sites.Site, put: Callable[..., Path]) -> None:
    """Applying judges again: whoever left between plan and import stays out."""
    file = put("ann@example.org,Ann,")
    people.add_member(site, "ann@example.org", SLUG)
    assert counts(imports.plan(site, asked(file))) == {"changed": 1}
    members.leave(site, "ann@example.org", SLUG)

    assert counts(imports.apply(site, asked(file))) == {"left": 1}


def test_the_bulk_payload_is_the_ledgers_own_form(site: sites.Site, put: Callable[..., Path]) -> None:
    """Payloads that the import writes by hand are the text that chain.payload_text would give."""
    from newsletter.core import chain

    imports.apply(site, asked(put('ann@example.org,"A ""q"" \\ é",')))

    text = site.store.value("SELECT json FROM consent_payload")
    assert text == chain.payload_text(json.loads(text))


def test_fields_are_stored_as_the_store_writes_them(site: sites.Site, put: Callable[..., Path]) -> None:
    """The quick JSON of an import is the text that editing a member writes: else all rows would seem changed."""
    file = put('ann@example.org,"A ""q"" é, x",it', header="email,company,sector")
    imports.apply(site, asked(file))
    before = members.find(site, "ann@example.org")["fields"]

    members.edit(site, "ann@example.org", fields={"company": 'A "q" é, x'})

    assert members.find(site, "ann@example.org")["fields"] == before


def test_ids_of_members_and_events_belong_together(
    make_site: Callable[..., sites.Site], put: Callable[..., Path]
) -> None:
    """However known and new people are mixed, every event and subscription is that of its own member."""
    site = make_site(SLUG, "other")
    for number in range(0, 40, 3):
        people.add_member(site, f"m{number}@example.org", "other")
    found = imports.apply(
        site, asked(put(*(f"m{number}@example.org,N {number}," for number in range(40, -1, -1))))
    )

    rows = site.store.rows("""SELECT m.address, m.name, p.json FROM consent c JOIN consent_payload p USING (seq)
      JOIN member m ON m.id = c.member JOIN subscription s ON s.member = m.id AND s.consent = c.seq
      WHERE c.batch = 1""")
    assert counts(found) == {"new": 41}
    assert len(rows) == 41
    assert all(
        (row["address"], row["name"]) == (json.loads(row["json"])["address"], json.loads(row["json"])["name"])
        for row in rows
    )


def test_a_day_in_the_future_is_wrong_use(site: sites.Site, put: Callable[..., Path]) -> None:
    """Consent cannot have been given tomorrow."""
    with pytest.raises(errors.UsageError, match="--date 2018-07-28 is in the future"):
        imports.plan(site, dataclasses.replace(asked(put("ann@example.org,,")), given_on=date(2018, 7, 28)))


def test_an_unknown_list_is_refused(site: sites.Site, put: Callable[..., Path]) -> None:
    """The error names the lists there are."""
    with pytest.raises(errors.NotFoundError, match="there is no list 'nowhere'") as caught:
        imports.plan(site, dataclasses.replace(asked(put("ann@example.org,,")), slug="nowhere"))

    assert SLUG in caught.value.hint


def test_another_process_may_write_while_a_file_is_read(
    site: sites.Site, put: Callable[..., Path], tmp_path: Path
) -> None:
    """Reading and judging a file takes no write lock."""
    other = sites.open_site(site.root, running=conftest.FixedClock())
    done: list[int] = []

    def write_elsewhere(_what: str, _done: int, _total: int) -> None:
        done.append(people.add_member(other, f"m{len(done)}@elsewhere.example.org", SLUG))

    imports.plan(site, asked(put(*(f"m{n}@example.org,," for n in range(10_000)))), write_elsewhere)
    other.close()

    assert done


def test_a_locked_database_is_said_in_one_line(site: sites.Site, put: Callable[..., Path]) -> None:
    """While another program holds the write lock nothing is written, and the error says so."""
    other = sites.open_site(site.root, running=conftest.FixedClock())
    site.store.wait_at_most(0.1)
    with (
        other.store.write(),
        pytest.raises(errors.StorageError, match="the database is in use by another program"),
    ):
        imports.apply(site, asked(put("ann@example.org,Ann,")))
    other.close()

    assert site.store.value("SELECT count(*) FROM member") == 0


def test_a_forgotten_mailbox_stays_out_in_every_spelling(site: sites.Site, put: Callable[..., Path]) -> None:
    """Who said "never again" is not brought back by a dot more in a Google address."""
    member = people.add_member(site, "ada.lovelace@gmail.com", SLUG)
    forgetting.forget(site, member, "person", "page", everything=False)
    file = put("a.dalovelace@googlemail.com,Ada,", "a.dalovelace@example.org,Ada,")

    plan = imports.apply(site, imports.Request(file, SLUG, **PROVED))

    assert (plan.suppressed, plan.new) == (1, 1)
