"""The embedded catcher over a real socket: every byte kept, refusals as asked, a bounce that we can read."""

import smtplib
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path

import pytest

from newsletter.mail import catcher

MAIL = b"From: chair@example.org\r\nTo: ada@example.org\r\nMessage-ID: <t@example.org>\r\nSubject: Hi\r\n\r\n..dots\r\nbye\r\n"


def send(port: int, recipient: str, mail: bytes = MAIL) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.sendmail("bounces+babc@example.org", [recipient], mail)


def test_a_mail_is_kept_byte_for_byte(tmp_path: Path) -> None:
    """The file holds what was sent, dots at line starts too; its name has a number and the address."""
    with catcher.catching(tmp_path / "caught") as found:
        send(found.port, "ada@example.org")
        send(found.port, "ben@example.org")

    assert [caught.file.name for caught in found.caught] == [
        "001-ada@example.org.eml",
        "002-ben@example.org.eml",
    ]
    assert found.caught[0].file.read_bytes() == MAIL
    assert found.caught[0].sender == "bounces+babc@example.org"


def test_a_refused_address_gets_its_answer_each_time(tmp_path: Path) -> None:
    """A 5xx stands for ever, a 4xx is said once and the next attempt is taken."""
    answers = {"gone@example.org": catcher.NOT_HERE, "grey@example.org": catcher.LATER}
    with catcher.catching(tmp_path, answers) as found:
        for _ in range(2):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                send(found.port, "Gone@example.org")
            assert refused.value.recipients["Gone@example.org"][0] == 550
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            send(found.port, "grey@example.org")
        assert refused.value.recipients["grey@example.org"][0] == 450
        send(found.port, "grey@example.org")

    assert [caught.recipient for caught in found.caught] == ["grey@example.org"]


@pytest.mark.parametrize(
    "address", ["../../etc/passwd@example.org", "a/b@example.org", ".hidden@example.org", "é@example.org"]
)
def test_a_file_name_leads_nowhere_else(address: str) -> None:
    """T28: no slash, no leading dot, only plain letters."""
    name = catcher.file_name(address)

    assert "/" not in name and not name.startswith(".") and name.isascii()


def test_a_later_bounce_is_a_delivery_status_notification(tmp_path: Path) -> None:
    """The report goes to the mail's return path and has the three parts of RFC 6522."""
    with catcher.catching(tmp_path) as found:
        send(found.port, "ada@example.org")

    to, report = catcher.bounced(
        found.caught[0], "5.1.1", "550 5.1.1 no such user", lambda: datetime(2018, 6, 29, tzinfo=UTC)
    )

    parsed = message_from_bytes(report)
    assert (to, parsed["To"]) == ("bounces+babc@example.org",) * 2
    assert [part.get_content_type() for part in parsed.get_payload()] == [
        "text/plain", "message/delivery-status", "text/rfc822-headers",
    ]  # fmt: skip
    assert b"Message-ID: <t@example.org>" in report
