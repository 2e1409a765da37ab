"""Step 003: answers to invitations."""

SCRIPT = """
-- What a member answered to a meeting, as it is now. Nobody is subscribed by it.
CREATE TABLE rsvp (
  meeting INTEGER NOT NULL REFERENCES meeting,
  member INTEGER NOT NULL,                 -- no reference: a forgotten person's "yes" still counts for a past meeting
  answer TEXT NOT NULL CHECK(answer='yes' OR answer='no' OR answer='maybe'),
  guests INTEGER NOT NULL DEFAULT 0 CHECK(guests >= 0 AND guests <= 9),
  drinks TEXT NOT NULL DEFAULT '' CHECK(drinks='' OR drinks='yes' OR drinks='no'),  -- empty: not said
  note TEXT NOT NULL DEFAULT '',           -- may tell of health (food, access): wiped soon after the meeting
  at TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 1,     -- how often it was answered: the occasion of its receipt
  PRIMARY KEY (meeting, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX rsvp_member ON rsvp(member);
"""
