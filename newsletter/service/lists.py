"""What a list is and how many are on it."""

from typing import Any

from newsletter import site
from newsletter.store import subscriptions


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
        "booth": mailing_list.booth,
        "language": mailing_list.site.language,
        "fields": list(mailing_list.fields),
        "goal": mailing_list.goal,
        "members": counts,
        "wording": mailing_list.wording,
    }
