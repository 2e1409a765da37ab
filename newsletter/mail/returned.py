"""The mail that a report returns: as a part of its own, or as text below the report's own words."""

import re
from email.message import Message

from newsletter.mail import blocks, reading

TYPES = frozenset(
    {"text/rfc822-headers", "message/rfc822", "message/global", "message/global-headers", "message/rfc822-headers"}
)  # fmt: skip
_NAMED = (
    "message-id", "return-path", "list-unsubscribe", "cfbl-feedback-id", "reply-to", "to", "cc", "from", "sender", "subject",
    "x-hmxmroriginalrecipient", "delivered-to", "x-original-to", "envelope-to", "in-reply-to", "references",
    "list-post", "x-beenthere",
)  # fmt: skip

# Lines with which systems announce the returned mail or its header; the weak ones only where a header does follow.
_SURELY = re.compile(
    r"^[ \t>*|#=_+-]{0,80}(?:(?:below this line is|this is) a copy of (?:the|your) message|-{1,40} {0,4}below the next line"
    r"|(?:the |your )?(?:original|returned|unsent|failed|undelivered|rejected|included|old|source)(?: e-?mail)? (?:message|mail)(?: (?:text|body|headers?|header info|info))?s? (?:follows?|below|is below|attached|is attached)"
    r"|included is a copy of|here is a copy of|message (?:text|headers?|body) follows?|message follows|headers? (?:of the )?(?:\w+ )?(?:message |mail )?(?:follows?|attached)|(?:the )?(?:first \d+ \w+|header|text) of (?:the|your) (?:original )?(?:message|mail) follows?"
    r"|(?:original|old) message(?: headers?)?:?[ \t]*$|the following is a copy|end of message|es folgt (?:die|der)|ursprüngliche nachricht|content-type: (?:message/rfc822|text/rfc822-headers))"
    r"|^[ \t>|]{0,12}(?:-{2,60}|={2,60}|\+{2,60}|_{2,60}) ?(?:original|returned|unsent|your|old|source|begin|the header|copy of|header of|message headers?|message body|message text|mensaje original|message d'origine)\b",
    re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
_PERHAPS = re.compile(
    r"^[ \t>*|#=_-]{0,80}(?:(?:original|returned|your|failed|undelivered) (?:message|mail)|message headers?|message original|mensaje original|messaggio originale|mensagem original|оригинал|attached (?:is|below)|copy of (?:the|your)|the (?:header|text|content|body) of)",
    re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
_HEAD_LINE = re.compile(r"^(?:[>|] ?)?(return-path|received|delivered-to|message-id|from|to|date|subject|mime-version|content-type|x-[\w-]{1,40}|reply-to|sender):", re.IGNORECASE)  # fmt: skip
_IN_HEAD = re.compile(r"[>| \t]*$|[>|]?[ \t]|[>|]? ?[\w-]{1,40}:")
_WINDOW = 16  # lines of a header that are looked at to know it as one
_ENOUGH = 4  # different fields that make a header


def cut(text: str) -> tuple[str, str]:
    """Part a report's own words from the mail it returns below them."""
    at = _header_begins(text)
    sure = _SURELY.search(text, 0, at)
    if sure and text[: sure.start()].strip():
        return text[: sure.start()], _below(text, sure.end())
    for found in _PERHAPS.finditer(text, 0, at):
        if text[: found.start()].strip() and _follows(text, found.end()):
            return text[: found.start()], _below(text, found.end())
    return text[:at], text[at:]


def _below(text: str, at: int) -> str:
    """What stands below the line of this place."""
    end = text.find("\n", at)
    return text[end:].lstrip() if end >= 0 else ""


def _follows(text: str, at: int) -> bool:
    """Whether a header follows on the line after this place."""
    end = text.find("\n", at)
    return end >= 0 and _fields_within(text[end:]) >= _ENOUGH - 1


def _header_begins(text: str) -> int:
    """Where a run of lines begins that can only be the header of a mail."""
    position = 0
    for line in text.split("\n"):
        if _HEAD_LINE.match(line) and _fields_within(text[position:]) >= _ENOUGH:
            return position
        position += len(line) + 1
    return len(text)


def _fields_within(text: str) -> int:
    """How many different fields of a header stand in the next lines, with nothing else between them."""
    names: set[str] = set()
    for line in text[:8_000].lstrip("\n").split("\n", _WINDOW)[:_WINDOW]:
        found = _HEAD_LINE.match(line)
        if found:
            names.add(found[1].lower())
        elif not _IN_HEAD.match(line) or (names and not line.strip()):
            break
    return len(names)


def fields(message: Message, below: str) -> dict[str, str]:
    """The telling fields of the returned mail: of its own part, else of the text below the report."""
    for part in reading.own_parts(message):
        if part.get_content_type() in TYPES:
            inner = reading.inside(part)
            if inner:
                found = {name: reading.field(inner[0], name) for name in _NAMED}
            else:
                found = _of_text(reading.text(part))
            if any(found.values()):
                return found
    return _of_text(below)


def _of_text(text: str) -> dict[str, str]:
    plain = re.sub(r"^[>|] ?", "", text.lstrip()[: reading.HEADER_LIMIT], flags=re.MULTILINE)
    head = re.split(r"\n[ \t]*\n", plain.replace("\r\n", "\n"), maxsplit=1)[0]
    block = blocks.read(head)
    return {name: block.get(name, "") for name in _NAMED}
