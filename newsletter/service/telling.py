"""What the clock does for organisers: questions close by themselves, the chairs are told what came of them, and at the
beginning of a month every organiser gets the report of the last one.

Whoever holds the sending lock calls this, so that nobody is told twice. A mail that the relay does not take is tried
again the next time.
"""

import sqlite3
from datetime import timedelta

from newsletter import site
from newsletter.core import clock, questions
from newsletter.service import monthly, reports
from newsletter.service import questions as asked
from newsletter.store import questions as store
from newsletter.store import retention as jobs

JOB = "telling"
EVERY = timedelta(minutes=10)
DAYS = 7  # an older result is no news
LINES = 30  # of what people wrote: the rest is in `question show`

RESULT = "question result"  # the entry in the log that says that a chair got one


def run_if_due(opened: site.Site, note: reports.Note = lambda text: None) -> None:
    """Close what is over and tell what is to be told, if the last time is ten minutes ago."""
    last, now = jobs.last_done(opened.store, JOB), opened.clock.now()
    if last is None or now - clock.parse(last) >= EVERY:
        run(opened, note)
        with opened.store.write():
            jobs.note_done(opened.store, JOB, clock.iso(now))


def run(opened: site.Site, note: reports.Note = lambda text: None) -> None:
    """Close what is over and tell what is to be told: one mail that cannot go keeps no other back. Never raises for it."""
    asked.close_due(opened)
    since = clock.iso(opened.clock.now() - timedelta(days=DAYS))
    for row in store.untold(opened.store, since):
        with reports.tried_again(note, f"The result of {row['slug']}"):
            _tell_result(opened, row, note)
    with reports.tried_again(note, "The monthly report"):
        monthly.send_due(opened, note)


def _tell_result(opened: site.Site, row: sqlite3.Row, note: reports.Note) -> None:
    chairs = [one for one in opened.config.organisers if one.role == reports.CHAIR]
    mailing_list = opened.config.lists.get(row["list_slug"])
    if mailing_list is not None:
        composed = reports.compose(opened, "result", "T", (mailing_list,), _values(opened, row))
        reports.to_each(opened, mailing_list, composed, chairs, reports.Once(RESULT, row["slug"]), note)
    with opened.store.write():
        store.tell(opened.store, row["id"], opened.clock.iso())


def _values(opened: site.Site, row: sqlite3.Row) -> dict[str, object]:
    choices = store.choices(opened.store, row["id"])
    lines = store.lines(opened.store, row["id"])
    best = questions.winner(choices)
    command = f'newsletter question close {row["slug"]} --meeting NAME --title "..."'
    return {
        "asked": row["text"],
        "rows": tuple((f"{one.number}. {one.text}", f"{one.votes:,}") for one in choices),
        "voices": f"{store.voices(opened.store, row['id']):,}",
        "winner": best.text if best else "",
        "lines": tuple(lines[:LINES]),
        "more": f"{len(lines) - LINES:,}" if len(lines) > LINES else "",
        "is_date": row["kind"] == "dates",
        "command": command if best else f"{command} --choice NUMBER",
    }
