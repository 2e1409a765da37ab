"""Members are edited, merged, paused, found; they leave because they asked an organiser to."""

import json
from datetime import date

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.core.questions import Given
from newsletter.service import attendance, consent, members, questions, rsvps
from newsletter.store import ledger, log, suppressions
from newsletter.store import members as rows
from tests.conftest import FixedClock
from tests.people import add_member, dump
from tests.service import evening, wondering
from tests.service.test_members import HOSTILE, PAPER, SLUG, state


@pytest.mark.parametrize("text", HOSTILE[:6], ids=ascii)
def test_hostile_texts_are_refused_when_editing_and_leaving(site: sites.Site, text: str) -> None:
    """The same by the other commands."""
    add_member(site, "ada@example.org", SLUG)
    before = dump(site)

    for act in (
        lambda: members.edit(site, "ada@example.org", name=text),
        lambda: members.edit(site, "ada@example.org", first_name=text),
        lambda: members.edit(site, "ada@example.org", fields={"sector": text}),
        lambda: members.leave(site, "ada@example.org", SLUG, text),
    ):
        with pytest.raises(errors.InputError, match="control character"):
            act()

    assert dump(site) == before


def test_editing_names_and_fields(site: sites.Site) -> None:
    """A first name cut out of the name follows the name; one given on its own stays; the log holds no address."""
    add_member(site, "ada@example.org", SLUG, name="Ada Byron")

    renamed = members.edit(
        site, "ada@example.org", name="Countess, Augusta", fields={"company": "Analytical"}
    )
    own = members.edit(site, "ada@example.org", first_name="Lady A.")
    again = members.edit(site, "ada@example.org", name="Ada Lovelace", fields={"company": ""})

    assert (renamed["name"], renamed["first_name"], renamed["fields"]) == (
        "Countess, Augusta",
        "Augusta",
        {"company": "Analytical"},
    )
    assert own["first_name"] == again["first_name"] == "Lady A."
    assert again["fields"] == {}
    assert {(row["act"], row["about"]) for row in log.newest(site.store, 10)} == {("member edit", "member 1")}
    with pytest.raises(errors.InputError, match="no list of this member has the field 'shoe'"):
        members.edit(site, "ada@example.org", fields={"shoe": "42"})


def test_a_slip_in_the_address_is_corrected_before_the_first_mail(site: sites.Site) -> None:
    """The member stays the same one, with a fresh health and new hashes."""
    member = add_member(site, "ada@exampel.org", SLUG)
    with site.store.write():
        rows.set_health(site.store, member, "dead", "550", site.clock.iso())

    shown = members.edit(site, "ada@exampel.org", address="ada@example.org")

    assert (shown["address"], shown["health"]) == ("ada@example.org", "ok")
    assert members.find(site, "ada@example.org")["mac"] == consent.macs(site, "ada@example.org")[0]


def test_another_spelling_of_a_dead_address_stays_dead(site: sites.Site) -> None:
    """Only another mailbox may start anew."""
    member = add_member(site, "ada@example.org", SLUG)
    with site.store.write():
        rows.set_health(site.store, member, "dead", "550", site.clock.iso())

    shown = members.edit(site, "ada@example.org", address="Ada@example.org")

    assert (shown["address"], shown["health"], shown["health_reason"]) == ("Ada@example.org", "dead", "550")


@pytest.mark.parametrize(
    ("new", "message"),
    [
        ("bob@example.org", "bob@example.org is a member already"),
        ("eve@example.org", "eve@example.org is suppressed"),
        ("postmaster@example.org", "belongs to a job"),
        ("nobody", "is no e-mail address"),
    ],
)
def test_an_address_that_cannot_be_taken(site: sites.Site, new: str, message: str) -> None:
    """Another member's, a suppressed one, a job's; nothing changes, not even the name given beside it."""
    add_member(site, "ada@example.org", SLUG)
    add_member(site, "bob@example.org", SLUG)
    with site.store.write():
        suppressions.add(
            site.store, consent.macs(site, "eve@example.org"), "all", 0, "complaint", site.clock.iso()
        )
    before = dump(site)

    with pytest.raises(errors.NewsletterError, match=message):
        members.edit(site, "ada@example.org", name="New", address=new)

    assert dump(site) == before


def test_after_the_first_mail_only_the_holder_changes_the_address(site: sites.Site) -> None:
    """Consent is for one address and does not travel."""
    add_member(site, "ada@example.org", SLUG)
    with site.store.write():
        site.store.execute("UPDATE subscription SET first_mail_at = ?", (site.clock.iso(),))

    with pytest.raises(errors.RefusedError, match="has had mail already: consent is for one address"):
        members.edit(site, "ada@example.org", address="ada@example.com")


def test_merging_two_addresses_of_one_person(make_site) -> None:
    """The old one leaves its lists, the kept one keeps its own lists alone and gains what it lacked."""
    site = make_site(SLUG, "other")
    members.add(
        site, "old@example.org", SLUG, PAPER, name="Ada Lovelace", fields={"company": "Old", "sector": "IT"}
    )
    members.add(site, "old@example.org", "other", PAPER)
    members.add(site, "new@example.org", SLUG, PAPER, fields={"company": "New"})

    kept = members.merge(site, "old@example.org", "new@example.org")

    assert (kept["name"], kept["first_name"], kept["fields"]) == (
        "Ada Lovelace",
        "Ada",
        {"company": "New", "sector": "IT"},
    )
    assert [(found["list"], found["state"]) for found in kept["subscriptions"]] == [(SLUG, "attested")]
    old = members.show(site, "old@example.org")
    assert {found["state"] for found in old["subscriptions"]} == {"unsubscribed"}
    last = ledger.of_member(site.store, 1)[-1]
    assert json.loads(last["json"])["merged_into"] == 2
    with pytest.raises(errors.RefusedError, match="are the same member already"):
        members.merge(site, "new@example.org", "NEW@example.org")


