"""Who gets a message: SQL collects, the one gate decides for each distinct combination, and the shapes are named."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import lru_cache

from newsletter import settings, site
from newsletter.compose import frame
from newsletter.core import addresses, clock, reminders, rules, words
from newsletter.service import dates
from newsletter.store import audience
from newsletter.store import reminders as store

Lists = tuple[settings.MailingList, ...]


def gather(
    opened: site.Site, lists: Lists, mail_class: words.MailClass, *, missing: str | None = None,
    committee: Sequence[str] = (), followed: audience.Followed | None = None, only: Callable[[], None] = lambda: None,
) -> None:  # fmt: skip
    """Collect the audience and ask the gate once for each distinct combination.

    `missing` leaves out who has that edition already; `followed` keeps to those who got another one; `only` narrows what was collected before the gate is asked.
    """
    by_id = {opened.store.list_ids[one.slug]: one for one in lists}
    audience.gather(
        opened.store, list(by_id), opened.clock.iso(), edition=missing,
        early=[addresses.read(one).key for one in committee], followed=followed,
    )  # fmt: skip
    only()
    verdicts = [
        (combination, _verdict(combination, mail_class, by_id[combination.list]))
        for combination in audience.combinations(opened.store)
    ]
    audience.judge(opened.store, verdicts)


def _verdict(
    combination: audience.Combination, mail_class: words.MailClass, mailing_list: settings.MailingList
) -> words.SkipReason | None:
    standing = rules.Standing(
        combination.state, combination.health, combination.suppression, combination.over
    )
    return rules.may_mail(standing, mail_class, confirm_always=mailing_list.confirm == "always")


def recipients(opened: site.Site) -> int:
    """How many of those gathered get it."""
    return audience.size(opened.store) - sum(audience.skipped(opened.store).values())


def frame_shapes(opened: site.Site, shapes: Sequence[audience.ShapeKey]) -> list[frame.Shape]:
    """The shapes as composing knows them: lists by their slugs."""
    slugs = opened.store.list_slugs
    return [
        frame.Shape(tuple(slugs[one] for one in key.lists), key.reason, key.first, key.early, key.came)
        for key in shapes
    ]


def since_shown(opened: site.Site) -> Callable[[int, str], str]:
    """A function that writes the day of a consent as a reader of that list reads it. SQLite calls it once a row."""

    @lru_cache(maxsize=10_000)
    def shown(list_id: int, since: str) -> str:
        return dates.since_shown(opened, list_id, since)

    return shown


def often(opened: site.Site, lists: Lists, due: datetime) -> int:
    """How many who get it have had as many mails of their list in the week before as the list allows."""
    since = clock.iso(due - reminders.CAP_DAYS)
    return sum(
        store.often(opened.store, opened.store.list_ids[one.slug], one.mails_per_week, since, clock.iso(due))
        for one in lists
    )
