"""Asking to join: what is queued, what is kept, and that nobody learns anything or is bombed."""

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from newsletter import site as sites
from newsletter.core import errors
from newsletter.service import confirming, forgetting, joining, members, signup
from newsletter.store import suppressions
from tests import people
from tests.conftest import LIST_TOML, NOW, FixedClock
from tests.service import asking
from tests.service.asking import SOUTH


def test_a_new_address_gets_one_confirm_mail_and_nothing_else(site: sites.Site) -> None:
    """A request is a member row, a subscription `requested`, a ledger event with the wording, and a C mail of the queue."""
    asking.ask(site, "Ada@Example.org", name="Ada", fields={"company": "Acme"}, form="/join/south-hants-it")

    row = site.store.row("SELECT * FROM member")
    event = site.store.row("SELECT c.*, p.json FROM consent c JOIN consent_payload p USING (seq)")
    delivery = site.store.row("SELECT d.*, g.class FROM delivery d JOIN message g ON g.id = d.message")
    assert row is not None and event is not None and delivery is not None
    assert asking.state(site, row["id"]) == "requested"
    assert (row["name"], row["fields"]) == ("", "{}")
    told = json.loads(event["json"])
    assert (told["typed"], told["name"], told["fields"]) == ("Ada@Example.org", "Ada", {"company": "Acme"})
    assert event["wording"] is not None
    assert (delivery["class"], delivery["state"], delivery["address"]) == ("C", "due", "Ada@example.org")
    assert "Ada" not in delivery["vals"], "nothing that the requester typed goes into the mail"


@pytest.mark.parametrize(
    "address", ["", "ada", "a@b@c.org", "ada@example.org\r\nBcc: v@e.org", "a" * 65 + "@e.org"]
)
def test_what_is_no_address_is_refused(site: sites.Site, address: str) -> None:
    """A form with a broken address changes nothing."""
    before = people.dump(site)

    with pytest.raises(errors.InputError, match="is no e-mail address"):
        asking.ask(site, address)

    assert people.dump(site) == before


@pytest.mark.parametrize(
    "address", ["postmaster@example.org", "NoReply@example.org", "bounces+x@lists.example.org"]
)
def test_a_mailbox_of_a_job_or_our_own_is_no_member(site: sites.Site, address: str) -> None:
    """Mail to them could go round in circles (T37)."""
    with pytest.raises(errors.RefusedError, match="belongs to a job"):
        asking.ask(site, address)


@pytest.mark.parametrize("text", ["x\r\nBcc: v@e.org", "x\u2028B: 1", "x\x00", "y" * 201])
def test_hostile_names_are_refused_at_the_door(site: sites.Site, text: str) -> None:
    """No control character and no absurd length enters by the form (T01)."""
    with pytest.raises(errors.InputError, match="the name"):
        asking.ask(site, "ada@example.org", name=text)


def test_lists_and_fields_must_be_known(site: sites.Site) -> None:
    """A made-up list or field is refused, as is an empty choice."""
    with pytest.raises(errors.NotFoundError, match="no list 'nowhere'"):
        asking.ask(site, "ada@example.org", "nowhere")
    with pytest.raises(errors.InputError, match="no field 'shoe'"):
        asking.ask(site, "ada@example.org", fields={"shoe": "43"})
    with pytest.raises(errors.RefusedError, match="no list was chosen"):
        joining.ask(site, joining.Wanted("ada@example.org", ()))


def test_membership_lists_are_not_offered_to_visitors(make_site: Callable[..., sites.Site]) -> None:
    """A list that the society fills from its register cannot be joined by form."""
    closed = make_site("board", list_toml=LIST_TOML.replace('basis = "consent"', 'basis = "notice"'))

    assert joining.offers(closed) == ()
    with pytest.raises(errors.NotFoundError, match="no list 'board' to join"):
        asking.ask(closed, "ada@example.org", "board")


def test_a_second_request_within_a_day_brings_no_second_mail(site: sites.Site, ticking: FixedClock) -> None:
    """One confirm mail in 24 hours, and three in all however long it takes."""
    for hours in (0, 1, 23, 24, 47, 48, 72, 24 * 400):
        ticking.moment = NOW + timedelta(hours=hours)
        asking.ask(site, "ada@example.org")

    assert asking.kinds(site) == ["confirm"] * 3


SPELLINGS = [
    "victim@gmail.com", "Victim@gmail.com", "v.i.c.t.i.m@gmail.com", "victim+1@gmail.com", "VICTIM+2@GoogleMail.com",
    "v.ictim+x.y@googlemail.com",
]  # fmt: skip


def test_all_spellings_of_a_mailbox_share_one_budget(make_site: Callable[..., sites.Site]) -> None:
    """List bombing: whatever way the victim's address is written and whatever the list, one mail goes out (T13)."""
    site = make_site(SOUTH, "other")
    for n in range(300):
        asking.ask(site, SPELLINGS[n % len(SPELLINGS)], (SOUTH, "other")[n % 2])

    assert asking.kinds(site) == ["confirm"]


