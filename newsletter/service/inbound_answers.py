"""Answers to an invitation in a person's own words: they become a proposal, which the chair settles (service/proposals.py).

Runs inside the caller's write transaction.
"""

from newsletter import site
from newsletter.core import tokens, wishes
from newsletter.service import health, inbound_leaving, inbound_letters
from newsletter.service.inbound import Inbound
from newsletter.store import meetings, replies

WORDS_LIMIT = 500  # characters of a person's words that the chair is shown


def of_words(opened: site.Site, inbound: Inbound) -> str:
    """Propose a person's words as an answer to the meeting they write about; say what was done, or nothing."""
    token = inbound_leaving.writer(opened, inbound)
    answer = wishes.coming(inbound.letter.words) if token else None
    if token is None or answer is None:
        return ""
    meeting = _meeting(opened, token)
    if meeting is None:
        return ""
    replies.add(
        opened.store,
        replies.Reply(
            inbound.digest, inbound.now, "words", "proposed", answer, token.member, token.number, meeting, 0,
            inbound.now, " ".join(inbound.letter.words.split())[:WORDS_LIMIT],
        ),
    )  # fmt: skip
    health.revive(opened, token.member, "its holder wrote to us", inbound.now)
    # The chair reads the very words as well: a machine may have understood them wrongly.
    passed = inbound_letters.keep(opened, inbound)
    return f"proposed for member {token.member}: {answer}{'; ' + passed if passed else ''}"


def _meeting(opened: site.Site, token: tokens.Token) -> int | None:
    """The meeting that the answered mail invites to, if it has not begun."""
    row = meetings.of_message(opened.store, token.number)
    if row is None or row["state"] != "planned" or row["starts"] <= opened.clock.iso():
        return None
    return int(row["id"])
