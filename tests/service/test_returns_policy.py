"""Refusals by policy that come back as reports: nobody's address suffers, the send waits, the chairs are told once."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import answers
from newsletter.mail import catcher
from newsletter.service import members, receiving, returns
from tests import conftest
from tests.people import add_member, add_message
from tests.service import inbound

SAMPLE = Path(__file__).parent.parent / "mails" / "dsn-blocked-policy-5.7.1.eml"
SAMPLE_TOKEN = b"aeaaaaabaaaaaaln42i37ubqyz7rf5mbcsdrseyn"
EDITION = "south-hants-it/2018-06-29-recap"


@pytest.fixture
def running(make_site, tmp_path: Path):
    """A site whose edition is under way to twelve members, and the catcher of its relay."""
    with catcher.catching(tmp_path / "caught") as caught:
        site = make_site(toml=conftest.NEWSLETTER_TOML.replace("2525", str(caught.port)))
        message = add_message(site, "south-hants-it")
        people = [add_member(site, f"member{n}@example.org", "south-hants-it") for n in range(12)]
        with site.store.write():
            site.store.execute(
                """INSERT INTO edition (id, kind, lists, subject, source, source_hash, state, send_at, queued_at, by)
                VALUES (?, 'recap', '["south-hants-it"]', '', '', 'x', 'running', '', '', '')""",
                (EDITION,),
            )
            site.store.execute("UPDATE message SET edition = ? WHERE id = ?", (EDITION, message))
            site.store.executemany(
                "INSERT INTO delivery (message, member, address, state, changed_at) VALUES (?,?,'x','sent',?)",
                [(message, one, site.clock.iso()) for one in people],
            )
        yield site, message, people, caught


def blocked(site: sites.Site, message: int, member: int) -> bytes:
    return SAMPLE.read_bytes().replace(SAMPLE_TOKEN, inbound.token(site, "return", message, member).encode())


def state(site: sites.Site) -> tuple[str, str]:
    row = site.store.row("SELECT state, reason FROM edition")
    assert row is not None
    return row["state"], row["reason"]


def test_ten_members_pause_the_send(running) -> None:
    """The tenth pauses it with a reason; every address stays well; who pauses by hand would say the same."""
    site, message, people, _ = running
    for member in people[: answers.ALIKE_LIMIT - 1]:
        returns.take(site, blocked(site, message, member))
        returns.take(site, blocked(site, message, member))
    assert state(site) == ("running", "")

    returns.take(site, blocked(site, message, people[answers.ALIKE_LIMIT]))

    assert state(site)[0] == "paused" and "refused by other servers' policy" in state(site)[1]
    assert {members.show(site, f"member{n}@example.org")["health"] for n in range(12)} == {"ok"}


def test_the_chairs_are_told_once_a_day(running) -> None:
    """One mail with what needs a person, however many reports there were; a relay that is down is asked again."""
    site, message, people, caught = running
    for member in people:
        returns.take(site, blocked(site, message, member))
    returns.take(site, inbound.complaint("Message-ID: <foreign@example.net>"))

    for _ in range(3):
        receiving.finish(site, lambda text: None)

    (mail,) = caught.caught
    parsed = message_from_bytes(mail.file.read_bytes(), policy=policy.default)
    body = parsed.get_body(("plain",))
    assert body is not None
    text = " ".join(body.get_content().split())
    assert mail.recipient == "chair@example.org" and parsed["Auto-Submitted"] == "auto-generated"
    assert "Complaints that name no mail of ours: 1." in text
    assert "newsletter outbox resume" in text


def test_autoresponders_do_not_feed_each_other(running) -> None:
    """T20: twenty machines that answer whatever we write, for fifty rounds: we write nothing to any of them."""
    site, message, people, caught = running
    before = site.store.value("SELECT count(*) FROM delivery")
    for number in range(50):
        for member in people:
            answered = f"In-Reply-To: <{inbound.token(site, 'return', message, member)}@lists.example.org>"
            data = inbound.mail(
                "member1@example.org", inbound.to(site, "return", message, member), "Out of office: unsubscribe",
                "unsubscribe", answered, "Auto-Submitted: auto-replied", f"X-Round: {number}",
            )  # fmt: skip
            returns.take(site, data)

    receiving.finish(site, lambda text: None)

    assert site.store.value("SELECT count(*) FROM delivery") == before
    assert caught.caught == []
    assert {members.show(site, f"member{n}@example.org")["subscriptions"][0]["state"] for n in range(12)} == {
        "attested"
    }
