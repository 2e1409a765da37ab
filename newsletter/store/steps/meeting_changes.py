"""Step 004: what a meeting is about in more words, and what became of its date."""

SCRIPT = """
ALTER TABLE meeting ADD COLUMN speaker TEXT NOT NULL DEFAULT '';
ALTER TABLE meeting ADD COLUMN agenda TEXT NOT NULL DEFAULT '';

-- The meeting that a message without an edition is about: a receipt, a reminder, a changed date.
ALTER TABLE message ADD COLUMN meeting INTEGER REFERENCES meeting;
CREATE INDEX message_meeting ON message(meeting) WHERE meeting IS NOT NULL;

-- Each change of a meeting with its facts before it: the date that was announced first is never lost.
CREATE TABLE meeting_change (
  id INTEGER PRIMARY KEY AUTOINCREMENT,    -- the occasion of its mails
  meeting INTEGER NOT NULL REFERENCES meeting,
  kind TEXT NOT NULL CHECK(kind='moved' OR kind='cancelled' OR kind='restored'),
  starts TEXT NOT NULL, ends TEXT NOT NULL, place TEXT NOT NULL, state TEXT NOT NULL,
  at TEXT NOT NULL, by TEXT NOT NULL,
  undone_at TEXT
) STRICT;
CREATE INDEX meeting_change_meeting ON meeting_change(meeting);
"""
