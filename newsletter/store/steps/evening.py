"""Step 008: the group's evening: who may open the desk, a booth and a door; who came."""

SCRIPT = """
-- A link that lets somebody in for a while: an organiser to the desk (once), helpers to a booth or a door (for a day).
-- The link's token carries id and salt.
CREATE TABLE pass (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  salt INTEGER NOT NULL,                   -- by chance: after a restore no old link opens a new pass
  kind TEXT NOT NULL CHECK(kind='desk' OR kind='booth' OR kind='door'),
  organiser TEXT NOT NULL,                 -- whom it lets in (desk), or who made it
  list INTEGER REFERENCES list,            -- of a booth, and of a door's walk-ins
  meeting INTEGER REFERENCES meeting,      -- of a door
  wording TEXT REFERENCES wording,         -- the words that people sign up to there
  at TEXT NOT NULL,
  until TEXT NOT NULL,
  ended_at TEXT                            -- used (desk), or taken back
) STRICT;

-- An organiser who is signed in. The secret is in the cookie alone; here is its SHA-256.
CREATE TABLE session (
  hash BLOB PRIMARY KEY,
  organiser TEXT NOT NULL,                 -- the address, as in [[organiser]]
  started_at TEXT NOT NULL,
  acted_at TEXT NOT NULL,                  -- the last POST: reading changes nothing
  until TEXT NOT NULL                      -- ends then, whatever is done
) STRICT, WITHOUT ROWID;

-- Sign-ups of a booth that were taken, by the number that the device gave them: sent twice, each counts once.
CREATE TABLE booth_signup (id TEXT PRIMARY KEY, pass INTEGER NOT NULL, at TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX booth_signup_pass ON booth_signup(pass);

-- Who came to a meeting. `person` tells people of one meeting apart: m<member>, or a walk-in's number.
CREATE TABLE attendance (
  id INTEGER PRIMARY KEY,
  meeting INTEGER NOT NULL REFERENCES meeting,
  person TEXT NOT NULL,                    -- x<id> once the name is wiped
  member INTEGER,                          -- NULL of a walk-in, and once forgotten
  name TEXT NOT NULL DEFAULT '',           -- of a walk-in
  came INTEGER NOT NULL CHECK(came=0 OR came=1),  -- 0: ticked by mistake
  at TEXT NOT NULL,                        -- of the tick: of two the later one counts
  UNIQUE (meeting, person)
) STRICT;
CREATE INDEX attendance_member ON attendance(member) WHERE member IS NOT NULL;
-- Heads, where somebody counted.
CREATE TABLE headcount (
  meeting INTEGER PRIMARY KEY REFERENCES meeting, count INTEGER NOT NULL CHECK(count >= 0), at TEXT NOT NULL
) STRICT;
"""
