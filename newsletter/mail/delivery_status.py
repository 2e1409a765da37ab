"""Delivery status notifications: RFC 3464 in the frame of RFC 6522, and RFC 6533 for addresses beyond ASCII.

A report is judged recipient by recipient, by the same rules as an answer within SMTP. What the status part does not say
(some systems send it empty) is left to the text for people, see text_bounces.
"""

import re
from collections.abc import Iterable
from email.message import Message

from newsletter.core import answers
from newsletter.mail import blocks, reading, senders, verdicts

TYPES = ("message/delivery-status", "message/global-delivery-status", "message/xdelivery-status")
# A status field that says nothing: the text of the server may say more.
_SILENT = re.compile(r"[45]\.(?:0|1|3|5)\.0$")
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\.\d)")
_REPLY = re.compile(r"[\s<]*(?:#[45][\d.]+ )?(?:[\w.-]+;)?\s*(?:(\d{3})[ -])?\s*(.*)", re.DOTALL)
_CODE = re.compile(r"(?<![\d.])([45]\d\d)(?:[ -]+#?[45]\.\d|[ -]+[A-Za-z<(])")
_CHALLENGE = "x-boxbe-notice"  # no failure: a program that wants a person to press a button
_LOCAL = re.compile(
    r"[^\s<>;:\"',]{1,80}@[^\s<>;:\"',]{1,200}"
)  # an address within a house: no dot in its domain
_QUOTED = re.compile(r'"[^"\s@<>]{1,64}"@[\w.-]{1,200}\w')  # RFC 5321 4.1.2: "a..b"@example.org
_IN_TEXT = re.compile(r"^(?:reporting-mta|(?:original|final)-recipient) {0,4}:", re.IGNORECASE | re.MULTILINE)
_QUIET = re.compile(r"delay|relay|expand|deliver", re.IGNORECASE)


def find(message: Message) -> verdicts.Report | None:
    """Read a delivery report; None when the mail is none, or its status part names nobody and nothing."""
    part = _status_part(message)
    return None if part is None else _of_blocks(blocks.of(part))


def of_text(text: str) -> verdicts.Report | None:
    """Read the fields of a delivery report that stand in a text, as some systems write them; None where none do."""
    begins = _IN_TEXT.search(text)
    return _of_blocks(blocks.in_text(text[begins.start() :])) if begins else None


def _of_blocks(found: Iterable[dict[str, str]]) -> verdicts.Report | None:
    failed: list[verdicts.Report] = []
    quiet: list[verdicts.Report] = []
    for block in found:
        if block.get("diagnostic-code", "").lower().startswith(_CHALLENGE):
            return verdicts.Report("autoreply", reason=verdicts.clean(block["diagnostic-code"]))
        if "action" in block or "final-recipient" in block or "original-recipient" in block:
            (failed if _has_failed(block) else quiet).append(_judged(block))
    if failed:
        return verdicts.worst(failed)
    if not quiet:
        return None
    who = verdicts.once([recipient for one in quiet for recipient in one.recipients])
    return verdicts.Report("other", who, quiet[0].status, f"no failure: {quiet[0].reason}")


def _status_part(message: Message) -> Message | None:
    """The status part of a mail's own level; of the mail it attaches only where it calls itself a report all the same.

    Gateways wrap a report that way. A person's mail that forwards one does not say so in its own header.
    """
    own = list(reading.own_parts(message))
    found = next((part for part in own if part.get_content_type() in TYPES), None)
    calls_itself = str(message.get_param("report-type")).lower() == "delivery-status"
    if not calls_itself and senders.passes_on(message) and not senders.is_machine(message):
        return None
    if found is None and calls_itself:
        inner = [more for part in own for more in reading.attached(part)]
        found = next((part for part in inner if part.get_content_type() in TYPES), None)
    return found


def says_enough(found: verdicts.Report) -> bool:
    """Tell whether the fields of a report say who failed and why: more than a status that only means "something"."""
    silent = not found.status or bool(_SILENT.match(found.status))
    return bool(found.recipients) and not (found.kind == "soft" and silent)


def _has_failed(block: dict[str, str]) -> bool:
    action = block.get("action", "")
    if action:
        return not _QUIET.match(action.strip())
    return block.get("status", "5").startswith("5")


def _judged(block: dict[str, str]) -> verdicts.Report:
    """One recipient's block as a report of its own: hard, soft or policy if it failed."""
    diagnosis = block.get("diagnostic-code", "") or block.get(
        "x-supplementary-info", ""
    )  # Microsoft's old name
    parts = _REPLY.match(diagnosis)
    code, words = (int(parts[1] or 0), parts[2]) if parts else (0, "")
    found = _STATUS.search(block.get("status", ""))
    notes = block.get("status", "")[found.end() :].strip(" ()") if found else ""
    answer = answer_of(code, words or notes, found[1] if found else "")
    address = _address(block)
    return verdicts.Report(
        kind_of(answer), (address,) if address else (), answer.status, answer.text or block.get("action", "")
    )


def answer_of(code: int, words: str, status: str) -> answers.Answer:
    """The answer of a server as a report quotes it: code and status out of the words where the fields say nothing."""
    quoted = _CODE.search(words)
    if not code and quoted:
        code = int(quoted[1])
    stated = _STATUS.findall(words)
    said = next((one for one in stated if not _SILENT.match(one)), stated[0] if stated else "")
    if said and (not status or _SILENT.match(status) or said.startswith("5.7.")):
        status = said
    return answers.Answer(code, status, answers.read(code, words).text)


def kind_of(answer: answers.Answer) -> verdicts.Kind:
    """What a failure says of the address. Giving up on something temporary is soft: the address may be good."""
    kind = answers.kind_of(answer)
    temporary = answer.status.startswith("4") or (
        400 <= answer.code < 500 and not answer.status.startswith("5")
    )
    return "soft" if not kind or (kind == "hard" and temporary) else kind


def _address(block: dict[str, str]) -> str:
    """The recipient as we wrote it (Original-Recipient), else as the last server knew it (RFC 3464 2.3.1, 2.3.2)."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient", "x-display-name"):
        sort, semicolon, rest = block.get(name, "").partition(";")
        value = _decoded(rest if semicolon else sort, name, sort.strip().lower())
        found = _QUOTED.findall(value) or reading.addresses(value)
        found = found or [one for one in _LOCAL.findall(value) if "..." not in one]
        if found:
            return verdicts.clean(found[0])
    return ""


def _decoded(value: str, field: str, sort: str) -> str:
    if sort == "utf-8":
        return re.sub(r"\\x\{([0-9A-Fa-f]{1,6})\}", _character, value)  # RFC 6533 3
    if field == "original-recipient":  # xtext, RFC 3461 4: what a plus address and a VERP address need
        return value.replace("+2B", "+").replace("+3D", "=")
    return value


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return chr(number) if number < 0xD800 or 0xDFFF < number <= 0x10FFFF else "?"
