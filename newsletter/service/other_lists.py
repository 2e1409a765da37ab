"""A copy whose list may not mail its member any more goes out under another list of the same message that may.

An edition on several lists reaches a member as one copy, so leaving one of the lists must not cost the copy that the
others promise. Every function here runs inside the caller's write transaction.
"""

import json
import sqlite3
from dataclasses import replace
from typing import Any

from newsletter import site
from newsletter.compose import message as messages
from newsletter.core import rules
from newsletter.service import dates, jobs
from newsletter.store import outbox


def move_all(opened: site.Site, member: int, list_id: int) -> None:
    """Move what is queued for a member under a list that they have left, where another list may mail them."""
    for delivery in outbox.shared_due(opened.store, member, list_id):
        move(opened, delivery)


def move(opened: site.Site, delivery: int) -> bool:
    """Let a delivery go under the first of its message's lists that may mail its member; False when none may.

    It gets the shape of the lists that are left, where the message was composed for it, else it stays as it was frozen.
    """
    row = outbox.with_message(opened.store, delivery)
    if row is None or row["class"] not in ("M", "S"):
        return False
    may = _lists_that_may(opened, row)
    if not may:
        return False
    slug, reason, since, source = may[0]
    shape = _shape(row, tuple(name for name, *_ in may), reason)
    # What may have arrived is repeated with the very bytes that went out, whatever list stands in them.
    if shape is None or row["state"] == "unclear":
        outbox.move(opened.store, delivery, opened.store.list_ids[slug], row["shape"], row["vals"])
        return True
    values = json.loads(row["vals"])
    values["since"] = dates.since_shown(opened, opened.store.list_ids[slug], since)
    values["source"] = source
    outbox.move(
        opened.store, delivery, opened.store.list_ids[slug], shape, json.dumps(values, ensure_ascii=False)
    )
    return True


def _lists_that_may(opened: site.Site, row: sqlite3.Row) -> list[tuple[str, Any, str, str]]:
    """The lists of the message, in its order, by which its member may get it now.

    Each with the reason for it, and since when and by what source the member is on it.
    """
    found = []
    for slug in json.loads(row["lists"]):
        mailing_list, list_id = opened.config.lists.get(slug), opened.store.list_ids.get(slug)
        if mailing_list is None or list_id is None:
            continue
        inputs, since, source = outbox.standing_on(opened.store, row["member"], list_id)
        standing = jobs.standing(inputs, row["class"], opened.clock.iso()[:10])
        if standing is None or inputs.erased:
            continue
        if rules.may_mail(standing, row["class"], confirm_always=mailing_list.confirm == "always") is None:
            reason = inputs.before if inputs.standing == "paused" else inputs.standing
            found.append((slug, reason, since, source))
    return found


def _shape(row: sqlite3.Row, lists: tuple[str, ...], reason: Any) -> int | None:
    """The number of the shape with these lists, if the message was composed for it."""
    shapes = messages.Message.from_json(row["frozen"]).shapes
    if row["shape"] >= len(shapes):
        return None
    frozen = shapes[row["shape"]]
    wanted = replace(frozen, lists=lists, reason=reason)
    return shapes.index(wanted) if wanted in shapes else None
