"""Answers by mail: words are proposed, letters are passed on to a person and nowhere else."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.mail import catcher, reading
from newsletter.service import inbound_letters, members, proposals, returns
from newsletter.store import forwards, replies
from tests import conftest
from tests.conftest import FixedClock
from tests.people import add_member
from tests.service import coming, inbound

REPLY_TO = 'reply_to = "jane@example.org"\n'


def test_words_are_proposed_and_read_by_a_person(site: sites.Site) -> None:
    """'Count me in' is a proposal that the chair accepts once; the mail itself goes on to the chair too."""
    member = add_member(site, "ada@example.org", "south-hants-it", name="Ada Byron")
    message = coming.invite(site)
    answered = f"In-Reply-To: <{inbound.token(site, 'return', message, member)}@lists.example.org>"

    taken = returns.take(
        site, inbound.mail("ada@example.org", inbound.BOUNCES, "Re: Meeting 2", "Count me in!", answered)
    )

    assert taken.done.startswith(f"proposed for member {member}: yes")
    row = replies.open_of(site.store)[0]
    assert (row["state"], row["answer"], row["words"]) == ("proposed", "yes", "Count me in!")
    slug = row["meeting_slug"]
    assert [proposals.accept(site, slug, row["id"])["became"] for _ in range(2)] == ["in", "settled"]
    settled = replies.get(site.store, row["id"])
    assert settled is not None and (settled["state"], settled["words"]) == ("accepted", "")


def letter(
    site: sites.Site, *fields: str, sender: str = "Ada Byron <ada@example.org>", number: int = 0
) -> bytes:
    text = f"May I bring a friend?\r\n\r\nAda {number}"
    return inbound.mail(sender, inbound.BOUNCES, "=?utf-8?q?Caf=C3=A9_next_time?=", text, *fields)


def test_a_letter_goes_to_the_list_s_reply_to(make_site, tmp_path: Path) -> None:
    """A person reads it, sees who wrote, and answers to them; the same letter goes once."""
    with catcher.catching(tmp_path / "caught") as caught:
        site = make_site(
            toml=conftest.NEWSLETTER_TOML.replace("2525", str(caught.port)),
            list_toml=conftest.LIST_TOML + REPLY_TO,
        )
        inbound.member_with_mail(site, "ada@example.org")

        taken = returns.take(site, letter(site))
        again = returns.take(site, letter(site))
        went = inbound_letters.pass_on(site, lambda text: None)
        none = inbound_letters.pass_on(site, lambda text: None)

    assert (taken.done, again.done, went, none) == ("passed on to jane@example.org", "seen before", 1, 0)
    (mail,) = caught.caught
    parsed = message_from_bytes(mail.file.read_bytes(), policy=policy.default)
    assert (mail.sender, mail.recipient) == (inbound.BOUNCES, "jane@example.org")
    assert parsed["Reply-To"] == "Ada Byron <ada@example.org>"
    assert parsed["Subject"] == "Café next time"
    assert parsed["Auto-Submitted"] == "auto-generated"
    body = parsed.get_body(("plain",))
    assert body is not None and "May I bring a friend?" in body.get_content()
    assert next(parsed.iter_attachments()).get_content() == letter(site)


def test_a_relay_that_is_down_loses_no_letter(make_site, tmp_path: Path, ticking: FixedClock) -> None:
    """It is tried again later; after three days it is a file, and the chairs are warned."""
    from datetime import timedelta

    with catcher.catching(tmp_path / "probe") as probe:
        port = probe.port
    site = make_site(toml=conftest.NEWSLETTER_TOML.replace("2525", str(port)))
    inbound.member_with_mail(site, "ada@example.org")
    told: list[str] = []
    returns.take(site, letter(site))

    assert inbound_letters.pass_on(site, told.append) == 0
    assert forwards.waiting(site.store) == 1 and "not be passed on yet" in told[0]
    ticking.moment += timedelta(days=4)
    inbound_letters.pass_on(site, told.append)

    assert forwards.waiting(site.store) == 0
    (kept,) = (site.root / "kept").iterdir()
    assert kept.read_bytes() == letter(site) and kept.stat().st_mode & 0o077 == 0
    assert site.store.value("SELECT about FROM log WHERE act = 'alert'") == "forward"


@pytest.mark.parametrize(
    ("field", "sender"),
    [
        ("X-Note: stranger", "eve@example.net"),
        ("X-Newsletter-Passed-On: south-hants-it", "ada@example.org"),
        ("List-Id: <x.example.org>", "ada@example.org"),
        ("Auto-Submitted: auto-replied", "ada@example.org"),
        ("Return-Path: <>", "ada@example.org"),
        ("X-Note: our own", inbound.BOUNCES),
        ("X-Note: the goal itself", "chair@lists.example.org"),
    ],
)
def test_never_an_open_relay_never_a_loop(site: sites.Site, field: str, sender: str) -> None:
    """T20: strangers, machines, lists, our own mail and the reply-to itself are not passed on."""
    inbound.member_with_mail(site, "ada@example.org")
    add_member(site, "chair@lists.example.org", "south-hants-it")

    returns.take(site, letter(site, field, sender=sender))

    assert forwards.waiting(site.store) == 0


def test_one_person_cannot_flood_the_chair(site: sites.Site) -> None:
    """After twenty letters a day the rest waits for a person where it is."""
    inbound.member_with_mail(site, "ada@example.org")

    taken = [returns.take(site, letter(site, number=number)) for number in range(30)]

    assert forwards.waiting(site.store) == 20
    assert [one.left for one in taken] == [False] * 20 + [True] * 10


def test_a_letter_that_is_cut_says_so(site: sites.Site) -> None:
    """At most a megabyte of a mail is read: the chair learns that there was more."""
    mailing_list = site.mailing_list("south-hants-it")
    short = inbound.mail("ada@example.org", inbound.BOUNCES, "Slides", "Here they are.")
    long = (short + b"x" * 2_000_000)[: reading.MAIL_LIMIT]

    texts = []
    for mail in (short, long):
        written = inbound_letters.written(site, mailing_list, mail, b"d" * 32, site.clock.iso())
        body = message_from_bytes(written, policy=policy.default).get_body(("plain",))
        assert body is not None
        texts.append("first megabyte" in body.get_content())

    assert texts == [False, True]


def test_a_letter_cannot_write_headers(site: sites.Site) -> None:
    """T24: names and subjects of strangers stand in their fields and nowhere else; the result is ASCII and short-lined."""
    name = "=?utf-8?q?Eve=0D=0ABcc=3A_all=40example=2Eorg?="
    mail = inbound.mail(f"{name} <ada@example.org>", inbound.BOUNCES, f"x{name}", "Hello\r\n.\r\nQUIT")

    written = inbound_letters.written(
        site, site.mailing_list("south-hants-it"), mail, b"d" * 32, site.clock.iso()
    )

    parsed = message_from_bytes(written)
    assert parsed["Bcc"] is None and written.isascii()
    assert max(map(len, written.split(b"\r\n"))) < 200
    assert b"\r\n.\r\n" not in written


def test_fifty_received_lines_are_a_circle(site: sites.Site) -> None:
    """T20: such a mail is dropped, whatever it says."""
    member, message = inbound.member_with_mail(site, "ada@example.org")
    hops = ["Received: from a by b; Fri, 29 Jun 2018 08:00:00 +0000"] * 50

    taken = returns.take(
        site, inbound.mail("ada@example.org", inbound.to(site, "leave", message, member), "x", "", *hops)
    )

    assert "circle" in taken.done
    assert members.show(site, "ada@example.org")["subscriptions"][0]["state"] == "attested"
