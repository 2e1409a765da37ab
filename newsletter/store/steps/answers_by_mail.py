"""Step 002: answers and letters that come by mail."""

SCRIPT = """
-- An answer to an invitation that came by mail, until the rsvp takes it over. `given`: by a calendar reply of the very
-- member; `proposed`: read out of a person's words, or told for another address, so that the chair decides.
CREATE TABLE reply (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest BLOB NOT NULL UNIQUE,             -- of the mail: one mail is one answer
  at TEXT NOT NULL,
  how TEXT NOT NULL CHECK(how='calendar' OR how='words'),
  state TEXT NOT NULL CHECK(state='given' OR state='proposed' OR state='accepted' OR state='dropped'),
  answer TEXT NOT NULL CHECK(answer='yes' OR answer='no' OR answer='maybe'),
  member INTEGER NOT NULL,
  message INTEGER NOT NULL,                -- the mail that it answers
  meeting INTEGER REFERENCES meeting,
  sequence INTEGER NOT NULL DEFAULT 0,     -- of the invitation that was answered (RFC 5546 2.1.4)
  stamped_at TEXT NOT NULL,                -- DTSTAMP: of two answers the newer one counts
  words TEXT NOT NULL DEFAULT ''           -- what the person wrote; wiped when it is settled
) STRICT;
CREATE INDEX reply_member ON reply(member);
CREATE INDEX reply_meeting ON reply(meeting);

-- A person's mail on its way to the list's reply-to; the row goes when the mail has gone.
CREATE TABLE forward (
  digest BLOB PRIMARY KEY, at TEXT NOT NULL, list INTEGER NOT NULL REFERENCES list, sender TEXT NOT NULL,
  mail BLOB NOT NULL, due_at TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
"""
