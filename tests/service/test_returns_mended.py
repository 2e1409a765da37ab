"""What must not happen when mail comes back: a new address pays for the old one, one letter stops all, chairs are told twice."""

from datetime import timedelta

import pytest

from newsletter import site as sites
from newsletter.core import answers, errors
from newsletter.mail import reports
from newsletter.service import health, inbound_letters, members, receiving, returns, sending
from newsletter.service import reports as mailing
from newsletter.store import forwards
from tests import conftest
from tests.conftest import FixedClock
from tests.people import add_member
from tests.service import inbound
from tests.service.test_returns import report

FULL = "dsn-full-soft-5.2.2"


def sent_to(site: sites.Site, member: int, address: str) -> int:
    """One more mail that went to a member's address as it was then; return its message."""
    message = inbound.sent_mail(site, member)
    with site.store.write():
        site.store.execute("UPDATE delivery SET address = ? WHERE message = ?", (address, message))
    return message


def health_of(site: sites.Site, address: str) -> str:
    return str(members.show(site, address)["health"])


def test_a_new_address_does_not_inherit_the_bounces_of_the_old_one(
    site: sites.Site, ticking: FixedClock
) -> None:
    """B9: dead, corrected, and then one full mailbox: the new address is suspect at most."""
    member = add_member(site, "old@example.org", "south-hants-it")
    for _ in range(2):
        returns.take(site, report(site, sent_to(site, member, "old@example.org"), member))
        ticking.moment += timedelta(days=1)
    before = health_of(site, "old@example.org")
    members.edit(site, "old@example.org", address="new@example.org")
    ticking.moment += timedelta(days=1)

    returns.take(site, report(site, sent_to(site, member, "new@example.org"), member, FULL))

    assert (before, health_of(site, "new@example.org")) == ("dead", "suspect")


def test_a_late_report_about_the_old_address_counts_for_nothing(
    site: sites.Site, ticking: FixedClock
) -> None:
    """B9: the mail of its token went to an address that is not the member's any more."""
    member = add_member(site, "old@example.org", "south-hants-it")
    message = sent_to(site, member, "old@example.org")
    members.edit(site, "old@example.org", address="new@example.org")

    taken = returns.take(site, report(site, message, member))

    assert "not the member's any more" in taken.done
    assert health_of(site, "new@example.org") == "ok"


def test_what_its_holder_did_is_not_forgotten_by_the_next_doubt(
    site: sites.Site, ticking: FixedClock
) -> None:
    """B9: revived, then two soft bounces: the hard ones from before do not make it dead."""
    member = add_member(site, "ada@example.org", "south-hants-it")
    returns.take(site, report(site, inbound.sent_mail(site, member), member))
    ticking.moment += timedelta(days=1)
    with site.store.write():
        health.revive(site, member, "its holder pressed a link", site.clock.iso())
    for _ in range(2):
        ticking.moment += timedelta(days=1)
        returns.take(site, report(site, inbound.sent_mail(site, member), member, FULL))

    assert health_of(site, "ada@example.org") == "suspect"


def test_a_mail_refused_by_policy_is_no_sign_that_mail_arrives(site: sites.Site, ticking: FixedClock) -> None:
    """B9: only a mail that did not come back at all resets the count."""
    member = add_member(site, "ada@example.org", "south-hants-it")
    returns.take(site, report(site, inbound.sent_mail(site, member), member))
    ticking.moment += timedelta(days=1)
    returns.take(site, report(site, inbound.sent_mail(site, member), member, "dsn-blocked-policy-5.7.1"))
    ticking.moment += timedelta(days=10)
    health.look_again(site)

    assert health_of(site, "ada@example.org") == "suspect"


@pytest.mark.parametrize(
    "words",
    [
        "Domain lists.example.org has exceeded the max emails per hour (100/100) allowed. Message discarded.",
        "Domain lists.example.org has exceeded the max defers and failures per hour (5/5) allowed.",
        "5.4.5 Daily user sending limit exceeded.",
        "5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
        "Requested action not taken: mail send limit exceeded",
        "Outgoing quota exceeded",
    ],
)
def test_the_limits_of_our_own_relay_are_nobodys_fault(words: str) -> None:
    """B9: who stands last on the list would be hit each time; a full mailbox is another thing."""
    assert answers.kind_of(answers.read(550, words)) == "policy"
    assert answers.kind_of(answers.read(552, "5.2.2 mailbox quota exceeded")) == "soft"


