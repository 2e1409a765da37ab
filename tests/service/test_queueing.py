"""Queueing: who gets it and who stays out and why, each row complete, all or nothing."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsletter.core import clock, errors, rules, words
from newsletter.service import queueing
from newsletter.store import audience
from tests import conftest
from tests.service import outgoing

SLUG = "south-hants-it"


def rows(site):
    return {row["address"]: row for row in site.store.rows("SELECT * FROM delivery")}


def test_each_row_is_complete(site):
    """A queued row holds address, shape, values and date as they are then, and is due now."""
    outgoing.fill(site, ["ann@example.org"])
    plan = outgoing.queue(site)

    row = rows(site)["ann@example.org"]
    values = json.loads(row["vals"])
    assert (plan.audience, plan.recipients) == (1, 1)
    assert (row["state"], row["due_at"], row["dated_at"]) == ("due", site.clock.iso(), site.clock.iso())
    assert values["first_name"] == "Ann"
    assert values["since"] == "29 June 2018"
    assert values["date"] == "Fri, 29 Jun 2018 09:00:00 +0100"


def test_who_stays_out_and_why(site):
    """Everybody of the list but requested and erased has a row; who may not get it is skipped with the reason."""
    expected = {
        "confirmed": None, "attested": None, "implied": None, "held": "held", "paused": "paused", "lapsed": "lapsed",
        "unsubscribed": "left", "objected": "objected",
    }  # fmt: skip
    for state in (*expected, "requested", "erased"):
        outgoing.fill(site, [f"{state}@example.org"], state=state)
    outgoing.fill(site, ["dead@example.org", "hushed@example.org", "over@example.org", "back@example.org"])
    site.store.execute("UPDATE member SET health = 'dead' WHERE address LIKE 'dead@%'")
    site.store.execute(
        "INSERT INTO suppression (mac, scope, reason, at) SELECT mac, 'all', 'complaint', '' FROM member WHERE address LIKE 'hushed@%'"
    )
    site.store.execute(
        "UPDATE subscription SET until = '2018-06-01' WHERE member = (SELECT id FROM member WHERE address LIKE 'over@%')"
    )
    site.store.execute(
        "UPDATE subscription SET state = 'paused', before = 'confirmed', paused_until = '2018-06-28' WHERE member = (SELECT id FROM member WHERE address LIKE 'back@%')"
    )
    plan = outgoing.queue(site)

    found = {address.partition("@")[0]: row["reason"] for address, row in rows(site).items()}
    assert found == expected | {"dead": "dead", "hushed": "suppressed", "over": "lapsed", "back": None}
    assert plan.recipients == 4
    assert plan.audience == 12 == outgoing.numbers(site).audience
    assert sum(plan.skipped.values()) == 8
    assert all(row["vals"] is None and row["due_at"] is None for row in rows(site).values() if row["reason"])


def test_several_lists_one_copy(make_site):
    """A member of several lists gets one copy, by the first list that may mail them; the shape knows all of those."""
    site = make_site("one", "two")
    outgoing.fill(site, ["both@example.org", "left@example.org", "one@example.org"], "one")
    outgoing.fill(site, ["two@example.org"], "two")
    list_two, list_one = site.store.list_ids["two"], site.store.list_ids["one"]
    for name in ("both", "left"):
        site.store.execute(
            "INSERT INTO subscription (list, member, state, since, consent) SELECT ?, id, 'attested', ?, 0 FROM member WHERE address LIKE ?",
            (list_two, site.clock.iso(), f"{name}@%"),
        )
    site.store.execute(
        "UPDATE subscription SET state = 'unsubscribed' WHERE list = ? AND member = (SELECT id FROM member WHERE address LIKE 'left@%')",
        (list_one,),
    )
    text = outgoing.EDITION.replace("subject", 'lists = ["one", "two"]\nsubject', 1)
    plan = queueing.queue(site, outgoing.edition(site, text, "one"), queueing.Order())

    found = {address.partition("@")[0]: row for address, row in rows(site).items()}
    assert plan.recipients == 4
    assert {name: row["list"] for name, row in found.items()} == {
        "both": list_one,
        "left": list_two,
        "one": list_one,
        "two": list_two,
    }
    shapes = json.loads(site.store.value("SELECT frozen FROM message"))["shapes"]
    assert {name: shapes[row["shape"]][:3] for name, row in found.items()} == {
        # Whoever confirmed needs not be told where the address came from.
        "both": [["one", "two"], "confirmed", False], "left": [["two"], "attested", True],
        "one": [["one"], "confirmed", False], "two": [["two"], "confirmed", False],
    }  # fmt: skip


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**9))
def test_sql_and_gate_agree(make_site, seed):
    """Whatever states, healths, suppressions and dates meet: the rows say what the gate says of each member by itself."""
    chance = random.Random(seed)
    site = make_site(
        "one", "two", list_toml=conftest.LIST_TOML + ('confirm = "always"\n' if seed % 2 else "")
    )
    people = outgoing.people(12)
    for slug in ("one", "two"):
        outgoing.fill(site, people, slug) if slug == "one" else None
    expected = {}
    for person in people:
        expected[person] = _spoil(site, chance, person)
    text = outgoing.EDITION.replace("subject", 'lists = ["one", "two"]\nsubject', 1)
    try:
        queueing.queue(site, outgoing.edition(site, text, "one"), queueing.Order())
    except errors.RefusedError:
        assert all(why for why in expected.values())
        return

    assert {address: row["reason"] for address, row in rows(site).items()} == {
        person: why for person, why in expected.items() if why != "absent"
    }


def _spoil(site, chance, person):
    """Give a member a random standing on both lists; return what the gate says: None, the reason, or "absent"."""
    member = site.store.row("SELECT * FROM member WHERE address = ?", (person,))
    health = chance.choice(words.HEALTHS)
    site.store.execute("UPDATE member SET health = ? WHERE id = ?", (health, member["id"]))
    scope = chance.choice(["", "", "all", "marketing", "list"])
    if scope:
        site.store.execute(
            "INSERT INTO suppression (mac, scope, list, reason, at) VALUES (?,?,?,'','')",
            (member["mac"], scope, site.store.list_ids["one"] if scope == "list" else 0),
        )
    first = None
    for slug in ("one", "two"):
        list_id = site.store.list_ids[slug]
        state = (
            chance.choice([*words.SUBSCRIPTION_STATES, None])
            if slug == "two"
            else chance.choice(words.SUBSCRIPTION_STATES)
        )
        until, paused = (
            chance.choice([None, "2018-06-28", "2018-06-30"]),
            chance.choice(["2018-06-29", "2018-07-01"]),
        )
        site.store.execute("DELETE FROM subscription WHERE list = ? AND member = ?", (list_id, member["id"]))
        if state is None:
            continue
        site.store.execute(
            "INSERT INTO subscription (list, member, state, before, since, until, paused_until, consent) VALUES (?,?,?,'attested',?,?,?,0)",
            (list_id, member["id"], state, site.clock.iso(), until, paused),
        )
        if state in ("requested", "erased"):
            continue
        now_state = "attested" if state == "paused" and paused <= "2018-06-29" else state
        own = scope if scope != "list" or slug == "one" else ""
        standing = rules.Standing(now_state, health, own, bool(until) and until < "2018-06-29")
        why = rules.may_mail(standing, "M", confirm_always=site.config.lists[slug].confirm == "always")
        if why is None:
            return None
        first = first or why
    return first or "absent"


def test_sent_once(site):
    """The same id, or the same text under another name, is not sent again."""
    outgoing.fill(site, ["ann@example.org"])
    outgoing.queue(site)

    with pytest.raises(errors.RefusedError, match="was sent before"):
        outgoing.queue(site)
    with pytest.raises(
        errors.RefusedError, match="this very text was sent before, as south-hants-it/2018-06-29-recap"
    ):
        queueing.queue(site, outgoing.edition(site, stem="another"), queueing.Order())
    assert len(rows(site)) == 1


def test_missing(site):
    """--missing reaches those who joined since, and those whom the gate lets through by now; nobody twice."""
    outgoing.fill(site, ["ann@example.org"])
    outgoing.fill(site, ["held@example.org", "still@example.org"], state="held")
    outgoing.queue(site)
    outgoing.fill(site, ["new@example.org"])
    site.store.execute(
        "UPDATE subscription SET state = 'confirmed' WHERE member = (SELECT id FROM member WHERE address LIKE 'held@%')"
    )
    plan = outgoing.queue(site, missing=True)

    assert plan.recipients == 2
    assert {address: (row["message"], row["state"]) for address, row in rows(site).items()} == {
        "ann@example.org": (1, "due"), "still@example.org": (1, "skipped"),
        "held@example.org": (2, "due"), "new@example.org": (2, "due"),
    }  # fmt: skip
    assert outgoing.numbers(site).audience == 4
    with pytest.raises(errors.RefusedError, match="has got it"):
        outgoing.queue(site, missing=True)


def test_missing_wants_the_sent_text(site):
    """--missing refuses a text that was changed since."""
    outgoing.fill(site, ["ann@example.org"])
    outgoing.queue(site)
    path = outgoing.edition(site, outgoing.EDITION + "\nOne more line.\n")

    with pytest.raises(errors.RefusedError, match="was changed since it was sent"):
        queueing.queue(site, path, queueing.Order(missing=True))


def test_unusual_size(site):
    """More than twice the usual number is stopped until it is allowed; a first send has no usual number."""
    outgoing.fill(site, outgoing.people(3))
    outgoing.queue(site)
    outgoing.fill(site, outgoing.people(10, "example.com"))
    path = outgoing.edition(site, outgoing.EDITION.replace("Meeting 1", "Meeting 2"), stem="second")

    plan = queueing.plan(site, path, queueing.Order())
    with pytest.raises(errors.RefusedError, match="13 is more than twice the usual number"):
        queueing.queue(site, path, queueing.Order())
    queued = queueing.queue(site, path, queueing.Order(allow=frozenset({"size"})))

    assert (plan.usual, plan.unusual, queued.recipients) == (3, True, 13)
    assert site.store.value("SELECT why FROM log WHERE act = 'allow'") == "size"


def test_empty_field_stops(site):
    """A field without fallback that some reader has empty stops the send and says for how many."""
    outgoing.fill(site, outgoing.people(3))
    site.store.execute("UPDATE member SET name = '' WHERE address = 'member0@example.org'")
    path = outgoing.edition(site, outgoing.EDITION.replace('{{ first_name | "friend" }}', "{{ name }}"))

    with pytest.raises(errors.RefusedError, match="1 of 3 readers have no name"):
        queueing.queue(site, path, queueing.Order())
    assert queueing.queue(site, path, queueing.Order(allow=frozenset({"empty-field"}))).recipients == 3


def test_plan_changes_nothing(site):
    """A plan tells the numbers and leaves no row behind."""
    outgoing.fill(site, outgoing.people(9))
    plan = queueing.plan(site, outgoing.edition(site), queueing.Order())

    assert (plan.recipients, len(plan.first), len(plan.last)) == (9, 3, 3)
    assert rows(site) == {}
    assert site.store.value("SELECT count(*) FROM edition") == 0


def test_nobody_to_send_to(site):
    """An edition that nobody may get is refused."""
    outgoing.fill(site, outgoing.people(2), state="held")

    with pytest.raises(errors.RefusedError, match="nobody may get"):
        outgoing.queue(site)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-01-10 18:30", "2027-01-10T18:30:00.000Z"),
        ("2027-07-10 18:30", "2027-07-10T17:30:00.000Z"),
        ("2027-03-28 01:30", "2027-03-28T01:00:00.000Z"),  # does not exist: when the clocks go forward
        ("2027-10-31 01:30", "2027-10-31T00:30:00.000Z"),  # comes twice: the first
    ],
)
def test_at(site, text, expected):
    """--at is a time on the list's own clock; a gap moves forward, an overlap takes the first."""
    found = queueing.moment(text, site.mailing_list(SLUG), site.clock.now())

    assert clock.iso(found) == expected


