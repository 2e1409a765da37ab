"""One step of a subscription changes state, ledger, suppression and queue together."""

import json
from datetime import timedelta

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import consent
from newsletter.store import ledger, members, subscriptions, suppressions
from tests.conftest import LIST_TOML, FixedClock
from tests.people import add_member, add_message, dump

SLUG = "south-hants-it"


def act(actor: str = "person", **more: object) -> consent.Proof:
    return consent.Proof(actor, "page", **more)


def take(site: sites.Site, step: str, proof: consent.Proof, member: int = 1, slug: str = SLUG) -> None:
    with site.store.write():
        consent.take(site, member, slug, step, proof)


def row(site: sites.Site, member: int = 1, slug: str = SLUG):
    return subscriptions.get(site.store, site.store.list_ids[slug], member)


@pytest.fixture
def ada(site: sites.Site) -> int:
    return add_member(site, "ada@example.org", SLUG, name="Ada")


def test_state_and_ledger_change_together(site: sites.Site, ada: int, ticking: FixedClock) -> None:
    """The subscription names its newest event, whose personal part says who it is about and, of an organiser, who acted."""
    ticking.moment += timedelta(days=3)

    take(site, "confirmed", act(told={"token": 7}))

    event = ledger.of_member(site.store, ada)[-1]
    assert (row(site)["state"], row(site)["consent"]) == ("confirmed", event["seq"])
    assert row(site)["since"] == event["recorded_at"] == "2018-07-02T08:00:00.000Z"
    assert json.loads(event["json"]) == {
        "address": "ada@example.org",
        "name": "Ada",
        "token": 7,
    }
    assert consent.verify(site).ok


def test_a_forbidden_step_changes_nothing(site: sites.Site, ada: int) -> None:
    """Neither subscription nor ledger nor suppression."""
    before = dump(site)

    for step, proof in (("attested", act("organiser")), ("confirmed", act("organiser")), ("returned", act())):
        with pytest.raises(errors.RefusedError):
            take(site, step, proof)

    assert dump(site) == before


def test_what_an_undo_restores(site: sites.Site, ada: int, ticking: FixedClock) -> None:
    """Leaving and undoing it keep since, basis and source of the consent there was."""
    first = dict(row(site))
    ticking.moment += timedelta(days=1)

    take(site, "withdrawn", act())
    take(site, "returned", act())

    changed = {key for key, value in dict(row(site)).items() if first[key] != value}
    assert changed == {"consent"}


def test_a_pause_remembers_what_it_interrupts(site: sites.Site, ada: int) -> None:
    """Through a second pause, and through a leaving out of it."""
    take(site, "paused", act(until="2018-08-01"))
    take(site, "paused", act(until="2018-09-01"))
    assert (row(site)["state"], row(site)["before"], row(site)["paused_until"]) == (
        "paused",
        "attested",
        "2018-09-01",
    )

    take(site, "withdrawn", act())
    assert (row(site)["before"], row(site)["paused_until"]) == ("attested", None)
    take(site, "returned", act())

    assert row(site)["state"] == "attested"


def test_objecting_after_leaving_cannot_be_undone(site: sites.Site, ada: int) -> None:
    """The undo token is for a leaving; an objection is lifted by confirming alone."""
    take(site, "withdrawn", act())
    take(site, "objected", act())

    with pytest.raises(errors.RefusedError, match="cannot become 'returned'"):
        take(site, "returned", act())


def test_an_objection_suppresses_the_address_for_all_marketing(make_site) -> None:
    """As a keyed hash and nothing else, on every list, and it outlives the member's erasure."""
    site = make_site(SLUG, "other")
    add_member(site, "ada+lists@example.org", SLUG)

    take(site, "objected", act())

    for number in site.store.list_ids.values():
        assert consent.suppression_scope(site, "ada+lists@example.org", number) == "marketing"
    assert consent.suppression_scope(site, "ada@example.org", 1) is None
    kept = site.store.rows("SELECT * FROM suppression")
    assert [(len(one["mac"]), one["scope"], one["reason"]) for one in kept] == [(16, "marketing", "objected")]
    with site.store.write():
        members.erase(site.store, 1)
    assert consent.suppression_scope(site, "ada+lists@example.org", 1) == "marketing"
    assert "ada+lists" not in "\n".join(dump(site))


