"""A letter's sender, words and tokens are read out of mails of every shape, and hostile ones cost no time."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import errors
from newsletter.mail import calendar_answers, letters

TOKEN = "aeaaaaabaaaaaaln42i37ubqyz7rf5mbcsdrseyn"


def letter(head: str, body: str = "Hello") -> letters.Letter:
    return letters.read(f"{head}\r\n\r\n{body}".encode())


@pytest.mark.parametrize("field", ["Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"])
def test_the_address_it_came_to_names_purpose_and_token(field: str) -> None:
    """Whichever field the server wrote; case is folded on the way."""
    found = letter(f"From: a@example.org\r\n{field}: <Bounces+L{TOKEN.upper()}@Lists.Example.org>")

    assert found.addressed == (("leave", TOKEN),)


def test_the_envelope_s_recipient_comes_first() -> None:
    """LMTP knows it, and a header is only what somebody wrote."""
    data = f"To: bounces+b{TOKEN}@lists.example.org\r\n\r\nx".encode()

    found = letters.read(data, f"bounces+r{TOKEN}@lists.example.org")

    assert [purpose for purpose, _ in found.addressed] == ["reply", "return"]


def test_only_the_answered_mail_s_token_counts() -> None:
    """Earlier mails of a thread belong to other people."""
    other = TOKEN.replace("aea", "bea")
    replied = letter(f"In-Reply-To: <{TOKEN}@x.org>\r\nReferences: <{other}@x.org>")
    referred = letter(f"References: <{other}@x.org> <{TOKEN}.3@x.org>")

    assert replied.answered == (TOKEN,) and referred.answered == (TOKEN,)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("Content-Type: text/plain; charset=iso-8859-1", "caf\xe9"),
        ("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable", "caf=C3=A9"),
        ("Content-Type: text/plain; charset=nonsense", "caf\xe9"),
        ("Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64", "PGI+Y2Fmw6k8L2I+"),
        ("Content-Type: text/html; charset=utf-8", "caf&eacute;<blockquote>unsubscribe</blockquote>"),
        ("Content-Type: text/html", "<style>p {}</style><p>caf&eacute;</p><div class='gmail_quote'>unsubscribe</div>"),
    ],
)  # fmt: skip
def test_words_in_every_dress(head: str, body: str) -> None:
    """Charsets, transfer encodings, HTML; what a mail program quotes is left out."""
    found = letters.read(head.encode() + b"\r\n\r\n" + body.encode("latin-1"))

    assert found.words == "café"


@pytest.mark.parametrize(
    ("value", "sender", "name"),
    [
        ("Ada <ada@example.org>", "ada@example.org", "Ada"),
        ("=?utf-8?q?J=C3=B6rg?= <j@example.org>", "j@example.org", "Jörg"),
        ("=?utf-8?q?a=0D=0ABcc=3A_x?= <j@example.org>", "j@example.org", "a Bcc: x"),
        ("=?utf-8?b?QWRh?= <ada@example.org>", "ada@example.org", "Ada"),
        ("=?utf-8?b?Q?= <ada@example.org>", "ada@example.org", "=?utf-8?b?Q?="),
        ("nobody", "", ""),
        ("", "", ""),
    ],
)
def test_who_writes_is_one_line(value: str, sender: str, name: str) -> None:
    """No line break gets through, however it is dressed."""
    found = letter(f"From: {value}")

    assert (found.sender, found.name) == (sender, name)


@pytest.mark.parametrize("charset", ["utf-8", "latin-1"])
def test_octets_that_no_header_may_have_are_read(charset: str) -> None:
    """Many programs write names and subjects without RFC 2047."""
    found = letters.read("From: Zoë <zoe@example.org>\r\nSubject: Café\r\n\r\nx".encode(charset))

    assert (found.sender, found.name, found.subject) == ("zoe@example.org", "Zoë", "Café")


@pytest.mark.parametrize(
    "body", ["<" * 20_000, "<style " * 3_000, "<br " * 5_000, "<div class=x" * 1_600, "&#" * 10_000]
)
def test_hostile_html_costs_no_time(body: str) -> None:
    """Nothing in it makes a pattern go back and forth."""
    began = time.perf_counter()

    letter("Content-Type: text/html", body)

    assert time.perf_counter() - began < 0.5


def test_received_lines_are_counted_in_the_header_only() -> None:
    """A quoted header in the body is no hop."""
    assert letters.hops(b"Received: a\r\nreceived : b\r\nX: c\r\n\r\nReceived: d") == 2


@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_letter_or_refused(data: bytes) -> None:
    """Hostile bytes: a letter, or the bound that they break."""
    try:
        found = letters.read(b"From: a@b.org\r\nContent-Type: text/plain\r\n\r\n" + data)
    except errors.InputError:
        return
    assert found.sender == "a@b.org"


def test_calendar_answers_of_many_shapes() -> None:
    """Folded lines, quoted parameters with colons in them, no SEQUENCE, a stamp that is none."""
    lines = (
        "BEGIN:VCALENDAR", "METHOD:REPLY", "BEGIN:VEVENT", "UID:x@y", "DTSTAMP:now",
        'ATTENDEE;CN="Ada: mailto:fake@x.org";PARTST', " AT=DECLINED:MAILTO:ada@example.org", "END:VEVENT", "END:VCALENDAR",
    )  # fmt: skip
    data = "Content-Type: text/calendar; method=REPLY\r\n\r\n" + "\r\n".join(lines)

    found = calendar_answers.read(data.encode())

    assert found == calendar_answers.CalendarAnswer("x@y", "ada@example.org", "no", 0, "")


@pytest.mark.parametrize("change", ["METHOD:COUNTER", "METHOD:REQUEST", "X:Y"])
def test_what_is_no_answer(change: str) -> None:
    """A counter-proposal, an invitation, or a reply without an answer."""
    text = f"BEGIN:VCALENDAR\r\n{change}\r\nUID:x\r\nATTENDEE:mailto:a@b.org\r\nEND:VCALENDAR"

    assert calendar_answers.read(f"Content-Type: text/calendar\r\n\r\n{text}".encode()) is None
