"""The report after a run: to each chair, once, true, and nothing of it kept."""

import email
import email.policy

import pytest

from newsletter.service import queueing, reports
from tests.peers import smtp_peer
from tests.service import outgoing

CHAIR = """
[[organiser]]
name = "The chair"
email = "chair@example.org"
role = "chair"
"""
OTHERS = """
[[organiser]]
name = "Second Chair"
email = "second@example.org"
role = "chair"

[[organiser]]
name = "Treasurer"
email = "money@example.org"
role = "organiser"
"""


def relay_toml(port: int, extra: str = "", sending_extra: str = "") -> str:
    """A site with a relay of ours and a chair."""
    return outgoing.relay_toml(port, extra, sending_extra) + CHAIR


def text_of(mail: smtp_peer.Mail) -> str:
    """The plain part, one line."""
    parsed = email.message_from_bytes(mail.content, policy=email.policy.default)
    return " ".join(parsed.get_body(("plain",)).get_content().split())


def html_of(mail: smtp_peer.Mail) -> str:
    """The HTML part."""
    parsed = email.message_from_bytes(mail.content, policy=email.policy.default)
    return parsed.get_body(("html",)).get_content()


def run(make_site, people: list[str], **peer_options: object):
    """Send an edition to people, then report; return the site, the peer and the reports that it took."""
    with smtp_peer.running(**peer_options) as peer:
        site = make_site(toml=relay_toml(peer.port) + OTHERS)
        outgoing.fill(site, people)
        queueing.queue(site, outgoing.edition(site), queueing.Order())
        outgoing.send(site)
        before = len(peer.mails)
        told = reports.send_due(site)
    return site, peer, peer.mails[before:], told


def test_each_chair_gets_the_numbers(make_site):
    """Every organiser with role chair gets one mail with the numbers; others get none."""
    _, peer, found, told = run(make_site, outgoing.people(3))

    assert told == 1
    assert [mail.recipient for mail in found] == ["chair@example.org", "second@example.org"]
    assert "“Meeting 1: a small room” has gone out. 3 of 3 members have it." in text_of(found[0])
    assert "Nobody stayed out." in text_of(found[0])
    assert "3 of 3" in html_of(found[0])
    assert peer.violations == []


def test_a_report_is_machine_mail(make_site):
    """Each has a Message-ID of its own and says that a program wrote it; it is no list mail."""
    _, _, found, _ = run(make_site, outgoing.people(1))
    heads = [email.message_from_bytes(mail.content) for mail in found]

    assert len({head["Message-ID"] for head in heads}) == 2
    assert {head["Auto-Submitted"] for head in heads} == {"auto-generated"}
    assert {head["List-Unsubscribe"] for head in heads} == {None}
    assert heads[0]["To"] == "The chair <chair@example.org>"


def test_who_stayed_out_and_why(make_site):
    """The refused ones stand with the server's answer, the others with their reason and what to do; long rows are cut."""
    refused = ["nobody+rcpt-550@example.org"]
    with smtp_peer.running() as peer:
        site = make_site(toml=relay_toml(peer.port))
        outgoing.fill(site, ["ann@example.org", *refused])
        outgoing.fill(site, outgoing.people(12, "held.example"), state="held")
        queueing.queue(site, outgoing.edition(site), queueing.Order())
        outgoing.send(site)
        reports.send_due(site)
    text = text_of(peer.mails[-1])

    assert "1 of 14 members have it" in text
    assert "Refused for good: 1" in text and "played" in text and "newsletter member edit" in text
    assert "Without proof of consent: 12" in text and "and 2 more" in text
    assert text.count("Ann membe") == reports.NAMES
    assert "held.example" not in text  # a name is enough


def test_a_report_goes_once(make_site):
    """A second run does not report again, and nothing about anybody is kept."""
    with smtp_peer.running() as peer:
        site = make_site(toml=relay_toml(peer.port))
        outgoing.fill(site, outgoing.people(2))
        queueing.queue(site, outgoing.edition(site), queueing.Order())
        outgoing.send(site)
        messages = site.store.value("SELECT count(*) FROM message")

        assert [reports.send_due(site), reports.send_due(site)] == [1, 0]

        assert len(peer.mails) == 3
        assert site.store.value("SELECT count(*) FROM message") == messages
        assert site.store.value("SELECT count(*) FROM delivery") == 2


def test_a_run_that_goes_on_is_not_reported(make_site):
    """While somebody is deferred the edition is not at its end: no report yet."""
    _, _, found, told = run(make_site, ["ann@example.org", "bob+rcpt-450@example.org"])

    assert told == 0
    assert found == []


