"""What an SMTP server's answer means: for the delivery, for the run, and for the address.

Pure functions over tables of cases. A delivery is only `sent` by a 2xx to the final dot, only `unclear` when the dot
went out and nothing sensible came back, and never `failed` for what is our own trouble (login, sender address, host).
"""

import re
from dataclasses import dataclass
from typing import Literal

from newsletter.core import refusals

Stage = Literal["connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "dot"]
Kind = Literal["", "hard", "soft", "policy"]
Outcome = Literal["sent", "deferred", "failed", "unclear", "halt", "surprise"]
Slow = Literal["", "provider", "relay", "quota"]

TEXT_LIMIT = 300  # characters of an answer that we keep
ALIKE_LIMIT = 10  # policy refusals of one sort, one after the other, that pause the run

_OPENING = frozenset({"connect", "ehlo", "starttls", "auth"})
_SERVER_STAGES = frozenset({"connect", "ehlo", "starttls", "auth", "mail"})
# 503 says that the server lost count of our commands: nobody is to blame, the connection is to be closed.
_CONFUSED = 503
_STATUS = re.compile(r"([245]\.\d{1,3}\.\d{1,3})(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Answer:
    """One reply of a server: code (0: none came), enhanced status (RFC 3463, may be empty), text on one line."""

    code: int
    status: str = ""
    text: str = ""

    def __str__(self) -> str:
        return " ".join(
            part for part in (str(self.code) if self.code else "", self.status, self.text) if part
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an answer does: to the delivery, to the speed, and to what we think of the address.

    `halt` and `surprise` leave the delivery due: the first stops the run, the second closes the connection.
    """

    outcome: Outcome
    kind: Kind = ""
    slow: Slow = ""


def read(code: int, text: str) -> Answer:
    """Make an Answer of a code and its text, which is untrusted: shortened, printable, on one line."""
    clean = text[: 4 * TEXT_LIMIT].strip()
    if not clean.isprintable() or "  " in clean:
        clean = " ".join("".join(c if c.isprintable() else " " for c in clean).split())
    found = _STATUS.match(clean)
    if found is None:
        return Answer(code, "", clean[:TEXT_LIMIT])
    return Answer(code, found[1], clean[found.end() :][:TEXT_LIMIT])


def judge(stage: Stage, answer: Answer) -> Verdict:
    """Decide what an answer at a stage of the conversation means (RFC 5321 4.2.1, 4.3.2)."""
    if not is_expected(stage, answer.code):
        return Verdict("unclear" if stage == "dot" else "surprise")
    if answer.code < 400:
        return Verdict("sent" if stage == "dot" else "surprise")
    if answer.code < 500:
        return Verdict("deferred", slow=_slow(stage, answer))
    if is_quota(answer) and stage not in _OPENING:
        return Verdict("deferred", slow="quota")
    if stage in _SERVER_STAGES or _is_our_login(answer):
        return Verdict("halt")
    kind = kind_of(answer)
    return Verdict("deferred" if kind == "policy" else "failed", kind)


def is_expected(stage: Stage, code: int) -> bool:
    """Tell whether a code belongs to the conversation at this stage, as yes or as no."""
    if code == _CONFUSED and stage != "connect":
        return False
    if 400 <= code < 600:
        return True
    if stage == "data":
        return code == 354
    if stage == "auth":
        return code in (235, 334)
    return 200 <= code < 300


def is_good(stage: Stage, code: int) -> bool:
    """Tell whether a code lets the conversation go on at this stage."""
    return code < 400 and is_expected(stage, code)


def kind_of(answer: Answer) -> Kind:
    """Tell what a permanent refusal says: the address is dead (hard), not now (soft), our mail is refused (policy).

    Quota and rate words beat 5.1.1, "no such user" beats 5.7.1, words of policy beat codes that say nothing, and any
    5.7.x beats the rest (RFC 3463, and what servers make of it).
    """
    detail = answer.status.partition(".")[2]
    blame = refusals.blame(answer.text)
    if detail == "4.1" and _UNKNOWN_AT_MICROSOFT.search(answer.text):
        return "hard"
    if detail in _OUR_ADDRESS or is_quota(answer):
        return "policy"
    if blame == "big" and detail == "1.1":  # no size of ours, but what is left of the mailbox's
        return "soft"
    if blame in _KINDS:
        return _KINDS[blame]
    if detail in _HARD:
        return "hard"
    if detail.startswith("7.") or detail in _SIZE:
        return "policy"
    return "soft"


_KINDS: dict[str, Kind] = {
    "full": "soft", "grey": "soft", "closed": "soft", "big": "policy", "sender": "policy", "nobody": "hard", "nowhere": "hard",
    "policy": "policy",
}  # fmt: skip
_HARD = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10"})  # RFC 3463 3.2, RFC 7505 (null MX)
_OUR_ADDRESS = frozenset(
    {"1.7", "1.8", "1.90", "4.5"}
)  # the last two: Microsoft's and Gmail's sending limits
_SIZE = frozenset({"2.3", "3.4"})
_UNKNOWN_AT_MICROSOFT = re.compile(r"recipient address(?:es)? rejected ?: access denied", re.IGNORECASE)

_GREY = re.compile(r"gr[ea]y\W?list|try again (?:later|in)|temporarily deferred|please retry", re.IGNORECASE)
_TOO_FAST = re.compile(r"too fast|too many|rate|thrott?l|\[TSS\d+\]", re.IGNORECASE)
# What relays say when we have used up what they let us send: "Daily message quota exceeded", "Daily user sending limit
# exceeded", "exceeded the max emails per hour", "you've reached your daily limit for message recipients".
_QUOTA = re.compile(
    r"(?:daily|hourly|24.hour) (?:\w+ ){0,3}(?:quota|limit)|(?:message|sending) (?:\w+ )?(?:quota|limit) (?:\w+ )?exceeded"
    r"|max(?:imum)? (?:\w+ ){0,2}(?:e?-?mails|messages|defers(?: and failures)?) per (?:hour|day)|(?:mail send|sending|outgoing)(?: mail)? (?:limit|quota) exceeded"
    r"|limit for (?:sending mail|message recipients)",
    re.IGNORECASE,
)
_MAILBOX = re.compile(r"mailbox|inbox|receiv", re.IGNORECASE)
_DAY, _HOUR = re.compile(r"daily|24.hour|per day", re.IGNORECASE), re.compile(r"hour", re.IGNORECASE)


def _slow(stage: Stage, answer: Answer) -> Slow:
    """Say whom a 4xx slows down: nobody, the recipient's provider, the relay, or the relay until its quota renews."""
    whom: Slow = "relay" if stage in _SERVER_STAGES else "provider"
    if is_quota(answer):
        return "quota"
    if answer.code in (421, 454):
        return whom
    if answer.status.startswith("4.7.") and not _is_greylisting(answer):
        return whom
    return whom if answer.status == "4.2.1" and _TOO_FAST.search(answer.text) else ""


def is_quota(answer: Answer) -> bool:
    """Tell whether a relay says that we have sent as much as it lets us; a recipient's full mailbox is another thing."""
    return bool(
        _QUOTA.search(answer.text)
        and not answer.status[1:].startswith(".2.")
        and not _MAILBOX.search(answer.text)
    )


def quota_window(answer: Answer) -> float | None:
    """The length in seconds of the window that a quota answer names, or None when it names none."""
    if _DAY.search(answer.text):
        return 86_400.0
    return 3_600.0 if _HOUR.search(answer.text) else None


def _is_greylisting(answer: Answer) -> bool:
    return answer.code in (450, 451) and (answer.status == "4.7.1" or _GREY.search(answer.text) is not None)


def _is_our_login(answer: Answer) -> bool:
    """530, 534, 535 and 538 speak of the login wherever they come (RFC 4954 6); so does 5.7.8."""
    return answer.code in (530, 534, 535, 538) or answer.status == "5.7.8"


def likeness(stage: Stage, answer: Answer) -> str:
    """Return what makes two policy refusals alike: stage, code and status, or the text's words without numbers."""
    words = answer.status or re.sub(r"[^a-z ]+", "", answer.text.lower())[:60]
    return f"{stage} {answer.code} {words}".strip()


def next_wait(attempts: int, first: float, maximum: float, jitter: float) -> float:
    """Return the seconds to wait after so many attempts: doubling from `first` to `maximum`.

    `jitter` in [0, 1) lengthens the wait by up to a quarter, so that what failed together does not come back together.
    """
    doubled = first * 2.0 ** min(max(attempts, 1) - 1, 40)
    return min(doubled, maximum) * (1 + jitter / 4)


def may_repeat(on_unclear: str, lost_answers: int, *, own_death: bool) -> bool:
    """Tell whether an unclear delivery goes out once more by itself, or waits for a person.

    `lost_answers` counts the server answers to this delivery that never came, the newest included; deaths of our own
    process do not count.
    """
    if on_unclear != "repeat":
        return False
    return own_death or lost_answers < 2
