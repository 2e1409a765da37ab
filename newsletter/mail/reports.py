"""Say what an inbound mail is: a delivery status notification, a complaint, an automatic answer, or none of them.

Readers are asked in the order of the table at the end; each looks only at the mail's own parts. A report of a failure is
judged recipient by recipient (RFC 3464, 6522, 6533), by the same rules as an answer within SMTP.
"""

import base64
import binascii
import quopri
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.message import Message
from typing import Literal

from newsletter.core import answers, texts
from newsletter.mail import reading

Kind = Literal["hard", "soft", "policy", "complaint", "autoreply", "calendar-reply", "other"]
RECIPIENTS_LIMIT = 100
TOKENS_LIMIT = 20


@dataclass(frozen=True, slots=True)
class Report:
    """What a mail says. `tokens` are texts that may be a token of ours, the most trustworthy first."""

    kind: Kind
    recipients: tuple[str, ...] = ()
    status: str = ""
    reason: str = ""
    tokens: tuple[str, ...] = ()


def read(data: bytes) -> Report:
    """Read one mail. Raises InputError when it breaks a bound (see reading)."""
    message = reading.parse(data)
    for reader in _READERS:
        found = reader(message)
        if found is not None:
            return Report(found.kind, found.recipients, found.status, found.reason, tuple(_tokens(message)))
    return Report("other", reason=_clean(reading.field(message, "subject")), tokens=tuple(_tokens(message)))


def _calendar_reply(message: Message) -> Report | None:
    for part in reading.own_parts(message):
        if part.get_content_type() == "text/calendar" and str(part.get_param("method")).upper() == "REPLY":
            return Report("calendar-reply", reason=_clean(reading.field(message, "subject")))
    return None


# RFC 5965, 6430: reports that say "I did not want this"; not-spam, auth-failure and dmarc do not.
_COMPLAINTS = frozenset({"abuse", "fraud", "virus", "other", "opt-out", "opt-out-list"})


def _complaint(message: Message) -> Report | None:
    part = _part(message, "message/feedback-report")
    if part is None:
        return None
    block = next(_blocks(part), {})
    sort = block.get("feedback-type", "").lower()
    recipient = block.get("original-rcpt-to", "").strip("<> ")
    kind: Kind = "complaint" if sort in _COMPLAINTS else "other"
    return Report(kind, (_clean(recipient),) if recipient else (), reason=f"feedback report: {_clean(sort)}")


def _delivery_status(message: Message) -> Report | None:
    part = _part(message, "message/delivery-status") or _part(message, "message/global-delivery-status")
    if part is None:
        return None
    failed: list[Report] = []
    quiet: list[Report] = []
    for block in _blocks(part):
        if "action" in block or "final-recipient" in block:
            one = _judged(block)
            (failed if block.get("action", "").split(" ")[0].lower() == "failed" else quiet).append(one)
    if not failed:
        who = tuple(recipient for one in quiet for recipient in one.recipients)
        return Report(
            "other",
            who,
            quiet[0].status if quiet else "",
            "no failure: " + (quiet[0].reason if quiet else ""),
        )
    worst = min(failed, key=lambda one: _SEVERITY.index(one.kind))
    who = tuple(recipient for one in failed for recipient in one.recipients)
    return Report(worst.kind, who, worst.status, worst.reason)


_SEVERITY = ("hard", "soft", "policy")
# A status field that says nothing: the text of the server may say more.
_SILENT = re.compile(r"[45]\.(?:0\.0|3\.0|5\.0)$")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY = re.compile(r"\s*(?:[\w.-]+;)?\s*(?:(\d{3})[ -])?\s*(.*)", re.DOTALL)


def _judged(block: dict[str, str]) -> Report:
    """One recipient's block as a report of its own: hard, soft or policy if it failed."""
    parts = _REPLY.match(block.get("diagnostic-code", "")[:2_000])
    code, words = (int(parts[1] or 0), parts[2]) if parts else (0, "")
    said = _STATUS.search(words)
    found = _STATUS.search(block.get("status", ""))
    status = found[1] if found else ""
    if said and (not status or _SILENT.match(status) or said[1].startswith("5.7.")):
        status = said[1]
    answer = answers.Answer(code, status, answers.read(code, words).text)
    kind = answers.kind_of(answer)
    if kind == "hard" and (status.startswith("4") or 400 <= code < 500):
        kind = "soft"  # gave up on something temporary: the address may be good
    address = _address(block)
    return Report(
        kind or "soft", (address,) if address else (), status, answer.text or block.get("action", "")
    )


