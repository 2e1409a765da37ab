"""Places at a meeting that holds only so many: free ones are offered to those who wait, and an offer passes on in time.

Who gets what is decided in core/places.py. Whatever frees a place (an answer, a larger room, a person forgotten, time)
leads here: within the act itself, and for the rest the clock looks.
"""

from datetime import timedelta
from typing import Any

from newsletter import site
from newsletter.core import clock, places
from newsletter.service import meetings, receipts
from newsletter.store import log
from newsletter.store import meetings as planned
from newsletter.store import places as kept

WAIT = 86_400.0  # seconds that an offer stands for a list that is no longer configured


def pass_on(opened: site.Site, meeting: int) -> int:
    """End offers whose time is over, and offer what is free to those who wait; return to how many.

    Once a meeting has begun nothing is offered. Runs inside the caller's write transaction.
    """
    row, now = planned.by_id(opened.store, meeting), opened.clock.now()
    if row is None or row["state"] != "planned" or row["starts"] <= clock.iso(now):
        return 0
    kept.lapse(opened.store, meeting, clock.iso(now))
    room = kept.room(opened.store, meeting, row["capacity"])
    chosen = list(places.to_offer(room, kept.waiting(opened.store, meeting)))
    mailing_list = opened.config.lists.get(opened.store.list_slugs.get(row["list"], ""))
    wait = timedelta(seconds=mailing_list.offer_wait if mailing_list else WAIT)
    zone = (mailing_list.site if mailing_list else opened.config.site).zone
    until = places.offer_until(now, clock.parse(row["starts"]), wait, zone)
    for party in chosen:
        answer = kept.offer(opened.store, meeting, party.member, clock.iso(until))
        receipts.offer(opened, row, answer)
    return len(chosen)


def run_if_due(opened: site.Site) -> int:
    """Pass on what time or other acts have freed, for the clock; return how many offers were made."""
    now = opened.clock.iso()
    due = set(kept.overdue(opened.store, now))
    for row in kept.waited_for(opened.store, now):
        room = kept.room(opened.store, row["id"], row["capacity"])
        if next(places.to_offer(room, kept.waiting(opened.store, row["id"])), None) is not None:
            due.add(row["id"])
    made = 0
    for meeting in sorted(due):
        with opened.store.write():
            kept.lapse(opened.store, meeting, now)
            made += pass_on(opened, meeting)
    return made


def set_capacity(opened: site.Site, slug: str, capacity: int | None) -> dict[str, Any]:
    """Say how many people a meeting holds, None for no limit; what becomes free is offered at once.

    Nobody loses a place when it holds fewer than come. Returns what `meeting show` says. Raises NotFoundError, UsageError.
    """
    meetings.check_capacity(capacity)
    with opened.store.write():
        row = meetings.find(opened, slug)
        planned.set_capacity(opened.store, row["id"], capacity)
        log.add(
            opened.store,
            opened.clock.iso(),
            opened.organiser,
            "meeting capacity",
            slug,
            str(capacity or "none"),
        )
        pass_on(opened, row["id"])
    return meetings.show(opened, slug)
