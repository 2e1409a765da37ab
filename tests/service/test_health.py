"""An address's health: refusals within SMTP count, successes and the person's own act make it well, consent is untouched."""

from datetime import timedelta

import pytest

from newsletter import site as sites
from newsletter.core import bounces
from newsletter.mail import catcher
from newsletter.service import health, list_reports, members, sending
from tests import conftest
from tests.conftest import FixedClock
from tests.people import add_member
from tests.service import inbound, outgoing


def refuse(site: sites.Site, message: int, member: int, kind: str = "hard", status: str = "5.1.1") -> None:
    with site.store.write():
        health.count_refusal(
            site, health.Refusal(message, member, kind, status, "No such user"), site.clock.iso()  # type: ignore[arg-type]
        )  # fmt: skip


def shown(site: sites.Site) -> tuple[str, str]:
    found = members.show(site, "ada@example.org")
    return found["health"], found["health_reason"]


@pytest.mark.parametrize(("status", "verdict"), [("5.1.1", "dead"), ("5.1.10", "dead"), ("5.1.6", "dead"), ("5.7.1", "suspect"), ("", "suspect")])  # fmt: skip
def test_a_certain_refusal_within_smtp_is_enough(site: sites.Site, status: str, verdict: str) -> None:
    """B9: one 5.1.1, 5.1.6 or 5.1.10 of the server itself ends it; other hard answers need a second day."""
    member, message = inbound.member_with_mail(site, "ada@example.org")

    refuse(site, message, member, status=status)

    assert shown(site)[0] == verdict
    assert members.show(site, "ada@example.org")["subscriptions"][0]["state"] == "attested"


def test_policy_within_smtp_never_touches_the_member(site: sites.Site) -> None:
    """B9: it speaks of our mail."""
    member, message = inbound.member_with_mail(site, "ada@example.org")

    refuse(site, message, member, "policy", "5.7.1")

    assert shown(site) == ("ok", "")


def test_five_different_mails_with_soft_answers(site: sites.Site, ticking: FixedClock) -> None:
    """B9: the same mail refused again is one issue; the fifth mail ends it."""
    member, message = inbound.member_with_mail(site, "ada@example.org")
    for _ in range(bounces.SOFT_ISSUES - 1):
        refuse(site, message, member, "soft", "5.2.2")
        refuse(site, message, member, "soft", "5.2.2")
        assert shown(site)[0] == "suspect"
        ticking.moment += timedelta(hours=1)
        message = inbound.sent_mail(site, member)
    refuse(site, message, member, "soft", "5.2.2")

    assert shown(site) == ("dead", "5 mails in a row came back")


def test_a_mail_that_arrives_makes_a_suspect_address_well(site: sites.Site, ticking: FixedClock) -> None:
    """B9: a success resets, though nothing bounces: the upkeep looks again; what was before does not count later."""
    member, message = inbound.member_with_mail(site, "ada@example.org")
    refuse(site, message, member, "hard", "")
    ticking.moment += timedelta(days=1)
    inbound.sent_mail(site, member)

    assert health.look_again(site) == 0
    ticking.moment += timedelta(days=6)
    assert health.look_again(site) == 1

    assert shown(site) == ("ok", "mail arrives again")
    ticking.moment += timedelta(minutes=1)
    refuse(site, inbound.sent_mail(site, member), member, "hard", "")
    assert shown(site)[0] == "suspect"


def test_dead_stays_dead_until_its_holder_acts(site: sites.Site, ticking: FixedClock) -> None:
    """No time, no other bounce and no upkeep revives it; the person does, and old bounces are over then."""
    member, message = inbound.member_with_mail(site, "ada@example.org")
    refuse(site, message, member)
    ticking.moment += timedelta(days=40)
    refuse(site, inbound.sent_mail(site, member), member, "soft", "5.2.2")
    health.look_again(site)
    assert shown(site)[0] == "dead"

    with site.store.write():
        assert health.revive(site, member, "its holder wrote to us", site.clock.iso())
    assert shown(site) == ("ok", "its holder wrote to us")
    ticking.moment += timedelta(days=1)
    refuse(site, inbound.sent_mail(site, member), member, "soft", "5.2.2")

    assert shown(site)[0] == "suspect"


def test_a_person_is_told_why(site: sites.Site) -> None:
    """`member show` and `list report` say in plain words what is wrong, with the server's own."""
    member, message = inbound.member_with_mail(site, "ada@example.org")
    add_member(site, "ben@example.org", "south-hants-it")
    refuse(site, message, member)

    found = list_reports.of_list(site, "south-hants-it").told()

    (ada,) = found["unwell"]
    assert (ada["address"], ada["health"], ada["why"], ada["said"]) == (
        "ada@example.org", "dead", "the server says there is no such address", "No such user",
    )  # fmt: skip
    assert found["returned"] == {"hard": 1} and found["members"] == {"attested": 2}
    assert members.show(site, "ada@example.org")["bounces"][0]["heard"] == "by our own sender"


def test_the_sender_counts_what_it_hears(make_site, tmp_path) -> None:
    """5.1.1 at RCPT: the delivery failed, the address is dead, a bounce without a digest stands in the table."""
    answers = {"member1@example.org": "550 5.1.1 <{address}>: no such user", "member2@example.org": "552 5.2.2 mailbox full"}  # fmt: skip
    with catcher.catching(tmp_path / "caught", answers) as caught:
        site = make_site(toml=conftest.NEWSLETTER_TOML.replace("2525", str(caught.port)))
        outgoing.fill(site, outgoing.people(4))
        outgoing.queue(site)
        sending.run(site, wait=False)

    rows = site.store.rows(
        "SELECT b.kind, b.status, b.digest, m.address, m.health FROM bounce b JOIN member m ON m.id = b.member ORDER BY m.id"
    )
    assert [tuple(row) for row in rows] == [
        ("hard", "5.1.1", None, "member1@example.org", "dead"),
        ("soft", "5.2.2", None, "member2@example.org", "suspect"),
    ]
