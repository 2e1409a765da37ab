"""The rows of the standards checklist, sections 1 and 3 (and C7, C8), that can be read from a mail's bytes, by their ids."""

import email
import email.utils
import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from newsletter.compose import stamp
from newsletter.compose.frame import Shape
from newsletter.core import errors
from tests.compose import composing

LONG_WORD = "a" * 5_000
LONG_LINK = "https://example.org/" + "b" * 280
EDITION = composing.written(
    f"Dear {{{{ name }}}},\n\n{LONG_WORD}\n\n.dot\n\n[long]({LONG_LINK})\n\nFrom here on\n\n{{{{ name }}}}"
)
MAILS = {
    "M": composing.copy(composing.frozen()),
    "S": composing.copy(composing.frozen(composing.written(kind="notice", meeting=False))),
    "C": composing.copy(composing.answer("confirm", "C", wording="Yes.\nAny time.")),
    "T": composing.copy(composing.answer("welcome", purpose="Recaps.")),
    "long": composing.copy(composing.frozen(EDITION), name="." + "n" * 3_000),
    "laptop": composing.copy(composing.frozen(None, composing.frame(base_url=None, receive=None))),
}
LISTS = ("M", "S", "long", "laptop")
ONE_PERSON = ("C", "T")
every_mail = pytest.mark.parametrize("mail", MAILS.values(), ids=MAILS.keys())


def head(octets: bytes) -> bytes:
    """The header block."""
    return octets.split(b"\r\n\r\n", 1)[0] + b"\r\n"


def fields(octets: bytes) -> list[tuple[str, str]]:
    """Every header field, unfolded."""
    flat = re.sub(r"\r\n(?=[ \t])", "", head(octets).decode())
    return [
        (name.lower(), value.strip())
        for name, _, value in (line.partition(":") for line in flat.splitlines())
    ]


def field(octets: bytes, name: str) -> str:
    """A header field that stands exactly once."""
    found = [value for known, value in fields(octets) if known == name.lower()]
    assert len(found) == 1, f"{name} stands {len(found)} times"
    return found[0]


@every_mail
def test_f1_no_line_is_too_long(mail: bytes) -> None:
    """F1: no line over 998 octets, and over 78 only where one link or address is longer itself."""
    lines = mail.split(b"\r\n")

    assert max(map(len, lines)) <= 998
    assert not [line for line in lines if len(line) > 78 and b"mailto:" not in line and b"://" not in line]


@every_mail
def test_f2_only_crlf_ends_lines(mail: bytes) -> None:
    """F2: there is no lone CR and no lone LF."""
    rest = mail.replace(b"\r\n", b"")

    assert b"\r" not in rest
    assert b"\n" not in rest


@every_mail
def test_f3_each_field_stands_once(mail: bytes) -> None:
    """F3: From and Date exactly once, no field twice."""
    names = [name for name, _ in fields(mail)]

    assert {"from", "to", "date", "subject", "message-id"} <= set(names)
    assert len(names) == len(set(names))


@every_mail
def test_f4_message_id_holds_the_token(mail: bytes) -> None:
    """F4: the Message-ID is the return token at the From domain, unbroken and not encoded."""
    assert field(mail, "Message-ID") == f"<{composing.TOKEN}@lists.example.org>"


@every_mail
def test_f5_date_has_a_zone(mail: bytes) -> None:
    """F5: the Date is the value given, with its real zone."""
    moment = email.utils.parsedate_to_datetime(field(mail, "Date"))

    assert moment.utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize("sign", ["\r", "\n", "\0", "\v", "\f", "\x85", "\u2028", "\u2029", "\u202e"])
def test_f6_no_control_character_enters_a_header(sign: str) -> None:
    """F6: the edition's door refuses it, and the stamp takes it out of a member's name."""
    mail = composing.copy(composing.frozen(), name=f"x{sign}y", first_name=f"x{sign}y")

    assert sign.encode() not in head(mail).replace(b"\r\n", b"")
    assert email.message_from_bytes(mail)["To"] in (
        "x y <sam.okafor@example.net>",
        "xy <sam.okafor@example.net>",
    )
    escaped = sign.encode("unicode_escape").decode().replace("\\x", "\\u00")
    with pytest.raises(errors.EditionError, match="subject holds a line break or another control character"):
        composing.written(subject=f"a{escaped}b")


