"""Answers by mail: calendars' are stored, words are proposed, letters are passed on to a person and nowhere else."""

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.mail import catcher
from newsletter.service import inbound_letters, members, proposals, returns
from newsletter.store import forwards, meetings, replies
from tests import conftest
from tests.conftest import FixedClock
from tests.people import add_member
from tests.service import inbound

UID = "south-hants-it-2018-09-13@lists.example.org"
REPLY_TO = 'reply_to = "jane@example.org"\n'


@pytest.fixture
def invited(site: sites.Site) -> tuple[int, int, int]:
    """Ada, the invitation that she was sent, and its meeting in September."""
    member, message = inbound.member_with_mail(site, "ada@example.org")
    with site.store.write():
        meeting = meetings.add(
            site.store, "september", 1, "Meeting 2", "2018-09-13T17:00:00.000Z", "2018-09-13T18:00:00.000Z", "Hall",
            "", UID, site.clock.iso(),
        )  # fmt: skip
        site.store.execute(
            """INSERT INTO edition (id, kind, lists, subject, source, source_hash, meeting, state, send_at, queued_at, by)
            VALUES ('south-hants-it/x', 'invitation', '[]', '', '', 'x', ?, 'done', '', '', '')""",
            (meeting,),
        )
        site.store.execute("UPDATE message SET edition = 'south-hants-it/x' WHERE id = ?", (message,))
    return member, message, meeting


def answers(site: sites.Site) -> list[tuple[str, str, str]]:
    return [(row["how"], row["state"], row["answer"]) for row in replies.open_of(site.store)]


@pytest.mark.parametrize(
    ("partstat", "answer"), [("ACCEPTED", "yes"), ("DECLINED", "no"), ("TENTATIVE", "maybe")]
)
def test_a_calendar_s_answer_is_stored(
    site: sites.Site, invited: tuple[int, int, int], partstat: str, answer: str
) -> None:
    """I10, I11: token, UID and attendee agree: it is the member's own answer."""
    member, message, meeting = invited

    taken = returns.take(
        site,
        inbound.calendar_reply(inbound.to(site, "reply", message, member), UID, "ada@example.org", partstat),
    )

    assert (taken.kind, taken.done) == ("calendar-reply", f"stored for member {member}: {answer}")
    assert answers(site) == [("calendar", "given", answer)]
    assert replies.open_of(site.store, meeting)[0]["meeting_slug"] == "september"


def test_the_newest_answer_counts(site: sites.Site, invited: tuple[int, int, int]) -> None:
    """I11: a replayed or late answer with an older DTSTAMP, or to an older SEQUENCE, is not taken."""
    member, message, meeting = invited
    to = inbound.to(site, "reply", message, member)
    returns.take(
        site, inbound.calendar_reply(to, UID, "ada@example.org", "DECLINED", stamp="20180629T070000Z")
    )

    late = returns.take(
        site, inbound.calendar_reply(to, UID, "ada@example.org", "ACCEPTED", stamp="20180628T070000Z")
    )
    with site.store.write():
        site.store.execute("UPDATE meeting SET sequence = 1 WHERE id = ?", (meeting,))
    moved = returns.take(
        site, inbound.calendar_reply(to, UID, "ada@example.org", "ACCEPTED", stamp="20180629T073000Z")
    )

    assert "older" in late.done and "older" in moved.done
    assert answers(site) == [("calendar", "given", "no")]


def test_an_invitation_passed_on_is_shown_not_counted(
    site: sites.Site, invited: tuple[int, int, int]
) -> None:
    """I11: somebody else answers with Ada's token: the chair decides, Ada's answer is untouched."""
    member, message, _ = invited

    returns.take(
        site, inbound.calendar_reply(inbound.to(site, "reply", message, member), UID, "eve@example.net")
    )

    assert answers(site) == [("calendar", "proposed", "yes")]
    assert "e****@example.net" in replies.open_of(site.store)[0]["words"]


@pytest.mark.parametrize("forged", ["none", "foreign uid", "other purpose"])
def test_a_forged_answer_changes_nothing(
    site: sites.Site, invited: tuple[int, int, int], forged: str
) -> None:
    """B8 for answers: no token, another meeting, or a token for something else."""
    member, message, _ = invited
    to = {
        "none": inbound.BOUNCES,
        "foreign uid": inbound.to(site, "reply", message, member),
        "other purpose": f"bounces+r{inbound.token(site, 'undo', message, member)}@lists.example.org",
    }[forged]

    returns.take(
        site, inbound.calendar_reply(to, "foreign@x" if forged == "foreign uid" else UID, "ada@example.org")
    )

    assert answers(site) == []


def test_words_are_proposed_and_read_by_a_person(site: sites.Site, invited: tuple[int, int, int]) -> None:
    """'Count me in' is a proposal that the chair accepts once; the mail itself goes on to the chair too."""
    member, message, _ = invited
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


def test_an_answer_makes_a_suspect_address_well(site: sites.Site, invited: tuple[int, int, int]) -> None:
    """The person's own act shows that the mail arrives."""
    member, message, _ = invited
    with site.store.write():
        site.store.execute("UPDATE member SET health = 'dead', health_reason = 'x' WHERE id = ?", (member,))

    returns.take(
        site, inbound.calendar_reply(inbound.to(site, "reply", message, member), UID, "ada@example.org")
    )

    assert members.show(site, "ada@example.org")["health"] == "ok"


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
