"""Step 006: reminders, the mails that follow an invitation by themselves."""

SCRIPT = """
-- The plan of a meeting's reminders, made when its invitation is first sent. It names nobody: who gets one is asked when
-- its time has come.
CREATE TABLE reminder (
  meeting INTEGER NOT NULL REFERENCES meeting,
  name TEXT NOT NULL CHECK(name='second-notice' OR name='free-place' OR name='day-before'),
  invitation TEXT NOT NULL REFERENCES edition,  -- whose subject and text it says again
  due_at TEXT NOT NULL,
  until TEXT NOT NULL,                          -- later than this it would be nonsense
  state TEXT NOT NULL CHECK(state='waiting' OR state='stopped' OR state='queued' OR state='dropped'),
  reason TEXT NOT NULL DEFAULT '',              -- why it was dropped
  edition TEXT REFERENCES edition,              -- what it became
  PRIMARY KEY (meeting, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX reminder_due ON reminder(due_at) WHERE state='waiting';
-- Which reminder an edition is; empty for what the chair wrote.
ALTER TABLE edition ADD COLUMN reminder TEXT NOT NULL DEFAULT '';
"""