@every_mail
def test_f7_encoded_words_only_where_text_stands(mail: bytes) -> None:
    """F7: no encoded-word in any field but From, To and Subject, and none over 75 characters."""
    for name, value in fields(mail):
        assert "=?" not in value or name in ("from", "to", "subject")
    assert all(len(word) <= 75 for word in re.findall(rb"=\?[^?\s]+\?[bq]\?[^?]*\?=", mail))


def test_f7_long_and_foreign_values_stay_plain_in_list_fields() -> None:
    """F7: a list with a long foreign title has a List-Id and a Message-ID of plain ASCII."""
    facts = composing.ListFacts("x" * 60, "Größe " * 20, "Größe " * 20, "chair@lists.example.org")
    frozen = composing.frozen(None, composing.frame(lists=(facts,)), Shape((facts.slug,)))

    mail = composing.copy(frozen)

    assert field(mail, "List-Id") == f"<{facts.slug}.lists.example.org>"
    assert field(mail, "From").startswith("=?utf-8?")
    assert composing.parsed(mail)["From"].addresses[0].addr_spec == "chair@lists.example.org"


@pytest.mark.parametrize(
    "name", ["a, b <x@y.example>", 'say "hi"', "=?utf-8?q?x?= <v@e.org>", "b\\", "(c)", "d@e.org", "f; g:"]
)
def test_f8_a_crafted_name_adds_no_address(name: str) -> None:
    """F8: names with specials are quoted or encoded: one address stays one address."""
    mail = composing.copy(composing.frozen(), name=name)

    addresses = email.utils.getaddresses([field(mail, "To")])
    assert [address for _, address in addresses] == ["sam.okafor@example.net"]
    assert composing.parsed(mail)["To"].addresses[0].display_name == name


@every_mail
def test_f9_parts_say_their_charset_and_are_seven_bit(mail: bytes) -> None:
    """F9: MIME-Version, utf-8 on each text part, quoted-printable lines of at most 76, no 8-bit octet anywhere."""
    assert field(mail, "MIME-Version") == "1.0"
    for part in composing.parsed(mail).walk():
        if part.get_content_maintype() == "text":
            assert part.get_content_charset() == "utf-8"
            assert part["Content-Transfer-Encoding"] == "quoted-printable"
            assert max(map(len, str(part.get_payload()).splitlines())) <= 76
    assert mail.isascii()


@every_mail
def test_f10_plain_before_html_and_both_say_the_same(mail: bytes) -> None:
    """F10: alternative(plain, html), and every link of the page stands in the text."""
    mail_read = composing.parsed(mail)
    links = re.findall(r'<a [^>]*href="([^"]+)"', composing.part(mail, "html"))
    text = composing.part(mail, "plain")

    assert [part.get_content_type() for part in mail_read.iter_parts()] == ["text/plain", "text/html"]
    assert links
    for link in links:
        plain = link.replace("&amp;", "&")
        assert (plain if "?" in plain or not plain.startswith("mailto:") else plain[7:]) in text


def test_f10_the_date_stands_in_both_parts() -> None:
    """F10: weekday, date with year and time of the next meeting are the same in text and page."""
    for kind in ("plain", "html"):
        assert "Thursday 13 September 2018, 18:00 to 19:00" in composing.part(MAILS["M"], kind)


def test_f11_a_non_ascii_local_part_needs_raw_utf8() -> None:
    """F11: then To is raw UTF-8, and the stamp says that SMTPUTF8 is needed; else never."""
    made = stamp.Stamp(composing.frozen(), 0)
    values = composing.values(email="jörg@example.org", name="Jörg, der Große")

    mail = made.copy(values)

    assert made.needs_smtputf8(values)
    assert not made.needs_smtputf8(composing.values())
    assert 'To: "Jörg, der Große" <jörg@example.org>\r\n'.encode() in mail
    assert b"=?utf-8" not in field(mail, "To").encode()


