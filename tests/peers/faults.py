"""Every fault word at every stage of a mail, with the state that its delivery must be in after one pass; and what a
receiver would hold against the bytes that we sent.

The words are those of smtp_peer: they ride in the tag of the recipient's local part.
"""

from collections import Counter
from collections.abc import Iterable
from email import message_from_bytes
from email.policy import compat32

from tests.peers import smtp_peer

# stage-word: state. Before the final dot a broken connection means "try again"; after it nobody knows.
EXPECTED: dict[str, str] = {
    "rcpt-450": "deferred", "rcpt-451": "deferred", "rcpt-452": "deferred", "rcpt-421": "deferred",
    "rcpt-550": "failed", "rcpt-553": "failed",
    "rcpt-drop": "deferred", "rcpt-rst": "deferred", "rcpt-garbage": "deferred", "rcpt-empty": "deferred",
    "rcpt-badcode": "deferred", "rcpt-dup": "deferred", "rcpt-354": "deferred", "rcpt-long": "deferred",
    "rcpt-multi-500": "deferred", "rcpt-split": "sent", "rcpt-multi": "sent",
    "data-451": "deferred", "data-421": "deferred", "data-554": "failed",
    "data-drop": "deferred", "data-rst": "deferred", "data-garbage": "deferred", "data-empty": "deferred",
    "data-badcode": "deferred", "data-250": "deferred", "data-long": "deferred", "data-split": "sent",
    "dot-451": "deferred", "dot-421": "deferred", "dot-452": "deferred", "dot-554": "failed",
    "dot-drop": "unclear", "dot-rst": "unclear", "dot-lost": "unclear", "dot-garbage": "unclear", "dot-empty": "unclear",
    "dot-badcode": "unclear", "dot-long": "unclear", "dot-354": "unclear", "dot-503": "unclear",
    "dot-split": "sent", "dot-multi": "sent", "dot-dup": "sent",
}  # fmt: skip
# A server that says nothing: what ends the wait is our own time-out.
SILENT: dict[str, str] = {"rcpt-hang-4": "deferred", "data-hang-4": "deferred", "dot-hang-4": "unclear"}
# Those that end a connection before the final dot, though it may not be the recipient's fault.
BREAKING = frozenset(
    word
    for word, state in {**EXPECTED, **SILENT}.items()
    if state == "deferred" and not word.rpartition("-")[2].startswith("4")
)
# An answer too many counts for the next mail's command until something does not fit: that mail may have to wait.
SHIFTING = frozenset({"dot-dup", "rcpt-dup"})
# RFC 5322 3.6: at most once each. RFC 2369 3 and RFC 2919 3 say the same of list fields.
_ONCE = frozenset(
    "from to cc sender reply-to subject date message-id in-reply-to references mime-version content-type "
    "content-transfer-encoding list-id list-help list-post list-owner list-archive list-subscribe list-unsubscribe "
    "list-unsubscribe-post auto-submitted precedence feedback-id".split()
)
_MUST = ("from", "date", "message-id")
_NEVER = ("bcc", "return-path", "received")


def violations(peer: smtp_peer.Peer) -> list[str]:
    """What the peer noted of our protocol, and what its mails have against them."""
    return [*peer.violations, *of_mails(mail.content for mail in peer.mails)]


def of_mails(contents: Iterable[bytes]) -> list[str]:
    """Fields that are repeated, missing, empty or should not be there (RFC 5322 3.6), each kind of trouble once."""
    found: list[str] = []
    for content in contents:
        message = message_from_bytes(content, policy=compat32)
        counts = Counter(name.lower() for name in message.keys())  # noqa: SIM118 - a message repeats its keys
        found += [
            f"{name} stands {count} times" for name, count in counts.items() if count > 1 and name in _ONCE
        ]
        found += [f"no {name}" for name in _MUST if name not in counts]
        found += [f"{name} is there" for name in _NEVER if name in counts]
        found += [f"{name} is empty" for name, value in message.items() if not str(value).strip()]
    return list(dict.fromkeys(found))