def test_a_second_list_is_confirmed_by_the_first_mail(make_site: Callable[..., sites.Site]) -> None:
    """Within a day a further list rides on the open link, whose page shows it with its words."""
    site = make_site(SOUTH, "other")
    asking.ask(site, "ada@example.org", SOUTH)
    asking.ask(site, "ada@example.org", "other")

    link = confirming.look(site, asking.token(site, "confirm", "join"))

    assert [offer.slug for offer in link.pending] == ["other", SOUTH]
    assert asking.kinds(site) == ["confirm"]


def test_without_a_link_that_could_confirm_nothing_is_noted(site: sites.Site, ticking: FixedClock) -> None:
    """Once the three mails are used up and the last link is over, a request leaves no trace."""
    for _ in range(3):
        asking.ask(site, "ada@example.org")
        ticking.moment += timedelta(days=2)
    ticking.moment += timedelta(days=7)
    before = people.dump(site)

    asking.ask(site, "ada@example.org")

    assert people.dump(site) == before


def test_somebody_on_the_list_is_told_so_by_mail_only(site: sites.Site, ticking: FixedClock) -> None:
    """A T mail within the same budget; state and ledger stay as they are."""
    member = asking.join(site, "ada@example.org")
    events = site.store.value("SELECT count(*) FROM consent")

    for _ in range(3):
        asking.ask(site, "Ada@example.org", name="Somebody else")

    assert asking.kinds(site) == ["confirm", "welcome", "already"]
    assert asking.state(site, member) == "confirmed"
    assert site.store.value("SELECT count(*) FROM consent") == events
    assert site.store.value("SELECT name FROM member") == ""


def test_a_member_of_another_list_is_asked_only_for_the_new_one(make_site: Callable[..., sites.Site]) -> None:
    """Both boxes ticked by somebody who is on one of the lists: the mail asks for the other."""
    site = make_site(SOUTH, "other")
    member = asking.join(site, "ada@example.org", SOUTH)

    asking.ask(site, "ada@example.org", SOUTH, "other")

    assert asking.state(site, member) == "confirmed"
    assert asking.state(site, member, "other") == "requested"
    assert asking.kinds(site) == ["confirm", "welcome", "confirm"]


@pytest.mark.parametrize(
    "spelling", ["ada.lovelace@gmail.com", "adalovelace@gmail.com", "Ada.Lovelace+x@googlemail.com"]
)
def test_who_wants_no_mail_at_all_gets_none(site: sites.Site, spelling: str) -> None:
    """A forgotten or blocked address is left alone in every spelling, and the request leaves no trace."""
    member = asking.join(site, "ada.lovelace@gmail.com")
    forgetting.forget(site, member, "person", "page", everything=False)
    site.store.execute("DELETE FROM rate_asked")
    before = [line for line in people.dump(site) if "message" not in line]

    asking.ask(site, spelling)

    assert [line for line in people.dump(site) if "message" not in line] == before


def test_a_request_lies_upon_a_withdrawal(site: sites.Site) -> None:
    """Somebody who left and is signed up again has left until they confirm: no mail but the confirm mail."""
    member = people.add_member(site, "ada@example.org", SOUTH)
    message = people.add_message(site, SOUTH)
    signup.leave(site, site.tokens.make("leave", message, member), "page")

    asking.ask(site, "ada@example.org")

    row = site.store.row("SELECT * FROM subscription")
    assert row is not None
    assert (row["state"], row["before"]) == ("requested", "unsubscribed")


def test_paper_sign_ups_of_a_strict_list_get_the_confirm_mail(make_site: Callable[..., sites.Site]) -> None:
    """`confirm = "always"`: whoever signed on paper is asked once more, by command as by import."""
    strict = make_site(SOUTH, list_toml=LIST_TOML + 'confirm = "always"\n')
    member = people.add_member(strict, "ada@example.org", SOUTH)

    assert asking.kinds(strict) == ["confirm"]
    link = confirming.look(strict, asking.token(strict, "confirm", "join"))
    assert [offer.slug for offer in link.pending] == [SOUTH]
    confirming.confirm(strict, asking.token(strict, "confirm", "join"))
    assert asking.state(strict, member) == "confirmed"


def test_paper_sign_ups_elsewhere_get_none(site: sites.Site) -> None:
    """Where the list does not ask for it, attested consent needs no mail."""
    people.add_member(site, "ada@example.org", SOUTH)

    assert asking.kinds(site) == []


def test_a_blocked_address_is_not_asked_by_an_import_either(make_site: Callable[..., sites.Site]) -> None:
    """The function for importers stops at a suppression of the whole address."""
    strict = make_site(SOUTH, list_toml=LIST_TOML + 'confirm = "always"\n')
    member = people.add_member(strict, "ada@example.org", SOUTH)
    row = members.find(strict, "ada@example.org")
    with strict.store.write():
        strict.store.execute("DELETE FROM rate_asked")
        suppressions.add(strict.store, (row["mac"],), "all", 0, "complaint", strict.clock.iso())
        asked = joining.ask_attested(strict, member)

    assert asked is False
    assert asking.kinds(strict) == ["confirm"]