def test_f12_a_domain_in_a_label_form_stays_ascii() -> None:
    """F12: an address whose domain alone is foreign is stored as its A-label and needs no SMTPUTF8."""
    made = stamp.Stamp(composing.frozen(), 0)
    values = composing.values(email="x@xn--bcher-kva.example")

    assert not made.needs_smtputf8(values)
    assert b"<x@xn--bcher-kva.example>" in made.copy(values)


def test_f13_the_local_part_stays_as_typed() -> None:
    """F13: capital letters of the address are kept."""
    assert "<Sam.Okafor@example.net>" in field(
        composing.copy(composing.frozen(), email="Sam.Okafor@example.net"), "To"
    )


def test_f14_the_leave_link_is_near_the_top_too() -> None:
    """F14: where a provider cuts a long mail, one-click in the header stays: it is among the first lines."""
    assert MAILS["M"].index(b"List-Unsubscribe:") < 2_000


@pytest.mark.parametrize("name", LISTS)
def test_f15_f16_list_mail_quietens_vacation_replies(name: str) -> None:
    """F15, F16: list mail has Precedence and X-Auto-Response-Suppress and no Auto-Submitted."""
    mail = MAILS[name]

    assert field(mail, "Precedence") == "list"
    assert field(mail, "X-Auto-Response-Suppress") == "OOF, AutoReply"
    assert "auto-submitted" not in dict(fields(mail))


@pytest.mark.parametrize("name", ONE_PERSON)
def test_f15_f16_machine_mail_says_so(name: str) -> None:
    """F15, F16: a mail to one person is Auto-Submitted and carries nothing of a list."""
    mail = MAILS[name]
    names = set(dict(fields(mail)))

    assert field(mail, "Auto-Submitted") == "auto-generated"
    assert not [known for known in names if known.startswith("list-")]
    assert not {"precedence", "feedback-id", "x-auto-response-suppress", "cfbl-address"} & names


@every_mail
def test_f18_no_trace_field_no_bcc_no_empty_field(mail: bytes) -> None:
    """F18: never Return-Path, Received, Bcc, Cc or an empty field."""
    assert not {"return-path", "received", "bcc", "cc"} & set(dict(fields(mail)))
    assert all(value for _, value in fields(mail))


@pytest.mark.parametrize("name", LISTS)
def test_l1_list_id_names_the_list(name: str) -> None:
    """L1: one List-Id of at most 255 characters, made of slug and host; the title may change, the id does not."""
    value = field(MAILS[name], "List-Id")

    assert value == '"South Hants IT" <south-hants-it.lists.example.org>'


def test_l1_list_id_outlives_a_new_title() -> None:
    """L1: another title leaves what stands in the angle brackets."""
    from dataclasses import replace

    renamed = composing.frame(lists=(replace(composing.SOUTH, title='The "new" name'),))

    value = field(composing.copy(composing.frozen(None, renamed)), "List-Id")

    assert value == '"The new name" <south-hants-it.lists.example.org>'


@pytest.mark.parametrize("name", ["M", "S", "long"])
def test_l2_list_fields(name: str) -> None:
    """L2: Help and Unsubscribe always, Post: NO, Owner, Subscribe and Archive where they exist, URIs in brackets."""
    mail = MAILS[name]

    assert field(mail, "List-Help") == "<https://lists.example.org/>, <mailto:chair@example.org>"
    assert field(mail, "List-Owner") == "<mailto:chair@example.org>"
    assert field(mail, "List-Post") == "NO"
    assert field(mail, "List-Subscribe") == "<https://lists.example.org/join/south-hants-it>"
    assert field(mail, "List-Archive") == "<https://lists.example.org/archive/south-hants-it/>"