@pytest.mark.parametrize("sender", ["Joerg <jörg@example.de>", "Ada <ada@[192.0.2.1]>"])
def test_a_letter_that_cannot_be_answered_is_passed_on_all_the_same(site: sites.Site, sender: str) -> None:
    """The writer's address fits in no header of ours: the text names it, and nothing is in the way of the next letter."""
    member, message = inbound.member_with_mail(site, "ada@example.org")
    answered = f"In-Reply-To: <{inbound.token(site, 'return', message, member)}@lists.example.org>"
    returns.take(site, inbound.mail(sender, inbound.BOUNCES, "Re: Meeting 1", "May I bring Ben?", answered))
    row = forwards.next_due(site.store, site.clock.iso())
    assert row is not None

    written = inbound_letters.written(
        site, site.mailing_list("south-hants-it"), row["mail"], row["digest"], row["at"]
    )

    assert b"Reply-To" not in written.split(b"\r\n\r\n")[0]


def test_a_letter_that_cannot_be_written_is_kept_and_the_next_one_goes(site: sites.Site, monkeypatch) -> None:
    """Whatever a stranger's letter does: it lies in kept/, the chairs are told, and the others are handed over."""
    add_member(site, "ada@example.org", "south-hants-it")
    for number in range(2):
        text = f"May I bring {number} friends to the next meeting, please?"
        returns.take(site, inbound.mail("ada@example.org", inbound.BOUNCES, "A question", text))
    gone: list[bytes] = []

    def hand_over(_site: object, _list: object, row: dict[str, bytes]) -> None:
        if b"bring 0" in row["mail"]:
            raise RuntimeError("surprise")
        gone.append(row["mail"])

    monkeypatch.setattr(inbound_letters, "_hand_over", hand_over)
    told: list[str] = []

    went = inbound_letters.pass_on(site, told.append)

    assert (went, len(gone), forwards.waiting(site.store)) == (1, 1, 0)
    assert "RuntimeError" in told[0]
    assert len(list((site.root / "kept").iterdir())) == 1


def test_every_chair_is_warned_once(make_site, monkeypatch) -> None:
    """One chair's address is refused: the other gets the warning, and not again every minute."""
    more = '\n[[organiser]]\nname = "Second"\nemail = "gone@example.net"\nrole = "chair"\n'
    site = make_site(toml=conftest.NEWSLETTER_TOML + more)
    gone: list[str] = []

    def hand_over(_site: object, _list: object, _composed: object, _name: str, address: str) -> bytes:
        if address == "gone@example.net":
            raise errors.MailRefusedError("550 5.1.1 no such user")
        gone.append(address)
        return b""

    monkeypatch.setattr(mailing, "hand_over", hand_over)
    returns.take(site, inbound.complaint("Message-ID: <foreign@example.net>"))
    for _ in range(3):
        receiving.finish(site, lambda _text: None)

    assert len(gone) == 1


def test_a_calendars_answer_to_somebody_elses_meeting_stays_in_the_mailbox(site: sites.Site) -> None:
    """An ordinary mailbox is enough: what is none of ours is left to the person who reads it, too."""
    taken = returns.take(
        site, inbound.calendar_reply(inbound.BOUNCES, "lunch@example.net", "ben@example.net")
    )

    assert taken.left and "no meeting of ours" in taken.done


def test_the_json_of_ses_brings_the_token(site: sites.Site) -> None:
    """B2: the header that the notification quotes holds our Message-ID; the bounce counts."""
    member, message = inbound.member_with_mail(site, "ada@example.org")
    token = inbound.token(site, "return", message, member)
    told = (
        '{"notificationType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"ada@example.org",'
        '"status":"5.1.1","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]},"mail":{"source":"x@example.org",'
        f'"headers":[{{"name":"Message-ID","value":"<{token}@lists.example.org>"}}]}}}}'
    )
    data = inbound.mail("no-reply@sns.amazonaws.com", inbound.BOUNCES, "AWS Notification Message", told)

    assert token in reports.read(data).tokens
    assert returns.take(site, data).done == f"counted for member {member}"


def test_serve_outlives_a_mailbox_that_fails_in_an_unknown_way(site: sites.Site, monkeypatch) -> None:
    """Pages and sender go on: the trouble is told, and the mailbox is looked at again later."""
    stop, told = sending.Stop(), list[str]()

    def broken(*_given: object) -> None:
        stop.ask()
        raise RuntimeError("surprise")

    monkeypatch.setattr(receiving, "_keep_maildir", broken)

    receiving.keep_receiving(site, stop, told.append)

    assert len(told) == 1 and "surprise" in told[0]


def test_no_mail_of_a_maildir_takes_the_place_of_another(site: sites.Site) -> None:
    """Two deliverers used one name: both mails are there when they have been looked at."""
    folder = site.root / "returns"
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    stranger = inbound.mail("eve@example.net", inbound.BOUNCES, "Hello", "Who are you?")
    (folder / "cur" / "1.host:2,FS").write_bytes(b"Subject: one that waits\r\n\r\n")
    (folder / "new" / "1.host").write_bytes(stranger)

    list(receiving.of_maildir(site, folder))

    assert sorted(len(file.read_bytes()) for file in (folder / "cur").iterdir()) == sorted(
        (len(stranger), 27)
    )
