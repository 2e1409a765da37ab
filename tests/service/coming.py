"""A meeting that people were invited to, and the links of their mails, for tests."""

from newsletter import site as sites
from newsletter.service import queueing
from tests.service import outgoing

EDITION = """\
+++
kind = "invitation"
subject = "Come to our second meeting"
preheader = "What we will talk about in September, and where we meet"
[next_meeting]
title = "Backups that restore"
starts = 2018-09-13T18:00:00
ends = 2018-09-13T19:00:00
place = "The Parsons, Southampton"
then = "drinks downstairs"
+++
Dear {{ first_name | "friend" }},

we meet again, and it would be good to see you there. Bring a question, and a friend.
"""
SLUG = "south-hants-it-2018-09-13"


def invite(opened: sites.Site, text: str = EDITION) -> int:
    """Queue the invitation; return the number of its message."""
    queueing.queue(opened, outgoing.edition(opened, text), queueing.Order())
    return int(opened.store.value("SELECT max(id) FROM message WHERE edition IS NOT NULL"))


def token(opened: sites.Site, member: int, message: int = 0) -> str:
    """The answer token of a member's mail, of the newest edition unless a message is named."""
    number = message or opened.store.value("SELECT max(id) FROM message WHERE edition IS NOT NULL")
    return opened.tokens.make("rsvp", number, member)
