"""Read inbound mail within bounds. All of it is hostile until shown otherwise.

Python's parser takes seconds for 100,000 parts and dies of 2,000 nested ones, so length, header, parts and depth are
bounded before it sees anything. It runs under its compat32 policy, which decodes nothing by itself.
"""

import base64
import binascii
import html
import quopri
import re
from collections.abc import Iterator
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from newsletter.core import errors
from newsletter.mail import mending

MAIL_LIMIT = 1_048_576  # octets read of one mail; a report says what it has to say at the beginning
SIZE_LIMIT = 10_000_000  # octets of a mail that is read at all
HEADER_LIMIT = 65_536  # octets
DEPTH_LIMIT = 16
PART_LIMIT = 256
_BLANK = re.compile(rb"\r?\n\r?\n")
# What could open a level or a part, counted without parsing: generous, since texts may speak of such things too.
_LEVEL = re.compile(rb"boundary\s*=|boundary\*|message/", re.IGNORECASE)
_LEVELS_LIMIT = 64
_DASHES = re.compile(rb"^--", re.MULTILINE)
_DASHES_LIMIT = 2_000
_FIELDS_LIMIT = 1_000
_BLANKS = re.compile(
    rb"\n[ \t]*\r?\n"
)  # each could begin a block of a status part, which is a mail to the parser
_BLANKS_LIMIT = 2_000
_STATUS = re.compile(rb"delivery-status", re.IGNORECASE)
TEXT_LIMIT = 32_768  # octets of a text that are looked at

# An address as texts of servers have it: bounded, so that no text makes the search slow.
ADDRESS = re.compile(
    r"(?<![\w.!#$%&*+/=?^{|}~-])[\w!#$%&*+/?^{|}~-][\w.!#$%&'*+/=?^`{|}~-]{0,80}(?<!=)@[^\W_](?:[\w-]{0,62}[^\W_])?(?:\.[^\W_](?:[\w-]{0,62}[^\W_])?){1,10}"
)
_ENCODED = re.compile(r"=\?([\w*+:.-]{1,40})\?([bBqQ])\?([^?]{0,1000})\?=")
_GAP = re.compile(r"(?<=\?=)\s+(?==\?)")
_BREAKS = re.compile(
    r"<(?:br|/?p|/?div|/?tr|/?li|/?h\d|/?table|/?pre|/?blockquote)\b[^<>]{0,500}>", re.IGNORECASE
)
_TAGS = re.compile(r"<(?![^<>\s]{1,80}@)[^<>]{0,2000}>")
_CHARSETS = {
    name: name
    for name in (
        "utf-8 iso-8859-1 iso-8859-2 iso-8859-5 iso-8859-7 iso-8859-9 iso-8859-15 windows-1250 windows-1251 "
        "windows-1252 windows-1254 koi8-r koi8-u iso-2022-jp shift-jis euc-jp gb2312 gbk gb18030 big5 euc-kr iso-2022-kr"
    ).split()
} | {
    "ks-c-5601-1987": "euc-kr",
    "sjis": "shift-jis",
    "cp932": "cp932",
    "x-sjis": "cp932",
    "ascii": "us-ascii",
    "utf-7": "utf-7",
    "utf8": "utf-8",
}


def parse(data: bytes) -> Message:
    """Parse one mail. Raises InputError saying which bound it breaks; then a person has to look at it."""
    if len(data) > SIZE_LIMIT:
        raise errors.InputError(f"it is over {SIZE_LIMIT // 1_000_000} MB")
    data = mending.mend(data[:MAIL_LIMIT], HEADER_LIMIT)
    end = _BLANK.search(data, 0, HEADER_LIMIT + 4)
    if end is None and len(data) > HEADER_LIMIT:
        raise errors.InputError(f"its header is over {HEADER_LIMIT} octets long")
    head = data[: end.start()] if end else data
    if head.count(b"\n") > _FIELDS_LIMIT:
        raise errors.InputError(f"its header has more than {_FIELDS_LIMIT} lines")
    if _more(_LEVEL, data, _LEVELS_LIMIT) or _more(_DASHES, data, _DASHES_LIMIT):
        raise errors.InputError("it is nested too deep or has too many parts")
    if _STATUS.search(data) and _more(_BLANKS, data, _BLANKS_LIMIT):
        raise errors.InputError("its delivery status has too many blocks")
    try:
        message = BytesParser(policy=compat32).parsebytes(data)
    except (RecursionError, ValueError, LookupError, AssertionError) as problem:
        raise errors.InputError(f"it cannot be parsed ({type(problem).__name__})") from problem
    _refuse_bulk(message)
    return message


def _more(pattern: re.Pattern[bytes], data: bytes, limit: int) -> bool:
    return any(number >= limit for number, _ in enumerate(pattern.finditer(data)))


def _refuse_bulk(message: Message) -> None:
    count = 0
    level: list[Message] = [message]
    for _ in range(DEPTH_LIMIT):
        level = [child for part in level for child in inside(part)]
        count += len(level)
        if count > PART_LIMIT:
            raise errors.InputError(f"it has more than {PART_LIMIT} parts")
        if not level:
            return
    raise errors.InputError(f"it is nested more than {DEPTH_LIMIT} levels deep")


