"""Read an inbound mail as a letter: who writes, to which of our addresses, in answer to which mail, in what own words.

Nothing here is believed: the tokens still have to be ours, and From says nothing about who has written.
"""

import html
import re
from dataclasses import dataclass, field
from email.message import Message
from email.utils import getaddresses

from newsletter.core import loops, texts, tokens, wishes
from newsletter.mail import reading

FIELD_LIMIT = 4_000  # characters of a header field that are looked at
ADDRESSES_LIMIT = 20
_ADDRESS = re.compile(r"[^\s<>,;:\"()]{1,120}@[^\s<>,;:\"()]{1,255}")
_TOKEN = re.compile(rf"(?<![a-z2-7])([a-z2-7]{{{tokens.LENGTH}}})(?![a-z2-7])")
# Where a server writes the address that it delivered to, before what the writer wrote.
_ADDRESSED = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
_RECEIVED = re.compile(rb"^received[ \t]*:", re.IGNORECASE | re.MULTILINE)
_HEAD_END = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, slots=True)
class Letter:
    """One inbound mail. `addressed` are tokens in the addresses that it came to, with their purpose; `answered` what may be
    the token of the mail it answers. `fields` are the header's by name in lower case, each once and cut."""

    sender: str
    name: str
    subject: str
    words: str
    text: str
    addressed: tuple[tuple[tokens.Purpose, str], ...]
    answered: tuple[str, ...]
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def may_be_answered(self) -> bool:
        return loops.may_answer(self.fields)


def hops(data: bytes) -> int:
    """How many servers a mail came through, by its Received lines."""
    end = _HEAD_END.search(data, 0, reading.HEADER_LIMIT)
    return len(_RECEIVED.findall(data, 0, end.start() if end else reading.HEADER_LIMIT))


def read(data: bytes, recipient: str = "") -> Letter:
    """Read a mail; `recipient` is the envelope's where it is known. Raises InputError when it breaks a bound."""
    message = reading.parse(data)
    known = list(message.raw_items())[:500]
    fields = {name.lower(): reading.of_octets(raw[:FIELD_LIMIT]) for name, raw in reversed(known)}
    name, sender = _sender(fields.get("from", ""))
    text = _text(message)
    return Letter(
        sender=sender,
        name=name,
        subject=_decoded(fields.get("subject", "")),
        words=wishes.own_words(text),
        text=text,
        addressed=_addressed(message, recipient),
        answered=_answered(fields),
        fields=fields,
    )


def _sender(value: str) -> tuple[str, str]:
    found = getaddresses([value[:600]])[:1]
    name, address = found[0] if found else ("", "")
    return _decoded(name), address if _ADDRESS.fullmatch(address) and address.isprintable() else ""


def _decoded(value: str) -> str:
    """A field's text for people: encoded-words undone, one line, no control characters."""
    return " ".join(texts.FORBIDDEN.sub(" ", reading.unencoded(value[:1_000])).split())[:250]


def _addressed(message: Message, recipient: str) -> tuple[tuple[tokens.Purpose, str], ...]:
    places = [recipient]
    for name in _ADDRESSED:
        places += [str(value)[:FIELD_LIMIT] for value in message.get_all(name, [])[:5]]
    found: dict[tuple[tokens.Purpose, str], None] = {}
    for place in places:
        for address in _ADDRESS.findall(place)[:ADDRESSES_LIMIT]:
            token = tokens.from_mailbox(address)
            if token is not None:
                found[token] = None
    return tuple(found)


def _answered(fields: dict[str, str]) -> tuple[str, ...]:
    """The mail that is answered: In-Reply-To, else the last of References. Earlier ones belong to others of the thread."""
    answered = fields.get("in-reply-to", "") or " ".join(fields.get("references", "").split()[-1:])
    return tuple(_TOKEN.findall(answered.lower())[:2])


def _text(message: Message) -> str:
    """The text that a person wrote: the first plain part, else the HTML without its tags."""
    parts = [part for part in reading.own_parts(message) if not part.is_multipart()]
    for part in parts:
        if part.get_content_type() == "text/plain" and part.get_content_disposition() != "attachment":
            return _readable(part)
    for part in parts:
        if part.get_content_type() == "text/html":
            return _without_tags(_readable(part))
    return ""


def _readable(part: Message) -> str:
    """A part's text in its own charset, if that is one."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    payload = payload[: 4 * wishes.TEXT_LIMIT]
    charset = str(part.get_content_charset("utf-8"))
    try:
        text = payload.decode(charset if charset in _CHARSETS else "utf-8", "strict")
    except (UnicodeDecodeError, LookupError):
        text = payload.decode("utf-8", "replace") if charset == "utf-8" else payload.decode("latin-1")
    return text[: wishes.TEXT_LIMIT]


_CHARSETS = frozenset(
    "utf-8 us-ascii iso-8859-1 iso-8859-2 iso-8859-15 windows-1250 windows-1252 koi8-r iso-2022-jp shift_jis gb2312 gbk "
    "gb18030 big5 euc-kr windows-1251".split()
)


def _without_tags(text: str) -> str:
    """HTML as plain lines. What a mail program marks as quoted is cut off."""
    text = re.split(
        r"<blockquote|<div[^>]{0,200}(?:gmail_quote|divRplyFwdMsg|yahoo_quoted|moz-cite-prefix)", text, maxsplit=1
    )[0]  # fmt: skip
    text = re.sub(r"<(?:style|script|head)\b.*?(?:</(?:style|script|head)>|\Z)", " ", text, flags=re.S | re.I)
    text = re.sub(r"<(?:br|/p|/div|/tr|/li)\b[^>]{0,300}>", "\n", text, flags=re.IGNORECASE)
    return html.unescape(re.sub(r"<[^>]{0,2000}>", "", text))
