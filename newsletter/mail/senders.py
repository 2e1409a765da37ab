"""Who sent an inbound mail: a program that delivers mail, the office that looks after one, or a person.

People write about failures too, and send on what they got. What they write must reach people, so a mail is taken for a
program's only by what people do not write: the empty sender, the names of such programs.
"""

import re
from email.message import Message

from newsletter.mail import reading

_DAEMON = re.compile(
    r"mailer[-_ ]?daemon|post_?master|mail[- ]?delivery|mail[- ]?deliver|maildelivery|mail (?:delivery )?(?:sub)?system|mdaemon|mail ?daemon|delivery (?:subsystem|system|service|agent|notification)|system administrator|system attendant|mailgate|mail ?router|bounce|mailadmin|mail-?master|mmdf|undeliverable|internet mail|symantec|sysadmin@|exchange|daemon@|auto-?reply@|no-?reply@|-admin@|returned mail|email delivery|mail system|systemadministrator",
    re.IGNORECASE,
)  # fmt: skip
_SURELY_DAEMON = re.compile(r"mailer[-_ ]?daemon|mdaemon@|mail ?delivery|microsoft exchange|^\"?system administrator\"?\s*(?:<|$)|delivery system", re.IGNORECASE)  # fmt: skip
_DOMAIN = re.compile(r"@[^\s>]*")
_FORWARD = re.compile(r"\s*(?:fwd?|wg|tr|rv|i|enc|doorst|vs|vl|pd)\s*:", re.IGNORECASE)
_ANSWER = re.compile(r"\s*(?:re|aw|antw|sv|r[ée]f|rif)\s*:", re.IGNORECASE)


def is_machine(message: Message) -> bool:
    """Whether the sender of a mail is surely a program that delivers mail: by its name, or since it takes no answer."""
    return_path = reading.field(message, "return-path")
    if "return-path" in message and (return_path in ("<>", "") or _SURELY_DAEMON.search(return_path)):
        return True
    return bool(_SURELY_DAEMON.search(reading.words_of_field(message, "from")))


def is_office(message: Message) -> bool:
    """Whether the sender may be such a program, or the person who looks after one: what stands before the @ tells."""
    return bool(_DAEMON.search(_DOMAIN.sub("@", reading.words_of_field(message, "from"))))


def passes_on(message: Message) -> bool:
    """Whether the subject is that of a mail sent on, or of an answer to one."""
    subject = reading.subject(message)
    return bool(_FORWARD.match(subject) or ("in-reply-to" in message and _ANSWER.match(subject)))
