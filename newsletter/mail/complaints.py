"""Complaints: feedback reports (RFC 5965, 6430, 6590), and the older forms of Microsoft, SpamCop and X-ARF.

A complaint without an address is one all the same: providers redact it, and our token in the returned header tells whose it is.
"""

import re
from email.message import Message

from newsletter.mail import blocks, reading, returned, verdicts

# Reports that say "I did not want this"; not-spam, auth-failure and dmarc do not (RFC 6430, 6591).
_UNWANTED = frozenset(
    {"abuse", "fraud", "virus", "other", "miscategorized", "opt-out", "opt-out-list", "unsubscribe", ""}
)
_MICROSOFT = re.compile(
    r"\bstaff@(?:hotmail|msn|live|outlook)\.com|@email-abuse\.amazonses\.com", re.IGNORECASE
)
_SUBJECT = re.compile(r"complaint about message from|^\s*\[spamcop \(|abuse complaint|spam complaint|feedback loop report|email feedback report for ip", re.IGNORECASE)  # fmt: skip
_MICROSOFTS_OWN = "x-hmxmroriginalrecipient"
_SPAMCOP = re.compile(r"@reports\.spamcop\.net", re.IGNORECASE)
_REDACTED = re.compile(r"redact|undisclosed|hidden|removed|x{4,}@", re.IGNORECASE)


def find(message: Message) -> verdicts.Report | None:
    """Read a complaint; None when the mail is none. A feedback report that complains of nothing is `other`."""
    part = _feedback(message)
    if part is None:
        return _older(message)
    block: dict[str, str] = {}
    for more in blocks.of(part):
        block = {**more, **block}
    sort = block.get("feedback-type", "").lower()
    kind: verdicts.Kind = "complaint" if sort in _UNWANTED or sort.startswith("abuse") else "other"
    who = _recipients(message, part, block) if kind == "complaint" else ()
    return verdicts.Report(kind, who, reason=f"feedback report: {verdicts.clean(sort)}")


def _feedback(message: Message) -> Message | None:
    own = list(reading.own_parts(message))
    found = next((part for part in own if part.get_content_type() == "message/feedback-report"), None)
    if found is None and str(message.get_param("report-type")).lower() == "feedback-report":
        return next((part for part in own[1:] if "feedback-type" in reading.raw(part)[:4_000].lower()), None)
    return found


def _older(message: Message) -> verdicts.Report | None:
    """Forms without a feedback part, known by their sender and subject, or by a field of their own."""
    if "x-apple-unsubscribe" in message:
        who = reading.addresses(reading.field(message, "from"))
        return verdicts.Report(
            "complaint", verdicts.once(who[:1]), reason="opt-out by the button of Apple Mail"
        )
    sender = reading.words_of_field(message, "from")
    about = _SUBJECT.search(reading.subject(message))
    marked = (
        reading.field(message, "x-arf").lower() in ("yes", "plain", "secure", "bulk") or "x-xarf" in message
    )
    marked = marked or is_resent(message)
    abused = str(message.get_param("report-type")).lower() == "feedback-report"
    if not (
        marked
        or abused
        or _SPAMCOP.search(sender)
        or (about and (_MICROSOFT.search(sender) or _attaches(message)))
    ):
        return None
    return verdicts.Report(
        "complaint", _recipients(message, None, {}), reason=verdicts.clean(reading.subject(message))
    )


def is_resent(message: Message) -> bool:
    """Whether a mail is the unwanted one itself, sent back with Microsoft's field in its header."""
    return _MICROSOFTS_OWN in message


def _attaches(message: Message) -> bool:
    return any(part.get_content_type() in returned.TYPES for part in reading.own_parts(message))


def _recipients(message: Message, part: Message | None, block: dict[str, str]) -> tuple[str, ...]:
    """Who complained: Original-Rcpt-To, Microsoft's own field, else whom the returned mail was written to."""
    named = reading.addresses(
        _all(part, "original-rcpt-to")
        or block.get("original-rcpt-to", "")
        or block.get("removal-recipient", "")
    )
    fields = returned.fields(message, "")
    named = named or reading.addresses(fields[_MICROSOFTS_OWN] or reading.field(message, _MICROSOFTS_OWN))
    if not named:
        to = reading.addresses(fields["to"])
        named = to if len(to) == 1 else []
    return verdicts.once([one for one in named if not _REDACTED.search(one)])


def _all(part: Message | None, name: str) -> str:
    """Every value of a field that may come several times (RFC 5965 3.2)."""
    if part is None:
        return ""
    parts = reading.inside(part)
    if parts:
        return " ".join(str(value) for block in parts[:10] for value in block.get_all(name, []))
    return " ".join(
        re.findall(rf"^{name}:\s*(\S.*)$", reading.raw(part)[:8_000], re.IGNORECASE | re.MULTILINE)
    )