def _address(block: dict[str, str]) -> str:
    """The recipient as we wrote it (Original-Recipient), else as the last server knew it (RFC 3464 2.3.1, 2.3.2)."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        sort, _, value = block.get(name, "").partition(";")
        value = value.strip().strip("<>")
        if not value or "@" not in value:
            continue
        if sort.strip().lower() == "utf-8":
            value = re.sub(r"\\x\{([0-9A-Fa-f]{1,6})\}", _character, value)  # RFC 6533 3
        else:
            value = re.sub(
                r"\+([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), value
            )  # xtext, RFC 3461 4
        return _clean(value)
    return ""


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return chr(number) if number < 0xD800 or 0xDFFF < number <= 0x10FFFF else "?"


def _automatic(message: Message) -> Report | None:
    """Signs of an automatic answer (RFC 3834 5 and what vacation programs write)."""
    submitted = reading.field(message, "auto-submitted").lower()
    precedence = reading.field(message, "precedence").lower()
    signs = any(
        name in message for name in ("x-autoreply", "x-autorespond", "x-ms-exchange-inbox-rules-loop")
    )
    vacation = reading.field(message, "x-apple-action").upper() == "VACATION"
    if submitted.startswith("auto-replied") or precedence == "auto_reply" or signs or vacation:
        return Report("autoreply", reason=_clean(reading.field(message, "subject")))
    return None


def _part(message: Message, content_type: str) -> Message | None:
    return next(
        (part for part in reading.own_parts(message) if part.get_content_type() == content_type), None
    )


def _blocks(part: Message) -> Iterator[dict[str, str]]:
    """The blocks of fields of a status part: Python cuts message/delivery-status into blocks, but no other type."""
    payload = part.get_payload()
    if isinstance(payload, list):
        raw = "\n\n".join(
            f"{_fields(block)}\n\n{block.get_payload()}" for block in payload if isinstance(block, Message)
        )
    else:
        raw = str(payload)
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    for number, text in enumerate(re.split(r"(?:\r?\n[ \t]*){2,}", _decoded(raw, encoding))):
        if number > RECIPIENTS_LIMIT:
            return
        block = _block(text)
        if block:
            yield block


def _fields(block: Message) -> str:
    return "\n".join(f"{name}: {value}" for name, value in block.items())


def _decoded(raw: str, encoding: str) -> str:
    try:
        if encoding == "base64":
            return base64.b64decode(raw).decode("utf-8", "replace")
        if encoding == "quoted-printable":
            return quopri.decodestring(raw.encode("utf-8", "replace")).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        return ""
    return raw


def _block(text: str) -> dict[str, str]:
    """The fields of one block, names in lower case, folded lines joined; the first of a name counts."""
    found: dict[str, str] = {}
    for line in re.sub(r"\r?\n[ \t]+", " ", text).splitlines()[:200]:
        name, colon, value = line.partition(":")
        if colon:
            found.setdefault(name.strip().lower(), value.strip()[:2_000])
    return found


_TOKEN = re.compile(r"(?<![a-z2-7])[a-z2-7]?([a-z2-7]{40})(?![a-z2-7])")
# Where a token of ours survives: the address that the report came to, and the fields of the mail it returns.
_OUR_FIELDS = ("delivered-to", "x-original-to", "envelope-to", "to", "in-reply-to", "references")
_RETURNED_FIELDS = ("message-id", "return-path", "list-unsubscribe", "cfbl-feedback-id", "reply-to")
_RETURNED_TYPES = frozenset(
    {"text/rfc822-headers", "message/rfc822", "message/global", "message/global-headers"}
)


def _tokens(message: Message) -> Iterator[str]:
    """Texts that may be tokens of ours, each once: envelope first, then ENVID, then the returned header."""
    places = [reading.field(message, name) for name in _OUR_FIELDS]
    for part in reading.own_parts(message):
        if part.get_content_type() in ("message/delivery-status", "message/global-delivery-status"):
            places += [block.get("original-envelope-id", "") for block in _blocks(part)][:1]
        elif part.get_content_type() in _RETURNED_TYPES:
            places += _returned(part)
    seen: set[str] = set()
    for place in places:
        for found in _TOKEN.findall(place.lower()):
            if found not in seen and len(seen) < TOKENS_LIMIT:
                seen.add(found)
                yield found


def _returned(part: Message) -> list[str]:
    """The telling fields of the mail that a report returns, whole or as its header only."""
    payload = part.get_payload()
    if isinstance(payload, list) and payload and isinstance(payload[0], Message):
        return [reading.field(payload[0], name) for name in _RETURNED_FIELDS]
    head = re.split(r"\r?\n\r?\n", reading.text(part).lstrip()[: reading.HEADER_LIMIT])[0]
    block = _block(head)
    return [block.get(name, "") for name in _RETURNED_FIELDS]


def _clean(text: str) -> str:
    """A text of a stranger as it may be shown and kept: one line, no control characters, not long."""
    return texts.FORBIDDEN.sub(" ", text)[: answers.TEXT_LIMIT].strip()


_READERS: tuple[Callable[[Message], Report | None], ...] = (
    _calendar_reply,
    _complaint,
    _delivery_status,
    _automatic,
)