def test_unclear_ones_that_wait_for_a_person_are_reported(make_site):
    """Where the rule is to hold, the chair is told that nobody knows and what to decide; and again when it is done."""
    with smtp_peer.running() as peer:
        toml = relay_toml(peer.port, sending_extra='on_unclear = "hold"')
        site = make_site(toml=toml)
        outgoing.fill(site, ["ann@example.org", "bob+dot-lost@example.org"])
        queueing.queue(site, outgoing.edition(site), queueing.Order())
        outgoing.send(site)

        assert reports.send_due(site) == 1
        assert reports.send_due(site) == 0
        text = text_of(peer.mails[-1])

    assert "Some deliveries wait for your decision." in text
    assert "Nobody knows: 1" in text and "newsletter outbox unclear" in text


def test_a_relay_that_refuses_is_no_trouble(make_site):
    """A report that cannot go is noted and tried again at the next run; the send itself stays done."""
    notes: list[str] = []
    with smtp_peer.running() as peer:
        site = make_site(toml=relay_toml(peer.port).replace('email = "chair@', 'email = "chair+rcpt-450-x1@'))
        outgoing.fill(site, outgoing.people(1))
        queueing.queue(site, outgoing.edition(site), queueing.Order())
        outgoing.send(site)

        assert reports.send_due(site, notes.append) == 0
        assert "tried again later" in notes[0]
        assert reports.send_due(site, notes.append) == 1


def test_a_broken_template_of_the_sites_own_stops_nothing(make_site):
    """It is noted; the server that sends goes on, and the report goes once the template is mended."""
    notes: list[str] = []
    with smtp_peer.running() as peer:
        site = make_site(toml=relay_toml(peer.port))
        outgoing.fill(site, outgoing.people(1))
        queueing.queue(site, outgoing.edition(site), queueing.Order())
        outgoing.send(site)
        own = site.root / "templates" / "mail" / "report.txt"
        own.parent.mkdir(parents=True)
        own.write_text("{{ nothing_of_that_name }}")

        assert reports.send_due(site, notes.append) == 0
        assert "tried again later" in notes[0] and "nothing_of_that_name" in notes[0]
        own.unlink()
        assert reports.send_due(site, notes.append) == 1


def test_without_a_chair_nobody_is_told(make_site):
    """No organiser with role chair: no report mail."""
    with smtp_peer.running() as peer:
        site = make_site(toml=relay_toml(peer.port).replace('role = "chair"', 'role = "organiser"'))
        outgoing.fill(site, outgoing.people(1))
        queueing.queue(site, outgoing.edition(site), queueing.Order())
        outgoing.send(site)

        assert reports.send_due(site) == 0
        assert len(peer.mails) == 1


def test_hostile_names_stay_text(make_site):
    """A name that is markup, or ends a line, does not change the report."""
    with smtp_peer.running() as peer:
        site = make_site(toml=relay_toml(peer.port))
        outgoing.fill(site, ["ann@example.org"])
        outgoing.fill(site, ["evil@example.org"], state="held")
        with site.store.write():
            site.store.execute(
                "UPDATE member SET name = ? WHERE key = 'evil@example.org'",
                ("<img src=x onerror=alert(1)> {{ 7*7 }} __slot__",),
            )
        queueing.queue(site, outgoing.edition(site), queueing.Order())
        outgoing.send(site)
        reports.send_due(site)

    assert "&lt;img src=x onerror=alert(1)&gt; {{ 7*7 }} __slot__" in html_of(peer.mails[-1])
    assert "{{ 7*7 }}" in text_of(peer.mails[-1])


@pytest.mark.parametrize(("language", "words"), [("de", "ist verschickt"), ("fr", "est parti")])
def test_the_report_speaks_the_list_s_language(make_site, language, words):
    """A German or French list reports in its language."""
    with smtp_peer.running() as peer:
        site = make_site(
            toml=relay_toml(peer.port), list_toml=outgoing.LIST_TOML + f'language = "{language}"\n'
        )
        outgoing.fill(site, ["ann@example.org"])
        outgoing.fill(site, ["held@example.org"], state="held")
        queueing.queue(site, outgoing.edition(site), queueing.Order())
        outgoing.send(site)
        reports.send_due(site)

    assert words in text_of(peer.mails[-1])


def test_a_report_keeps_the_relay_s_limits(make_site):
    """When the day's quota is used up by the send, the report waits for a later run instead of breaking it."""
    notes: list[str] = []
    with smtp_peer.running() as peer:
        site = make_site(toml=relay_toml(peer.port, "per_day = 2"))
        outgoing.fill(site, outgoing.people(2))
        queueing.queue(site, outgoing.edition(site), queueing.Order())
        outgoing.send(site)

        assert reports.send_due(site, notes.append) == 0

    assert "limits of relay main are used up" in notes[0]
    assert len(peer.mails) == 2
