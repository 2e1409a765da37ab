"""The links of a confirm mail: yes, once and for every list; not me; and what a link that is old or forged says."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from newsletter import site as sites
from newsletter.core import errors, tokens
from newsletter.service import confirming, consent, joining, members, mypage, signup
from newsletter.store import ledger, suppressions
from tests import people
from tests.conftest import FixedClock
from tests.service import asking
from tests.service.asking import SOUTH


def test_one_act_confirms_every_list(make_site: Callable[..., sites.Site]) -> None:
    """The POST confirms all that is pending, learns the name that was typed, and queues one welcome mail."""
    site = make_site(SOUTH, "other")
    asking.ask(site, "ada@example.org", SOUTH, "other", name="Ada Lovelace", fields={"company": "Acme"})
    token = asking.token(site, "confirm", "join")

    answer = confirming.confirm(site, token)

    assert [one.slug for one in answer.joined] == ["other", SOUTH]
    assert [place.state for place in answer.link.places] == ["confirmed", "confirmed"]
    row = members.find(site, "ada@example.org")
    assert (row["name"], row["first_name"], json.loads(row["fields"])) == (
        "Ada Lovelace",
        "Ada",
        {"company": "Acme"},
    )
    assert asking.kinds(site) == ["confirm", "welcome"]


def test_the_receipt_is_the_ledgers_number_and_hash(site: sites.Site) -> None:
    """The welcome mail's receipt names the record and the first 16 hex digits of the chain."""
    asking.ask(site, "ada@example.org")
    joined = confirming.confirm(site, asking.token(site, "confirm", "join")).joined[0]

    number, digits = joined.receipt.split("-")
    vals = site.store.value(
        "SELECT vals FROM delivery d JOIN message g ON g.id = d.message WHERE g.kind = 'welcome'"
    )
    assert ledger.hash_of(site.store, int(number)).hex()[:16] == digits
    assert json.loads(vals)["receipt"] == joined.receipt
    assert consent.verify(site).ok


def test_confirming_again_changes_nothing(site: sites.Site) -> None:
    """Fifty POSTs of one link: one ledger event, one welcome (T07)."""
    asking.ask(site, "ada@example.org")
    token = asking.token(site, "confirm", "join")
    confirming.confirm(site, token)
    before = people.dump(site)

    answers = [confirming.confirm(site, token) for _ in range(50)]

    assert people.dump(site) == before
    assert all(answer.joined == () and answer.link.places[0].state == "confirmed" for answer in answers)


def test_looking_changes_nothing(site: sites.Site) -> None:
    """A scanner that opens the link leaves no trace (L11)."""
    asking.ask(site, "ada@example.org")
    before = people.dump(site)

    confirming.look(site, asking.token(site, "confirm", "join"))
    confirming.look(site, asking.token(site, "block", "join"))

    assert people.dump(site) == before


def test_a_link_ends_after_seven_days(site: sites.Site, ticking: FixedClock) -> None:
    """At seven days sharp the time is over, and the person is told so (T08)."""
    asking.ask(site, "ada@example.org")
    token = asking.token(site, "confirm", "join")
    ticking.moment += timedelta(days=7, seconds=-1)
    assert confirming.look(site, token).open
    ticking.moment += timedelta(seconds=1)

    with pytest.raises(errors.ExpiredError, match="older than a week"):
        confirming.confirm(site, token)


def test_forged_cut_and_swapped_tokens_are_all_alike(site: sites.Site) -> None:
    """Whatever is wrong with a token, the error is the same (T06)."""
    asking.ask(site, "ada@example.org")
    good = asking.token(site, "confirm", "join")
    other: list[tokens.Purpose] = ["leave", "me", "fresh", "undo", "rsvp"]
    bad = ["", "x", good[:-1], good + "a", good.upper() + "é", "a" * 40, "a" * 10_000]
    bad += [good[:n] + ("b" if good[n] != "b" else "c") + good[n + 1 :] for n in range(40)]
    bad += [asking.token(site, purpose, "join") for purpose in other]

    said = set()
    for text in bad:
        with pytest.raises(errors.NotFoundError) as refused:
            confirming.confirm(site, text)
        said.add(refused.value.message)

    assert said == {"this link is not one of ours, or it was cut short"}
    assert asking.state(site, 1) == "requested"