@pytest.mark.parametrize("scope", ["all", "marketing", "list"])
def test_the_widest_suppression_counts(make_site, scope: str) -> None:
    """Of one list only there; of all also for the mailbox under another +tag."""
    site = make_site(SLUG, "other")
    with site.store.write():
        number = site.store.list_ids["other"] if scope == "list" else 0
        suppressions.add(
            site.store, consent.macs(site, "ada+x@example.org"), scope, number, "test", site.clock.iso()
        )
    here, there = site.store.list_ids[SLUG], site.store.list_ids["other"]

    assert consent.suppression_scope(site, "ada+x@example.org", there) == scope
    assert consent.suppression_scope(site, "ada+x@example.org", here) == (None if scope == "list" else scope)
    assert consent.suppression_scope(site, "ada+y@example.org", there) == ("all" if scope == "all" else None)


def queue(site: sites.Site, message: int, member: int, slug: str, state: str, mail_class: str = "M") -> None:
    with site.store.write():
        site.store.execute("UPDATE message SET class = ? WHERE id = ?", (mail_class, message))
        site.store.execute(
            "INSERT INTO delivery (message, member, list, address, state, due_at, vals) VALUES (?, ?, ?, 'a@example.org', ?, ?, '{}')",
            (message, member, site.store.list_ids[slug], state, site.clock.iso() if state in ("due", "sending", "deferred") else None),
        )  # fmt: skip


def deliveries(site: sites.Site) -> list[tuple]:
    return [
        tuple(one)
        for one in site.store.rows(
            "SELECT member, list, state, reason, due_at, vals FROM delivery ORDER BY id"
        )
    ]


@pytest.mark.parametrize(
    ("step", "reason"), [("withdrawn", "left"), ("objected", "objected"), ("erased", "left")]
)
@pytest.mark.parametrize("state", ["due", "deferred"])
def test_leaving_skips_what_is_still_queued(
    site: sites.Site, ada: int, step: str, reason: str, state: str
) -> None:
    """Within the same transaction: the row stays, complete but for its values."""
    queue(site, add_message(site, SLUG), ada, SLUG, state)

    take(site, step, act())

    assert deliveries(site) == [(ada, 1, "skipped", reason, None, None)]


@pytest.mark.parametrize("state", ["sending", "sent", "failed"])
def test_leaving_does_not_rewrite_what_happened(site: sites.Site, ada: int, state: str) -> None:
    """A mail on the wire is settled by its answer alone, one that went stays sent."""
    queue(site, add_message(site, SLUG), ada, SLUG, state)
    before = deliveries(site)

    take(site, "withdrawn", act())

    assert deliveries(site) == before


def test_leaving_touches_no_other_list_and_no_other_person(make_site) -> None:
    """And no answer to an act of their own (T), such as the goodbye."""
    site = make_site(SLUG, "other")
    ada, bob = add_member(site, "ada@example.org", SLUG, "other"), add_member(site, "bob@example.org", SLUG)
    queue(site, add_message(site, SLUG), bob, SLUG, "due")
    queue(site, add_message(site, "other"), ada, "other", "due")
    queue(site, add_message(site, SLUG), ada, SLUG, "due", "T")
    before = deliveries(site)

    take(site, "withdrawn", act(), ada)

    assert deliveries(site) == before


def test_the_wording_in_force_is_kept_with_each_consent(make_site) -> None:
    """Changing one letter of list.toml later does not change what was agreed to."""
    site = make_site(SLUG)
    add_member(site, "ada@example.org", SLUG)
    changed = make_site(SLUG, list_toml=LIST_TOML.replace("about once a month", "about twice a month"))
    add_member(changed, "bob@example.org", SLUG)

    ours = ledger.of_member(site.store, 1)[0]["wording"]
    theirs = ledger.of_member(changed.store, 1)[0]["wording"]

    assert "once a month" in ledger.wording(site.store, ours)
    assert "twice a month" in ledger.wording(changed.store, theirs)


@pytest.mark.parametrize("step", ["withdrawn", "paused", "objected"])
def test_steps_that_rest_on_no_words_name_none(site: sites.Site, ada: int, step: str) -> None:
    """A wording stands only where the person was shown it."""
    take(site, step, act())

    assert ledger.of_member(site.store, ada)[-1]["wording"] is None


def test_a_list_that_is_gone_from_the_files_can_still_be_left(
    site: sites.Site, ada: int, monkeypatch
) -> None:
    """Links of old mails work for ever."""
    monkeypatch.delitem(site.config.lists, SLUG)

    take(site, "withdrawn", act())

    assert row(site)["state"] == "unsubscribed"


def test_a_member_that_is_not_there(site: sites.Site) -> None:
    """No event about nobody."""
    with pytest.raises(errors.NotFoundError, match="there is no member number 99"):
        take(site, "withdrawn", act(), 99)

    assert consent.verify(site).events == 0
