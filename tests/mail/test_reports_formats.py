"""Bounces written for people, in the forms of many systems and languages: `text-<system>-<kind>.eml`."""

from pathlib import Path

import pytest

from newsletter.mail import reports

MAILS = Path(__file__).parent.parent / "mails"
TOKEN = "aeaaaaabaaaaaaln42i37ubqyz7rf5mbcsdrseyn"
TEXTS = sorted(MAILS.glob("text-*.eml"))


@pytest.mark.parametrize("file", TEXTS, ids=lambda file: file.stem)
def test_a_bounce_for_people_is_judged(file: Path) -> None:
    """Kind and failed address out of the text alone, and our token out of what the system returned or was sent to."""
    two = ("ada@example.org", "ben@example.net")

    found = reports.read(file.read_bytes())

    assert found.kind == file.stem.rpartition("-")[2]
    assert found.recipients == (two if "-two-" in file.stem else two[:1])
    assert TOKEN in found.tokens


@pytest.mark.parametrize(
    "name",
    ["arf-yahoo-complaint", "arf-opt-out-complaint", "arf-removal-recipient-complaint", "arf-jmrp-old-complaint", "arf-jmrp-resent-complaint", "ses-notification-complaint", "ses-notification-hard", "ses-sns-envelope-hard"],
)  # fmt: skip
def test_who_complained_or_failed_is_found_in_its_own_field(name: str) -> None:
    """C1, C6: Original-Rcpt-To, the fields of older forms, and the JSON of SES; our token where the mail came back."""
    found = reports.read((MAILS / f"{name}.eml").read_bytes())

    assert found.recipients == ("ada@example.org",)
    assert TOKEN in found.tokens


def test_a_redacted_complaint_names_nobody_but_keeps_the_token() -> None:
    """C3, C6: all addresses cut; the Message-ID of the returned mail still says whose complaint it is."""
    found = reports.read((MAILS / "arf-redacted-complaint.eml").read_bytes())

    assert (found.kind, found.recipients) == ("complaint", ())
    assert TOKEN in found.tokens


def test_a_token_is_found_in_a_mail_returned_as_text() -> None:
    """B2: no VERP address and no MIME part: the header below the report's words is enough."""
    data = (MAILS / "text-qmail-hard.eml").read_bytes()
    data = data.replace(b"To: bounces+b" + TOKEN.encode(), b"To: chair")

    assert TOKEN in reports.read(data).tokens


def test_addresses_of_the_summary_are_not_the_failed_ones() -> None:
    """Exchange sums up To and Subject of the returned mail first: whom it names there may well have got it."""
    assert reports.read((MAILS / "text-exchange5-hard.eml").read_bytes()).recipients == ("ada@example.org",)


def test_a_person_who_writes_about_a_bounce_is_no_bounce() -> None:
    """An answer whose subject or words speak of failed mail stays a person's mail."""
    for name in ("human-answer-other", "human-bounce-question-other"):
        assert reports.read((MAILS / f"{name}.eml").read_bytes()).kind == "other"


@pytest.mark.parametrize("name", ["text-qmail-hard", "dsn-postfix-hard-5.1.1", "arf-yahoo-complaint"])
def test_lines_may_end_in_any_way(name: str) -> None:
    """Archives keep mails with the line ends of Unix or of an old Macintosh; the verdict is the same."""
    data = (MAILS / f"{name}.eml").read_bytes()
    expected = reports.read(data)

    for end in (b"\n", b"\r"):
        assert reports.read(data.replace(b"\r\n", b"\n").replace(b"\n", end)) == expected


def test_a_report_that_lost_its_boundaries_is_read_as_text() -> None:
    """A multipart whose boundaries were cut out on the way still says in words who was not reached."""
    data = (MAILS / "dsn-postfix-hard-5.1.1.eml").read_bytes()
    kept = [line for line in data.split(b"\r\n") if not line.startswith((b"--", b"Content-Description"))]

    found = reports.read(b"\r\n".join(kept))

    assert (found.kind, found.recipients) == ("hard", ("ada@example.org",))
