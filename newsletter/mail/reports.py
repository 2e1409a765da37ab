"""Say what an inbound mail is: a calendar reply, a complaint, a bounce, an automatic answer, or none of them.

Readers are asked in the order of the table at the end; each looks only at the mail's own parts (RFC 6522: a forwarded
report is no report). Nothing here raises for what a mail says; only `reading` refuses what is too much.
"""

import re
from collections.abc import Callable, Iterator
from email.message import Message

from newsletter.mail import (
    autoreplies,
    blocks,
    calendar_replies,
    complaints,
    delivery_status,
    reading,
    returned,
    ses_notifications,
    text_bounces,
    verdicts,
)

Kind = verdicts.Kind
Report = verdicts.Report
TOKENS_LIMIT = 20


def read(data: bytes) -> Report:
    """Read one mail. Raises InputError when it breaks a bound (see reading)."""
    message = reading.parse(data)
    found = next((found for reader in _READERS if (found := reader(message)) is not None), None)
    if found is None:
        found = Report("other", reason=verdicts.clean(reading.subject(message)))
    return Report(found.kind, found.recipients, found.status, found.reason, tuple(_tokens(message)))


def _delivery_report(message: Message) -> Report | None:
    """A delivery status notification; what its fields leave open is taken from its text for people."""
    found = delivery_status.find(message)
    if found is None:
        return None
    if delivery_status.says_enough(found):
        return found
    told = text_bounces.find(message)
    if told is None or found.kind == "other":
        return found
    return Report(
        told.kind if found.kind == "soft" and told.kind != "other" else found.kind,
        found.recipients or told.recipients,
        found.status or told.status,
        found.reason or told.reason,
    )


def _receipt(message: Message) -> Report | None:
    """A read receipt (RFC 8098) says that a mail was seen or thrown away. Dovecot says so of what it rejects (RFC 5429)."""
    for part in reading.own_parts(message):
        if part.get_content_type() == "message/disposition-notification":
            disposition = next(blocks.of(part), {}).get("disposition", "").lower()
            if "automatic-action" in disposition and "deleted" in disposition:
                rejected = text_bounces.find(message)
                if rejected:
                    return rejected
            return Report("other", reason=verdicts.clean(f"read receipt: {reading.subject(message)}"))
    return None


_TOKEN = re.compile(r"(?<![a-z2-7])[a-z2-7]?([a-z2-7]{40})(?![a-z2-7])")
# Where a token of ours survives: the address that the report came to, and the fields of the mail it returns.
_OUR_FIELDS = ("delivered-to", "x-original-to", "envelope-to", "to", "in-reply-to", "references")
_RETURNED_FIELDS = ("message-id", "return-path", "list-unsubscribe", "cfbl-feedback-id", "reply-to")


def _tokens(message: Message) -> Iterator[str]:
    """Texts that may be tokens of ours, each once: envelope first, then ENVID, then the returned header."""
    places = [reading.field(message, name) for name in _OUR_FIELDS]
    for part in reading.own_parts(message):
        if part.get_content_type() in delivery_status.TYPES:
            places += [block.get("original-envelope-id", "") for block in blocks.of(part)][:1]
    text = reading.words(message)
    told = ses_notifications.fields(text)
    if told:
        fields = {name: told.get(name, "") for name in _RETURNED_FIELDS}
    elif complaints.is_resent(message):
        fields = {name: reading.field(message, name) for name in _RETURNED_FIELDS}
    else:
        fields = returned.fields(message, returned.cut(text)[1])
    places += ["".join(fields[name].split()) for name in _RETURNED_FIELDS]
    seen: set[str] = set()
    for place in places:
        for found in _TOKEN.findall(place.lower()):
            if found not in seen and len(seen) < TOKENS_LIMIT:
                seen.add(found)
                yield found


# Calendar programs mark their replies as automatic, bounces call themselves automatic, and vacation replies quote "550".
_READERS: tuple[Callable[[Message], Report | None], ...] = (
    calendar_replies.find,
    complaints.find,
    _delivery_report,
    _receipt,
    ses_notifications.find,
    autoreplies.find,
    text_bounces.find,
)