def own_parts(message: Message) -> Iterator[Message]:
    """The parts of a mail's own level, never those inside an attached mail (RFC 6522: a forwarded report is no report)."""
    yield message
    if message.get_content_maintype() == "multipart":
        for child in inside(message):
            yield from own_parts(child)


def attached(part: Message) -> Iterator[Message]:
    """The own parts of the mail that a part holds as a whole; none for any other part."""
    if part.get_content_type() == "message/rfc822":
        for inner in inside(part):
            yield from own_parts(inner)


def inside(part: Message) -> list[Message]:
    """The parts, the blocks or the mail that the parser has made of a part; none of a part that holds a text."""
    payload = part.get_payload() if part.is_multipart() else []
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def raw(part: Message) -> str:
    """What a part without parts holds, its transfer encoding left as it is."""
    try:
        payload: object = part.get_payload()
    except ValueError:  # a charset that is a codec of Python, and none for a text
        payload = part.get_payload(decode=True)
    return decoded(payload, "") if isinstance(payload, bytes) else str(payload)


def text(part: Message) -> str:
    """The text of a part, its transfer encoding undone, in the charset it claims, else UTF-8, else Latin-1."""
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    return decoded(payload[:TEXT_LIMIT], str(part.get_param("charset") or ""))


def decoded(octets: bytes, charset: str) -> str:
    """Decode octets of a stranger: only by charsets that mail really uses, and never failing."""
    claimed = _CHARSETS.get(charset.strip().lower().replace("_", "-"))
    for name, how in ((claimed, "replace"), ("utf-8", "strict")):
        if name:
            try:
                return octets.decode(name, how)
            except (UnicodeDecodeError, LookupError):
                continue
    return octets.decode("latin-1")


def words(message: Message) -> str:
    """What a mail says to people: the plain texts of its own level, or its HTML as text when there are none."""
    plain: list[str] = []
    marked: list[str] = []
    for part in own_parts(message):
        sort = part.get_content_type()
        if part.get_content_maintype() == "multipart" and not part.is_multipart():
            plain.append(raw(part)[:TEXT_LIMIT])  # its boundaries were lost on the way
        elif sort == "text/html":
            marked.append(_unmarked(text(part)))
        elif sort.startswith("text/") and sort not in ("text/calendar", "text/rfc822-headers"):
            plain.append(text(part))
    found = "\n".join(one for one in plain if one.strip()) or "\n".join(marked)
    return found[:TEXT_LIMIT].replace("\r\n", "\n").replace("\r", "\n")


def _unmarked(marked: str) -> str:
    """HTML as lines of text. It is only looked at, never shown."""
    for begin, end in (("<!--", "-->"), ("<style", "</style"), ("<script", "</script"), ("<head>", "</head")):
        marked = _without(marked, begin, end)
    rough = _TAGS.sub(" ", _BREAKS.sub("\n", marked))
    return "\n".join(" ".join(line.split()) for line in html.unescape(rough).split("\n"))


def _without(marked: str, begin: str, end: str) -> str:
    """The text without what stands between two marks; what is never closed goes to the end."""
    low, kept, at = marked.lower(), "", 0
    while (start := low.find(begin, at)) >= 0:
        kept += marked[at:start]
        at = low.find(end, start)
        if at < 0:
            return kept
        at += len(end)
    return kept + marked[at:]


def field(message: Message, name: str, limit: int = 2_000) -> str:
    """A header field as text on one line, cut at `limit` characters; empty when it is not there."""
    value: object = message.get(name, "")
    if not isinstance(value, str):  # octets beyond ASCII, which no RFC allows and many programs write
        raw = next(raw for known, raw in message.raw_items() if known.lower() == name.lower())
        value = of_octets(raw[:limit])
    return " ".join(str(value)[:limit].split())


def of_octets(raw: str) -> str:
    """A field's text as the parser holds it, its octets beyond ASCII read as UTF-8, else as Latin-1."""
    return raw if raw.isascii() else decoded(raw.encode("ascii", "surrogateescape"), "")


def subject(message: Message) -> str:
    """The subject in plain words, its encoded words (RFC 2047) undone."""
    return words_of_field(message, "subject")


def words_of_field(message: Message, name: str) -> str:
    """A field with its encoded words undone, on one line."""
    return unencoded(field(message, name))


def unencoded(text: str) -> str:
    """A text with its encoded words undone (RFC 2047), on one line; a word that is broken stays as it is."""
    return " ".join(_ENCODED.sub(_unencoded, _GAP.sub("", text)).split())


def _unencoded(found: re.Match[str]) -> str:
    charset, sort, value = found.groups()
    try:
        if sort in "bB":
            octets = base64.b64decode(value + "=" * (-len(value) % 4))
        else:
            octets = quopri.decodestring(value.replace("_", " ").encode("ascii", "replace"))
    except (binascii.Error, ValueError):
        return found[0]
    return decoded(octets, charset.partition("*")[0])


def addresses(text: str) -> list[str]:
    """The addresses that stand in a text, in their order; those cut short with dots are none."""
    return [found[0] for found in ADDRESS.finditer(text) if "..." not in found[0]]