def test_the_block_token_confirms_nothing(site: sites.Site) -> None:
    """Each link of the mail does its own thing only."""
    asking.ask(site, "ada@example.org")

    with pytest.raises(errors.NotFoundError):
        confirming.confirm(site, asking.token(site, "block", "join"))
    with pytest.raises(errors.NotFoundError):
        confirming.block(site, asking.token(site, "confirm", "join"))


def test_not_me_blocks_and_forgets(site: sites.Site) -> None:
    """The address goes, its keyed hash stays, no form makes us write to it again, and the yes link is dead."""
    asking.ask(site, "ada@example.org", name="Ada")
    yes, no = asking.token(site, "confirm", "join"), asking.token(site, "block", "join")

    link = confirming.block(site, no)
    confirming.block(site, no)

    assert (link.act, link.open, link.masked) == ("block", False, "")
    assert "ada@example.org" not in "\n".join(people.dump(site)).lower()
    with pytest.raises(errors.ExpiredError):
        confirming.confirm(site, yes)
    asking.ask(site, "Ada+new@example.org")
    assert site.store.value("SELECT count(*) FROM delivery WHERE due_at IS NOT NULL") == 0


def test_not_me_of_a_member_keeps_their_lists(make_site: Callable[..., sites.Site]) -> None:
    """Somebody else signed a member up for a second list: that is dropped and not asked again, the first one stays."""
    site = make_site(SOUTH, "other")
    member = asking.join(site, "ada@example.org", SOUTH)
    asking.ask(site, "ada@example.org", "other")

    confirming.block(site, asking.token(site, "block", "join"))
    asking.ask(site, "ada@example.org", "other")

    assert asking.state(site, member) == "confirmed"
    assert asking.state(site, member, "other") == ""
    assert asking.kinds(site) == ["confirm", "welcome", "confirm"]


def test_not_me_after_yes_changes_nothing(site: sites.Site) -> None:
    """Once the link was used, the other one in the same mail cannot undo it: leaving is what undoes it."""
    asking.ask(site, "ada@example.org")
    no = asking.token(site, "block", "join")
    confirming.confirm(site, asking.token(site, "confirm", "join"))
    before = people.dump(site)

    confirming.block(site, no)

    assert people.dump(site) == before


def test_confirming_lifts_a_withdrawal_of_that_list_alone(make_site: Callable[..., sites.Site]) -> None:
    """Who objected to all marketing and joins one list again stays suppressed on every other one."""
    site = make_site(SOUTH, "other", "third")
    member = people.add_member(site, "ada@example.org", SOUTH, "other")
    with site.store.write():
        for slug in (SOUTH, "other"):
            consent.take(site, member, slug, "objected", consent.Proof("person", "mail"))

    asking.ask(site, "ada@example.org", SOUTH)
    assert members.show(site, "ada@example.org")["suppressed"] == ["marketing"]
    confirming.confirm(site, asking.token(site, "confirm", "join"))

    ids = site.store.list_ids
    scopes = {slug: consent.suppression_scope(site, "ada@example.org", ids[slug]) for slug in ids}
    assert scopes == {SOUTH: None, "other": "list", "third": "list"}
    assert (asking.state(site, member), asking.state(site, member, "other")) == ("confirmed", "objected")


def test_an_address_blocked_meanwhile_cannot_be_confirmed(site: sites.Site) -> None:
    """A suppression of the whole address outranks a link that is still out."""
    asking.ask(site, "ada@example.org")
    row = members.find(site, "ada@example.org")
    with site.store.write():
        suppressions.add(site.store, (row["mac"],), "all", 0, "complaint", site.clock.iso())

    with pytest.raises(errors.ExpiredError, match="blocked"):
        confirming.confirm(site, asking.token(site, "confirm", "join"))

    assert asking.state(site, row["id"]) == "requested"


