"""An import can be taken back, sparing whoever acted since; the ledger is only added to."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import consent, imports, members, undo
from newsletter.store import subscriptions
from tests import conftest, people

SLUG = "south-hants-it"
PROVED: dict[str, Any] = {
    "source": "paper sheet",
    "given_on": date(2018, 6, 28),
    "statement": "the chair, by hand",
}


@pytest.fixture
def bring(site: sites.Site, tmp_path: Path) -> Callable[..., imports.Plan]:
    """Import these lines under the header email,name,company."""

    def apply(*lines: str, **told: Any) -> imports.Plan:
        file = tmp_path / "people.csv"
        file.write_text("\n".join(("email,name,company", *lines)) + "\n", encoding="utf-8")
        return imports.apply(site, imports.Request(file, SLUG, **(told or PROVED)))

    return apply


def steps(site: sites.Site) -> list[tuple[str, str]]:
    return [
        (row["step"], row["state"]) for row in site.store.rows("SELECT step, state FROM consent ORDER BY seq")
    ]


def sent(site: sites.Site, address: str, state: str) -> None:
    """A delivery to a member, in a state."""
    message = people.add_message(site, SLUG)
    with site.store.write():
        site.store.execute(
            """INSERT INTO delivery (message, member, list, address, state, due_at, changed_at)
            VALUES (?,?,1,?,?,?,?)""",
            (
                message, members.find(site, address)["id"], address, state,
                site.clock.iso() if state == "due" else None, site.clock.iso(),
            ),
        )  # fmt: skip


def test_undoing_leaves_the_members_as_they_were(
    site: sites.Site, bring: Callable[..., imports.Plan]
) -> None:
    """New people go, changed values come back, and the ledger says both that they came and that they went."""
    members.add(
        site, "cy@example.org", SLUG, members.Basis("consent", ""), name="Cy", fields={"company": "Old"}
    )
    before = site.store.rows("SELECT * FROM member"), site.store.rows("SELECT * FROM subscription")
    bring("ann@example.org,Ann,", "cy@example.org,Cy Lee,New")

    found = undo.undo(site, 1)

    assert (found.removed, found.restored, found.spared) == (1, 1, 0)
    assert (site.store.rows("SELECT * FROM member"), site.store.rows("SELECT * FROM subscription")) == before
    assert steps(site) == [("held", "held"), ("attested", "attested"), ("undone", "")]
    assert consent.verify(site).ok


def test_whoever_acted_since_is_spared(
    site: sites.Site, bring: Callable[..., imports.Plan], ticking: conftest.FixedClock
) -> None:
    """Who confirmed, left, was mailed or was paused since the import stays as they are, and is named with the reason."""
    bring(*(f"{who}@example.org,," for who in ("ann", "bob", "cy", "di", "eve", "fay")))
    ticking.moment += timedelta(days=1)
    with site.store.write():
        consent.take(
            site,
            members.find(site, "ann@example.org")["id"],
            SLUG,
            "confirmed",
            consent.Proof("person", "page"),
        )
    members.leave(site, "bob@example.org", SLUG)
    sent(site, "cy@example.org", "sent")
    sent(site, "di@example.org", "unclear")
    sent(site, "eve@example.org", "due")

    found = undo.undo(site, 1)

    assert list(undo.spared(site)) == [
        ("ann@example.org", "acted since (confirmed on 2018-06-30)"),
        ("bob@example.org", "was changed since (withdrawn on 2018-06-30)"),
        ("cy@example.org", "a mail went out to them"),
        ("di@example.org", "a mail went out to them"),
    ]
    assert (found.removed, found.spared, found.cancelled) == (2, 4, 1)
    assert (
        site.store.value("SELECT state || reason FROM delivery WHERE address LIKE 'eve%'")
        == "skippedcancelled"
    )
    assert consent.verify(site).ok


def test_a_value_that_was_edited_since_is_not_taken_back(
    site: sites.Site, bring: Callable[..., imports.Plan]
) -> None:
    """What somebody wrote after the import stays, the rest comes back."""
    for who in ("ann", "bob"):
        members.add(
            site,
            f"{who}@example.org",
            SLUG,
            members.Basis("consent", ""),
            name="Old",
            fields={"company": "Old"},
        )
    bring("ann@example.org,New,New", "bob@example.org,New,New")
    members.edit(site, "ann@example.org", fields={"company": "Newer"})
    members.edit(site, "bob@example.org", name="Newer", fields={"company": "Newer"})

    found = undo.undo(site, 1)

    shown = members.show(site, "ann@example.org")
    assert (shown["name"], shown["fields"]) == ("Old", {"company": "Newer"})
    assert (found.restored, list(undo.spared(site))) == (1, [("bob@example.org", "was edited since")])


def test_a_member_who_is_on_another_list_stays_a_member(
    make_site: Callable[..., sites.Site], tmp_path: Path
) -> None:
    """Only the subscription that came by the batch goes."""
    site = make_site(SLUG, "other")
    file = tmp_path / "people.csv"
    file.write_text("email\nann@example.org\n")
    imports.apply(site, imports.Request(file, SLUG, **PROVED))
    people.add_member(site, "ann@example.org", "other")

    undo.undo(site, 1)

    rows = subscriptions.of_member(site.store, members.find(site, "ann@example.org")["id"])
    assert [(row["slug"], row["state"]) for row in rows] == [("other", "attested")]


def test_a_membership_that_was_carried_on_ends_as_before(
    site: sites.Site, bring: Callable[..., imports.Plan]
) -> None:
    """Undoing the register of the next year brings the old end date back."""
    register = {"basis": "membership", "source": "register"}
    bring("ann@example.org,,", **register, until=date(2019, 3, 31))
    bring("ann@example.org,,", **register, until=date(2020, 3, 31))

    found = undo.undo(site, 2)

    one = members.show(site, "ann@example.org")["subscriptions"][0]
    assert (one["until"], one["state"], found.restored, found.removed) == ("2019-03-31", "implied", 1, 0)
    assert steps(site)[-1] == ("undone", "implied")
    assert consent.verify(site).ok


def test_opt_outs_are_not_taken_back(site: sites.Site, bring: Callable[..., imports.Plan]) -> None:
    """Only the person lifts a withdrawal, even one that came by a file."""
    bring("ann@example.org,,", leavers="left")

    with pytest.raises(errors.RefusedError, match="brought in people who left or objected"):
        undo.undo(site, 1)


def test_a_batch_is_undone_once(site: sites.Site, bring: Callable[..., imports.Plan]) -> None:
    """The second time is refused with the day of the first; an unknown number names the batches there are."""
    bring("ann@example.org,,")
    undo.undo(site, 1)

    with pytest.raises(errors.RefusedError, match="batch 1 was taken back already, on 2018-06-29"):
        undo.undo(site, 1)
    with pytest.raises(errors.NotFoundError, match="there is no batch 7") as caught:
        undo.undo(site, 7)
    assert "1 (people.csv, 2018-06-29)" in caught.value.hint


def test_what_was_undone_can_be_imported_again(site: sites.Site, bring: Callable[..., imports.Plan]) -> None:
    """A batch that was taken back leaves nothing in the way; member numbers are never used twice."""
    bring("ann@example.org,,")
    first = members.find(site, "ann@example.org")["id"]
    undo.undo(site, 1)

    again = bring("ann@example.org,,")

    assert (again.new, again.batch) == (1, 2)
    assert members.find(site, "ann@example.org")["id"] > first
    assert consent.verify(site).ok
