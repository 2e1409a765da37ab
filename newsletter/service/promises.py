"""Links that readers were promised and do not have yet: how they stand, and who is reminded of them.

`check` and `list report` name them; the chairs get a mail when one falls due, and once a week until it is settled.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from newsletter import settings, site
from newsletter.compose import catalogue
from newsletter.core import clock
from newsletter.store import log
from newsletter.store import promises as store
from newsletter.store import retention as jobs

JOB, EVERY = "promises", timedelta(hours=1)
TOLD, MAILED = "promises told", "promises mailed"
AGAIN = timedelta(days=7)
UNDATED = timedelta(days=14)  # after the send: when a promise without a date counts as due


@dataclass(frozen=True, slots=True)
class Owed:
    """A link that an edition still owes. `due` is a date; `days` how many are left, below zero once it is overdue."""

    edition: str
    subject: str
    list: str
    words: str
    due: date
    has_date: bool
    sent: date
    days: int

    def told(self) -> dict[str, Any]:
        """As JSON shows it."""
        return {
            "edition": self.edition,
            "words": self.words,
            "due": self.due.isoformat() if self.has_date else "",
            "days_left": self.days,
        }

    @property
    def file(self) -> str:
        """Where the edition lies in the site."""
        home, _, stem = self.edition.partition("/")
        return f"lists/{home}/editions/{stem}.md"

    @property
    def said(self) -> str:
        """How it stands, for people."""
        if self.days < 0:
            return f"overdue since {self.due}" if self.has_date else f"promised on {self.sent}"
        return f"due on {self.due}" if self.has_date else f"promised on {self.sent}, without a date"


def owed(opened: site.Site, slug: str = "") -> list[Owed]:
    """What is owed (to a list's readers), the first due first."""
    found = [
        _owed(opened, row)
        for row in store.open_all(opened.store)
        if not slug or slug in json.loads(row["lists"])
    ]
    return sorted(found, key=lambda one: (one.due, one.edition))


def _owed(opened: site.Site, row: sqlite3.Row) -> Owed:
    slug = json.loads(row["lists"])[0]
    known = opened.config.lists.get(slug)
    zone = (known.site if known else opened.config.site).zone
    sent = clock.parse(row["send_at"]).astimezone(zone).date()
    due = date.fromisoformat(row["due"]) if row["due"] else sent + UNDATED
    today = opened.clock.now().astimezone(zone).date()
    return Owed(
        row["edition"], row["subject"], slug, row["words"], due, bool(row["due"]), sent, (due - today).days
    )


def nag_if_due(opened: site.Site, note: Callable[[str], None]) -> int:
    """Do `nag`'s work if the last time is an hour ago; return how many links the chairs were told of."""
    last = jobs.last_done(opened.store, JOB)
    if last is not None and opened.clock.now() - clock.parse(last) < EVERY:
        return 0
    with opened.store.write(durable=False):
        jobs.note_done(opened.store, JOB, opened.clock.iso())
    return nag(opened, note)


def nag(opened: site.Site, note: Callable[[str], None] = lambda text: None) -> int:
    """Mail the chairs what has fallen due, list by list; return how many links that were.

    An edition is named once a week at most. Never raises for a relay's no: it is tried again later.
    """
    from newsletter.service import reports  # composing is read in only where there is something to say

    chairs = [one for one in opened.config.organisers if one.role == reports.CHAIR]
    due = [one for one in owed(opened) if one.days <= 0 and one.list in opened.config.lists]
    if not chairs or not due:
        return 0
    lately = {row["about"] for row in log.since(opened.store, TOLD, clock.iso(opened.clock.now() - AGAIN))}
    told = 0
    for slug in dict.fromkeys(one.list for one in due):
        links = [one for one in due if one.list == slug and one.edition not in lately]
        if not links:
            continue
        with reports.tried_again(note, "A reminder of promised links"):
            _send(opened, opened.config.lists[slug], chairs, links, note)
            with opened.store.write():
                for edition in dict.fromkeys(one.edition for one in links):
                    log.add(opened.store, opened.clock.iso(), opened.organiser, TOLD, edition)
            told += len(links)
    return told


def _send(
    opened: site.Site, mailing_list: settings.MailingList, chairs: list[settings.Organiser], links: list[Owed],
    note: Callable[[str], None],
) -> None:  # fmt: skip
    from newsletter.service import reports

    own = mailing_list.site
    rows = []
    for one in links:
        day = catalogue.day(
            one.due if one.has_date else one.sent, own.language, own.country or "", weekday=True
        )
        key = "nag_due" if one.has_date else "nag_open"
        rows.append(catalogue.say(key, own.language, words=one.words, subject=one.subject, day=day))
    values: dict[str, object] = {"owed": tuple(rows), "file": links[0].file}
    composed = reports.compose(opened, "nag", "T", (mailing_list,), values)
    about = " ".join(dict.fromkeys(one.edition for one in links))
    once = reports.Once(MAILED, about, clock.iso(opened.clock.now() - AGAIN))
    reports.to_each(opened, mailing_list, composed, chairs, once, note)