def test_confirming_proves_a_dead_address_alive(site: sites.Site) -> None:
    """Bounces of old say nothing any more once its holder has acted."""
    asking.ask(site, "ada@example.org")
    site.store.execute("UPDATE member SET health = 'dead'")

    confirming.confirm(site, asking.token(site, "confirm", "join"))

    assert site.store.value("SELECT health FROM member") == "ok"


def test_confirming_begins_the_budget_anew(site: sites.Site, ticking: FixedClock) -> None:
    """Three unconfirmed mails are the end only until somebody confirms."""
    for _ in range(3):
        asking.ask(site, "ada@example.org")
        ticking.moment += timedelta(days=1)
    member = asking.number(site, "join")[1]
    confirming.confirm(site, asking.token(site, "confirm", "join"))
    signup.leave(site, site.tokens.make("leave", people.add_message(site, SOUTH), member), "page")

    asking.ask(site, "ada@example.org")

    assert asking.kinds(site) == ["confirm"] * 3 + ["welcome", "goodbye", "confirm"]


def test_the_exact_confirm_mail_is_kept_and_erased_with_the_person(
    site: sites.Site, ticking: FixedClock
) -> None:
    """Its bytes are an event of the ledger; when the request expires they go, and the chain still verifies."""
    asking.ask(site, "ada@example.org")
    member = asking.number(site, "join")[1]
    with site.store.write():
        consent.keep_mail(site, member, b"To: ada@example.org\r\n\r\nPlease confirm", "250 ok")

    assert site.store.value("SELECT count(*) FROM consent_payload") == 2
    with site.store.write():
        consent.drop_request(site, member, SOUTH, "clock", "clock")
    from newsletter.service import forgetting

    with site.store.write():
        forgetting.forget_unproven(site, member)

    assert site.store.value("SELECT count(*) FROM consent_payload") == 0
    assert consent.verify(site).ok


def test_an_address_changes_when_its_new_holder_confirms(site: sites.Site) -> None:
    """Old stays until then; afterwards the old one is told, consent and withdrawals stay the person's (T16)."""
    member = asking.join(site, "old@example.org")
    assert mypage.move(site, asking.fresh(site, member), "New@example.com") == "N****@example.com"
    token = asking.token(site, "confirm", "address")
    link = confirming.look(site, token)
    assert (link.act, link.masked, link.new_masked) == ("address", "o****@example.org", "N****@example.com")
    assert members.find(site, "old@example.org")["id"] == member

    confirming.confirm(site, token)

    assert members.find(site, "new@example.com")["id"] == member
    told = site.store.row(
        "SELECT d.address, d.vals FROM delivery d JOIN message g ON g.id = d.message WHERE g.kind = 'moved'"
    )
    assert told is not None
    assert told["address"] == "old@example.org"
    assert json.loads(told["vals"])["new_address"] == "N****@example.com"
    assert asking.state(site, member) == "confirmed"


def test_an_address_that_became_another_members_is_refused(site: sites.Site) -> None:
    """Two members do not become one by a link."""
    member = asking.join(site, "old@example.org")
    mypage.move(site, asking.fresh(site, member), "new@example.org")
    token = asking.token(site, "confirm", "address")
    people.add_member(site, "new@example.org", SOUTH)

    with pytest.raises(errors.RefusedError, match="on our lists already"):
        confirming.confirm(site, token)

    assert members.find(site, "old@example.org")["id"] == member


def test_a_withdrawal_moves_with_the_address(make_site: Callable[..., sites.Site]) -> None:
    """A change of address is no way around a suppression."""
    site = make_site(SOUTH, "other")
    member = asking.join(site, "old@example.org", SOUTH)
    row = members.find(site, "old@example.org")
    with site.store.write():
        suppressions.add(
            site.store, (row["mac"],), "list", site.store.list_ids["other"], joining.BLOCKED, site.clock.iso()
        )
    mypage.move(site, asking.fresh(site, member), "new@example.org")

    confirming.confirm(site, asking.token(site, "confirm", "address"))

    assert consent.suppression_scope(site, "new@example.org", site.store.list_ids["other"]) == "list"
