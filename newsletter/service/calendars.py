"""A list's meetings as a calendar that anybody may subscribe to: what is public of them, and nothing of any member."""

from datetime import timedelta

from newsletter import settings, site
from newsletter.compose import calendar
from newsletter.core import clock, errors
from newsletter.service import meetings
from newsletter.store import meetings as planned

PAST = timedelta(days=366)
MOST = 500  # meetings


def is_public(mailing_list: settings.MailingList) -> bool:
    """Whether a list shows its meetings to everybody: one that anybody may join, or whose archive is open."""
    return mailing_list.basis == "consent" or mailing_list.archive


def feed(opened: site.Site, slug: str) -> bytes:
    """The calendar of a list: its meetings from a year ago on, cancelled ones marked. The same meetings give the same octets.

    Raises NotFoundError for a list that there is not, or that keeps its meetings to itself.
    """
    mailing_list = opened.config.lists.get(slug)
    if mailing_list is None or not is_public(mailing_list):
        raise errors.NotFoundError(f"there is no calendar '{slug}'")
    since = clock.iso(opened.clock.now() - PAST)
    rows = planned.of_list(opened.store, opened.store.list_ids[slug], since, MOST)
    told = [(meetings.told(row, mailing_list.site), clock.parse(row["changed_at"])) for row in rows]
    return calendar.feed(
        mailing_list.title,
        mailing_list.reply_to or mailing_list.from_address,
        mailing_list.site.language,
        told,
    )