@pytest.mark.parametrize("text", ["tomorrow", "2027-13-01 10:00", "2018-06-28 10:00", ""])
def test_bad_at(site, text):
    """A time that is none, or over, is an error that says so."""
    with pytest.raises(errors.UsageError, match=r"is no time for --at|is over already"):
        queueing.moment(text, site.mailing_list(SLUG), site.clock.now())


def test_scheduled_rows_are_due_then(site):
    """A scheduled edition is due and dated at its time."""
    outgoing.fill(site, ["ann@example.org"])
    outgoing.queue(site, at=queueing.moment("2018-07-01 10:00", site.mailing_list(SLUG), site.clock.now()))

    row = rows(site)["ann@example.org"]
    assert row["due_at"] == row["dated_at"] == "2018-07-01T09:00:00.000Z"
    assert json.loads(row["vals"])["date"] == "Sun, 01 Jul 2018 10:00:00 +0100"


def test_unknown_rule(site):
    """An unknown rule for --allow is named, with the nearest one."""
    with pytest.raises(errors.UsageError, match="no rule 'sise'"):
        queueing.order(site, outgoing.edition(site), allow=["sise"])


def test_temporary_tables_are_made_anew(site):
    """Two plans after another on one connection do not mix."""
    outgoing.fill(site, ["ann@example.org"])
    queueing.plan(site, outgoing.edition(site), queueing.Order())
    outgoing.fill(site, ["bob@example.org"])

    assert queueing.plan(site, outgoing.edition(site), queueing.Order()).recipients == 2
    assert audience.size(site.store) == 2
