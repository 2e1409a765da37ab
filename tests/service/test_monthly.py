"""The monthly report: to each organiser who wants it, once a month, whatever happens to the relay."""

import email
import email.policy

import pytest

from newsletter.core import clock
from newsletter.service import forgetting, meetings, single, telling
from tests.conftest import LIST_TOML, NEWSLETTER_TOML
from tests.peers import smtp_peer
from tests.people import add_member
from tests.service import asking

MORE = """
[[organiser]]
name = "Deputy"
email = "deputy@example.org"

[[organiser]]
name = "Treasurer"
email = "money@example.org"
report = "never"
"""
SLUG = "south-hants-it"


def site_of(make_site, port: int, *slugs: str, language: str = "en"):
    """A site with three organisers, one of whom wants no report."""
    toml = NEWSLETTER_TOML.replace("2525", str(port)).replace("[site]", f'[site]\nlanguage = "{language}"')
    return make_site(*slugs, toml=toml + MORE, list_toml=LIST_TOML + "goal = 100\n")


def text_of(mail: smtp_peer.Mail) -> str:
    parsed = email.message_from_bytes(mail.content, policy=email.policy.default)
    return " ".join(parsed.get_body(("plain",)).get_content().split())


def test_each_organiser_gets_one(make_site, ticking):
    """On the first of the month, by the site's own clock, and not again before the next; "never" gets none."""
    with smtp_peer.running() as peer:
        site = site_of(make_site, peer.port)
        add_member(site, "ada@example.org", SLUG)
        found = []
        for moment in (
            "2018-06-30T22:59:00Z",
            "2018-06-30T23:01:00Z",
            "2018-07-02T08:00:00Z",
            "2018-08-01T08:00:00Z",
        ):
            ticking.moment = clock.parse(moment)
            before = len(peer.mails)
            telling.run(site)
            found.append([mail.recipient for mail in peer.mails[before:]])

    both = ["chair@example.org", "deputy@example.org"]
    assert found == [[], both, [], both]
    assert "This is June 2018 in numbers." in text_of(peer.mails[0])
    assert "July 2018" in text_of(peer.mails[2])
    assert peer.violations == []


def test_it_tells_of_every_list(make_site, ticking):
    """Each list with its numbers at the month's end, its months and what needs somebody; nobody is named for coming."""
    with smtp_peer.running() as peer:
        site = site_of(make_site, peer.port, SLUG, "board")
        add_member(site, "ada@example.org", SLUG, name="Ada")
        ben = add_member(site, "ben@example.org", SLUG, name="Ben")
        meetings.new(site, site.mailing_list(SLUG), meetings.Wanted("m1", "A small room", "2018-06-29 18:00"))
        with site.store.write():
            site.store.execute(
                "UPDATE member SET health = 'dead', health_reason = 'no such mailbox', health_at = ? WHERE id = ?",
                (site.clock.iso(), ben),
            )
        ticking.moment = clock.parse("2018-07-01T08:00:00Z")
        asking.join(site, "cy@example.org")
        telling.run(site)
        text = text_of(peer.mails[0])

    assert "On the list 2 of 100 Joined 2" in text and "the organisers (2)" in text
    assert "A small room: 0 said yes, nobody counted who came" in text
    assert "Ben: no such mailbox" in text and "Ada" not in text
    assert text.count("On the list") == 2 and "On the list 0 of 100" in text
    assert "May 2018 0 (+0)" in text and "June 2018 2 (+2)" in text


def test_a_relay_that_is_down_loses_and_doubles_nothing(make_site, ticking):
    """Nobody could be told: it is said, and the next run tells everybody once."""
    with smtp_peer.running() as peer:
        site = site_of(make_site, peer.port)
        add_member(site, "ada@example.org", SLUG)
    ticking.moment = clock.parse("2018-07-01T08:00:00Z")
    said: list[str] = []

    telling.run(site, said.append)

    assert len(said) == 1 and "tried again" in said[0]
    assert site.store.value("SELECT count(*) FROM log WHERE act = 'monthly report'") == 0


def test_a_crash_sends_nobody_two(make_site, ticking, monkeypatch):
    """The process dies while the first one's mail is on the wire: that one is not written to again, the others are."""
    with smtp_peer.running() as peer:
        site = site_of(make_site, peer.port)
        add_member(site, "ada@example.org", SLUG)
        ticking.moment = clock.parse("2018-07-01T08:00:00Z")
        whole = single.hand_over

        def dies(*given) -> None:
            whole(*given)
            raise KeyboardInterrupt

        monkeypatch.setattr(single, "hand_over", dies)
        with pytest.raises(KeyboardInterrupt):
            telling.run(site)
        monkeypatch.setattr(single, "hand_over", whole)
        telling.run(site)
        telling.run(site)

        assert [mail.recipient for mail in peer.mails] == ["chair@example.org", "deputy@example.org"]


@pytest.mark.parametrize(
    ("fault", "tries", "says"),
    [("rcpt-550", 1, "not tried again"), ("rcpt-450", 3, "tried again later"), ("dot-lost", 1, "not tried")],
)
def test_a_dead_address_keeps_it_from_nobody(make_site, ticking, fault: str, tries: int, says: str):
    """One organiser's server refuses: the others get theirs, once, and only what may mend itself is tried again."""
    said: list[str] = []
    with smtp_peer.running() as peer:
        toml = NEWSLETTER_TOML.replace("2525", str(peer.port)).replace(
            "chair@example.org", f"chair+{fault}@example.org"
        )
        site = make_site(SLUG, toml=toml + MORE, list_toml=LIST_TOML)
        add_member(site, "ada@example.org", SLUG)
        ticking.moment = clock.parse("2018-07-01T08:00:00Z")
        for _ in range(3):
            telling.run(site, said.append)

    assert peer.recipients["deputy@example.org"] == 1
    assert peer.played[f"chair+{fault}@example.org{fault}"] == tries
    assert len(said) == tries and all(says in one for one in said)


def test_a_new_site_has_no_last_month(make_site, ticking):
    """Whoever began today is not told of the month before; nor is a site without anybody."""
    with smtp_peer.running() as peer:
        site = site_of(make_site, peer.port)
        telling.run(site)
        add_member(site, "ada@example.org", SLUG)
        telling.run(site)

        assert peer.mails == []


def test_it_can_be_told_after_everybody_was_forgotten(make_site, ticking):
    """The numbers of a month stand, also when the people are gone."""
    with smtp_peer.running() as peer:
        site = site_of(make_site, peer.port)
        ada = add_member(site, "ada@example.org", SLUG)
        forgetting.forget(site, ada, "person", "page", everything=True)
        ticking.moment = clock.parse("2018-07-01T08:00:00Z")
        telling.run(site)

        assert "Joined 1" in text_of(peer.mails[0]) and "Left 1" in text_of(peer.mails[0])


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("de", "Dies ist der Juni 2018 in Zahlen."), ("fr", "Voici juin 2018 en chiffres.")],
)
def test_it_speaks_the_sites_language(make_site, ticking, language: str, sentence: str):
    """Frame, month and numbers."""
    with smtp_peer.running() as peer:
        site = site_of(make_site, peer.port, language=language)
        add_member(site, "ada@example.org", SLUG)
        ticking.moment = clock.parse("2018-07-01T08:00:00Z")
        telling.run(site)

        assert sentence in text_of(peer.mails[0])
