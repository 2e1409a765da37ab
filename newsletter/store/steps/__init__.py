"""Every step of the schema, one file each, in the order of their names. A released step is never edited."""

from newsletter.store.steps import (
    answers_by_mail,
    evening,
    first,
    health,
    meeting_changes,
    memory,
    places,
    questions,
    reminders,
    rsvps,
)

STEPS: tuple[tuple[str, str], ...] = (
    ("001 first schema", first.SCRIPT),
    ("002 answers by mail", answers_by_mail.SCRIPT),
    ("003 rsvps", rsvps.SCRIPT),
    ("004 meeting changes", meeting_changes.SCRIPT),
    ("005 places", places.SCRIPT),
    ("006 reminders", reminders.SCRIPT),
    ("007 memory", memory.SCRIPT),
    ("008 evening", evening.SCRIPT),
    ("009 questions", questions.SCRIPT),
    ("010 health", health.SCRIPT),
)
