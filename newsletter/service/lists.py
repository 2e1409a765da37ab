"""What a list is and how many are on it."""

from datetime import timedelta
from typing import Any

from newsletter import site
from newsletter.core import clock
from newsletter.service import promises, returns_alerts
from newsletter.store import log, returns, subscriptions

REPORT_DAYS = 30
HINTS_SHOWN = 10


def overview(opened: site.Site) -> list[dict[str, Any]]:
    """All lists with their numbers."""
    return [show(opened, slug) for slug in opened.config.lists]


def show(opened: site.Site, slug: str) -> dict[str, Any]:
    """One list: its file's values, members by state."""
    mailing_list = opened.mailing_list(slug)
    counts = subscriptions.counts(opened.store, opened.store.list_ids[slug])
    return {
        "list": slug,
        "title": mailing_list.title,
        "from": f"{mailing_list.from_name} <{mailing_list.from_address}>".strip(),
        "reply_to": mailing_list.reply_to,
        "purpose": mailing_list.purpose,
        "basis": mailing_list.basis,
        "confirm": mailing_list.confirm,
        "language": mailing_list.site.language,
        "fields": list(mailing_list.fields),
        "goal": mailing_list.goal,
        "members": counts,
        "wording": mailing_list.wording,
    }


def report(opened: site.Site, slug: str) -> dict[str, Any]:
    """How a list is doing: members by state, addresses that do not work and why, what came back in the last 30 days,
    and which links its readers were promised."""
    mailing_list = opened.mailing_list(slug)
    list_id = opened.store.list_ids[slug]
    since = clock.iso(opened.clock.now() - timedelta(days=REPORT_DAYS))
    hints = log.since(opened.store, returns_alerts.HINT, since)
    return {
        "list": slug,
        "title": mailing_list.title,
        "members": subscriptions.counts(opened.store, list_id),
        "returned": returns.bounce_counts(opened.store, list_id, since),
        "unwell": [
            {
                "address": row["address"],
                "name": row["name"],
                "health": row["health"],
                "since": row["health_at"],
                "why": row["health_reason"],
                "said": row["said"],
            }
            for row in returns.unwell(opened.store, list_id)
        ],
        "promises": [one.told() for one in promises.owed(opened, slug)],
        # Of the whole site: a report without a token names no list.
        "hints": len(hints),
        "newest_hints": [
            {"at": row["at"], "about": row["about"], "why": row["why"]} for row in hints[-HINTS_SHOWN:]
        ],
    }
