"""Answers that came by mail in a person's own words: the chair accepts them, and they count, or drops them."""

import sqlite3
from typing import Any

from newsletter import site
from newsletter.core import errors, rsvps
from newsletter.service import meetings
from newsletter.service import rsvps as answers
from newsletter.store import members, replies
from newsletter.store import rsvps as answered


def accept(opened: site.Site, slug: str, number: int) -> dict[str, Any]:
    """Count a proposed answer to a meeting as the person's; they get the receipt.

    What they answered before by other ways stays but for the answer itself: guests, needs and note. Returns the proposal
    with what it `became`: in, waiting, "" (no or maybe), over, cancelled, gone (a person forgotten), settled (it was before). Raises NotFoundError.
    """
    with opened.store.write():
        row, told = _find(opened, slug, number)
        if not replies.settle(opened.store, number, "accepted"):
            return {**told, "became": "settled"}
        if told["address"] is None:
            return {**told, "became": "gone"}
        before = answered.get(opened.store, row["meeting"], row["member"])
        given = rsvps.Rsvp(
            row["answer"], before["guests"] if before else 0, before["drinks"] if before else ""
        )
        written = answers.write(opened, row["meeting"], row["member"], given)
        return {**told, "became": written.place if written.state == "open" else written.state}


def drop(opened: site.Site, slug: str, number: int) -> dict[str, Any]:
    """Drop a proposed answer: nothing of it counts, and its words are wiped. Raises NotFoundError."""
    with opened.store.write():
        _, told = _find(opened, slug, number)
        done = replies.settle(opened.store, number, "dropped")
        return {**told, "became": "dropped" if done else "settled"}


def _find(opened: site.Site, slug: str, number: int) -> tuple[sqlite3.Row, dict[str, Any]]:
    meeting, row = meetings.find(opened, slug), replies.get(opened.store, number)
    if row is None or row["meeting"] != meeting["id"]:
        raise errors.NotFoundError(
            f"there is no proposed answer {number} to '{slug}'",
            f"See them: newsletter meeting answers {slug}",
        )
    person = members.by_id(opened.store, row["member"])
    return row, {
        "id": number,
        "answer": row["answer"],
        "name": person["name"] if person else "",
        "address": person["address"] if person and person["key"] else None,
    }