@pytest.mark.parametrize("name", ["M", "S", "long"])
def test_l3_l4_one_click(name: str) -> None:
    """L3, L4: one https URI first, then a mailto; the Post field is exact; the URI is whole on its line."""
    mail = MAILS[name]

    uris = re.findall(r"<([^>]*)>", field(mail, "List-Unsubscribe"))
    assert uris == [
        f"https://lists.example.org/leave/{composing.TOKEN}",
        f"mailto:bounces+l{composing.TOKEN}@lists.example.org",
    ]
    assert field(mail, "List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"
    assert all(f"<{uri}>".encode() in head(mail) for uri in uris)


def test_l3_without_pages_leaving_is_by_mail() -> None:
    """Without base_url: List-Unsubscribe is a mailto alone, there is no -Post, and the footer's link is the same mailto."""
    mail = MAILS["laptop"]
    mailto = "mailto:chair@lists.example.org?subject=unsubscribe"

    assert field(mail, "List-Unsubscribe") == f"<{mailto}>"
    assert "list-unsubscribe-post" not in dict(fields(mail))
    assert mailto in composing.part(mail, "plain")
    assert f'href="{mailto}"' in composing.part(mail, "html")
    assert "https://lists.example.org" not in composing.part(mail, "plain")


@pytest.mark.parametrize(
    ("answer", "said"), [("yes", "Yes, I come"), ("maybe", "Maybe"), ("no", "No, I cannot")]
)
def test_an_invitation_has_a_button_for_each_answer(answer: str, said: str) -> None:
    """In both parts: a page with that answer in front; without pages a mail to the list's people that says it."""
    with_pages, laptop = MAILS["M"], MAILS["laptop"]
    page = f"https://lists.example.org/rsvp/{composing.TOKEN}/{answer}"
    subject = quote(f"{said}: Artificial intelligence, without the sales pitch")

    assert f"{said}:\n{page}\n" in composing.part(with_pages, "plain").replace("\r", "")
    assert re.search(rf'href="{page}"[^>]*>{said}</a>', composing.part(with_pages, "html"))
    assert f"mailto:chair@lists.example.org?subject={subject}" in composing.part(laptop, "plain")


def test_l6_the_leave_link_holds_no_address() -> None:
    """L6: who leaves is told by the token alone."""
    assert b"sam.okafor" not in field(MAILS["M"], "List-Unsubscribe").encode()


@pytest.mark.parametrize("name", ["M", "S"])
def test_l15_the_leave_link_is_seen_in_both_parts(name: str) -> None:
    """L15: text and page show the word and the link."""
    link = f"https://lists.example.org/leave/{composing.TOKEN}"

    assert f"Unsubscribe:\n{link}" in composing.part(MAILS[name], "plain").replace("\r\n", "\n")
    assert re.search(rf'<a href="{link}"[^>]*>Unsubscribe</a>', composing.part(MAILS[name], "html"))


def test_c7_feedback_id_names_no_person() -> None:
    """C7: four fields, the last one stable and of 5 to 15 characters, no address and no token in them."""
    parts = field(MAILS["M"], "Feedback-ID").split(":")

    assert parts[:3] == ["2018-06-29-meeting-1", "south-hants-it", "recap"]
    assert re.fullmatch(r"[a-z0-9]{5,15}", parts[3])


def test_c7_a_long_edition_name_is_cut() -> None:
    """F1: the whole field stays within 78 characters."""
    found = replace(composing.written(), name="a-long-" * 12 + "name.md")

    octets = composing.copy(composing.frozen(found))

    line = next(one for one in octets.split(b"\r\n") if one.startswith(b"Feedback-ID"))
    assert line.startswith(b"Feedback-ID: a-long-a-long-") and line.count(b":") == 4
    assert len(line) <= 78


def test_c8_complaints_have_an_address_below_from() -> None:
    """C8: CFBL fields stand once where the receiving address lies at or below the From domain, and else not at all."""
    elsewhere = composing.copy(composing.frozen(None, composing.frame(receive="bounces@example.net")))

    assert field(MAILS["M"], "CFBL-Address") == "bounces@lists.example.org; report=arf"
    assert field(MAILS["M"], "CFBL-Feedback-ID") == composing.TOKEN
    assert "cfbl-address" not in dict(fields(elsewhere))
