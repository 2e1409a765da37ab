"""A question under a mail, and the links of its mails, for tests."""

from newsletter import site as sites
from newsletter.service import questions, queueing
from tests.service import outgoing

EDITION = """\
+++
kind = "recap"
subject = "Meeting 1: a small room"
preheader = "What we talked about, and one question about our name"
question = "name"
+++
Dear {{ first_name | "friend" }},

we met on Thursday and talked about what to call this group.
"""
SLUG = "south-hants-it"
NAMES = ("Southampton Tech Circle", "The Parsons Table", "Solent <Makers> & Friends")
CLOSES = "2018-07-12 20:00"
DATES = ("2018-09-13 18:00", "2018-09-18 18:00", "2018-09-20 18:30")


def ask(opened: sites.Site, **more: object) -> int:
    """Make the question about the name, send it under a recap; return the number of its message."""
    wanted = questions.Wanted(
        "name", "What shall we call ourselves?", **{"choices": NAMES, "closes": CLOSES, **more}  # type: ignore[arg-type]
    )  # fmt: skip
    questions.new(opened, opened.mailing_list(SLUG), wanted)
    queueing.queue(opened, outgoing.edition(opened, EDITION, SLUG, "2018-06-29-question"), queueing.Order())
    return int(opened.store.value("SELECT max(id) FROM message WHERE edition IS NOT NULL"))


def token(opened: sites.Site, member: int) -> str:
    """The token of a member's mail, of the newest edition."""
    number = opened.store.value("SELECT max(id) FROM message WHERE edition IS NOT NULL")
    return opened.tokens.make("ask", number, member)


def votes(opened: sites.Site, slug: str = "name") -> list[int]:
    """How many took each choice."""
    return [one["votes"] for one in questions.show(opened, slug)["choices"]]