def test_merging_makes_one_voice_of_two(site: sites.Site) -> None:
    """Two addresses of one person come to a meeting once; what only the old one had answered stays an answer."""
    evening.meet(site)
    ada, new = 1, add_member(site, "new@example.org", SLUG, name="Ada")
    wondering.ask(site)
    for member, choice in ((ada, 1), (new, 2)):
        questions.answer(site, wondering.token(site, member), Given(choice))
    attendance.attended(site, evening.SLUG, ["ada@example.org", "ben@example.org"])

    members.merge(site, "ada@example.org", "new@example.org")
    members.merge(site, "ben@example.org", "new@example.org")

    told = rsvps.answers(site, evening.SLUG)
    assert [(one["address"], one["answer"], one["guests"]) for one in told["answers"]] == [
        ("new@example.org", "yes", 1)
    ]
    assert wondering.votes(site) == [0, 1, 0]
    assert attendance.tell(site, evening.SLUG)["names"] == ["Ada"]


def test_pausing_until_a_day(site: sites.Site, ticking: FixedClock) -> None:
    """Shown as the state with its end; a second pause moves the end and keeps what was interrupted."""
    add_member(site, "ada@example.org", SLUG)

    members.pause(site, "ada@example.org", date(2018, 8, 1))
    shown = members.pause(site, "ada@example.org", date(2018, 9, 1))

    assert (state(shown), shown["subscriptions"][0]["until"]) == ("paused", "2018-09-01")
    with site.store.write():
        consent.take(site, 1, SLUG, "resumed", consent.Proof("clock", "clock"))
    assert state(members.show(site, "ada@example.org")) == "attested"


@pytest.mark.parametrize(
    ("until", "slug", "message"),
    [
        (date(2018, 6, 29), None, "2018-06-29 is not in the future"),
        (date(2018, 8, 1), "nowhere", "there is no list 'nowhere'"),
        (date(2018, 8, 1), "other", "ada@example.org is not on other: there is nothing to pause"),
    ],
)
def test_a_pause_that_cannot_be(make_site, until: date, slug: str | None, message: str) -> None:
    """Said, rather than quietly done to nobody."""
    site = make_site(SLUG, "other")
    add_member(site, "ada@example.org", SLUG)

    with pytest.raises(errors.NewsletterError, match=message):
        members.pause(site, "ada@example.org", until, slug)


def test_leaving_one_list_and_all_lists(make_site) -> None:
    """Without a list all of them; leaving twice is no second event; who was never on it cannot be added later."""
    site = make_site(SLUG, "other", "third")
    add_member(site, "ada@example.org", SLUG, "other")

    one = members.leave(site, "ada@example.org", SLUG, "by phone")
    assert (state(one), state(one, "other")) == ("unsubscribed", "attested")
    members.leave(site, "ada@example.org", "third")
    members.leave(site, "ada@example.org", None)
    events = len(ledger.of_member(site.store, 1))
    members.leave(site, "ada@example.org", None)

    shown = members.show(site, "ada@example.org")
    assert {found["state"] for found in shown["subscriptions"]} == {"unsubscribed"}
    assert len(ledger.of_member(site.store, 1)) == events == 5
    with pytest.raises(errors.RefusedError, match="left third"):
        members.add(site, "ada@example.org", "third", PAPER)


def test_an_unknown_member_is_looked_up_another_way(site: sites.Site) -> None:
    """The hint names the command."""
    with pytest.raises(errors.NotFoundError, match=r"ada@example\.org is not known to this site") as refused:
        members.show(site, "ada@example.org")

    assert refused.value.hint == "Look it up: newsletter member find WORD"


@pytest.mark.parametrize(
    ("words", "found"),
    [("ada", ["ada@example.org"]), ("LOVE", ["ada@example.org"]), ("example org", ["100%@example.org", "ada@example.org", "b_b@example.org"]),
     ("%", ["100%@example.org"]), ("_", ["b_b@example.org"]), ("zoe", []), ("' OR 1", []), ("ada love", ["ada@example.org"]),
     ("gross", ["100%@example.org"]), ("GROẞ jur", ["100%@example.org"]), ("jürgen", ["100%@example.org"])],
)  # fmt: skip
def test_finding_by_words(site: sites.Site, words: str, found: list[str]) -> None:
    """All words, in address or name, without capitals and accents; wildcards and quotes of SQL are plain letters."""
    add_member(site, "ada@example.org", SLUG, name="Ada Lovelace")
    add_member(site, "b_b@example.org", SLUG)
    add_member(site, "100%@example.org", SLUG, name="JÜRGEN GROSS")

    assert sorted(row["address"] for row in members.search(site, words, 50)) == found


def test_the_members_of_a_list_by_state(site: sites.Site) -> None:
    """By address; one state, or all but erased."""
    add_member(site, "bob@example.org", SLUG)
    add_member(site, "ada@example.org", SLUG)
    members.add(site, "eve@example.org", SLUG, members.Basis("consent", ""))

    assert [row["address"] for row in members.on_list(site, SLUG, None)] == [
        "ada@example.org",
        "bob@example.org",
        "eve@example.org",
    ]
    assert [row["address"] for row in members.on_list(site, SLUG, "held")] == ["eve@example.org"]
