"""Step 001: the first schema."""

from newsletter.core import words


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return "CHECK(" + " OR ".join(f"{column}='{value}'" for value in values) + ")"


SCRIPT = f"""
-- A list of lists/<slug>/list.toml: its number never changes.
CREATE TABLE list (id INTEGER PRIMARY KEY AUTOINCREMENT, slug TEXT NOT NULL UNIQUE) STRICT;

-- A person. Ids are never used twice: tokens carry them. `key` is NULL once erased.
CREATE TABLE member (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  address TEXT NOT NULL,                   -- as typed, domain as A-label
  key TEXT UNIQUE,                         -- what makes two spellings one address
  mac BLOB,                                -- keyed hash of the key, for suppressions
  mailbox_mac BLOB,                        -- of the mailbox behind it, in all spellings
  name TEXT NOT NULL DEFAULT '',
  first_name TEXT NOT NULL DEFAULT '',     -- its own column, else cut out of the name
  fields TEXT NOT NULL DEFAULT '{{}}',
  health TEXT NOT NULL DEFAULT 'ok' {_one_of("health", words.HEALTHS)},
  health_reason TEXT NOT NULL DEFAULT '',
  health_at TEXT,
  created_at TEXT NOT NULL
) STRICT;

-- The exact text that a person agreed to.
CREATE TABLE wording (
  hash TEXT PRIMARY KEY, list INTEGER REFERENCES list, language TEXT NOT NULL, text TEXT NOT NULL, first_used_at TEXT NOT NULL
) STRICT;
-- Scans, old exports, confirm mails: what proves a consent.
CREATE TABLE evidence (
  hash TEXT PRIMARY KEY, name TEXT NOT NULL, content BLOB NOT NULL, added_at TEXT NOT NULL,
  blackened INTEGER NOT NULL DEFAULT 0     -- somebody in it was forgotten, so that it is no longer what its hash says
) STRICT;

-- The ledger: only ever added to. hash = SHA-256(hash of the row before || this row in canonical form).
CREATE TABLE consent (
  seq INTEGER PRIMARY KEY,
  member INTEGER NOT NULL,                 -- no reference: the event outlives the person's row
  list INTEGER REFERENCES list,
  step TEXT NOT NULL,
  state TEXT NOT NULL,                     -- of the subscription after it
  actor TEXT NOT NULL CHECK(actor='person' OR actor='organiser' OR actor='import' OR actor='clock' OR actor='report'),
  channel TEXT NOT NULL,                   -- command, import, page, one-click, mail, booth ...
  recorded_at TEXT NOT NULL,
  effective_at TEXT NOT NULL,              -- when it truly happened: the day on the paper
  basis TEXT NOT NULL DEFAULT '',
  until TEXT,
  wording TEXT REFERENCES wording,
  evidence TEXT REFERENCES evidence,
  batch INTEGER REFERENCES batch,
  payload BLOB NOT NULL,                   -- SHA-256(salt || json) of the personal part, which can be erased
  hash BLOB NOT NULL
) STRICT;
CREATE INDEX consent_member ON consent(member);
CREATE INDEX consent_batch ON consent(batch) WHERE batch IS NOT NULL;
CREATE TRIGGER consent_stays BEFORE DELETE ON consent BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;
CREATE TRIGGER consent_unchanged BEFORE UPDATE ON consent BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;
CREATE TABLE consent_payload (seq INTEGER PRIMARY KEY REFERENCES consent, salt BLOB NOT NULL, json TEXT NOT NULL) STRICT;

CREATE TABLE subscription (
  list INTEGER NOT NULL REFERENCES list,
  member INTEGER NOT NULL REFERENCES member,
  state TEXT NOT NULL {_one_of("state", words.SUBSCRIPTION_STATES)},
  before TEXT NOT NULL DEFAULT '',         -- the state that a pause or a withdrawal interrupted
  since TEXT NOT NULL,                     -- effective time of the consent it rests on
  until TEXT,                              -- end of an implied basis (a date)
  paused_until TEXT,
  basis TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',
  consent INTEGER NOT NULL,                -- the ledger's newest event of it
  first_mail_at TEXT,                      -- the first M or S mail that went out; tells "first mail" and dormancy
  last_mail_at TEXT,
  PRIMARY KEY (list, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscription_member ON subscription(member);

-- An import: what `member undo` takes back. `before` holds the old values of a member that it changed.
CREATE TABLE batch (
  id INTEGER PRIMARY KEY AUTOINCREMENT, list INTEGER NOT NULL REFERENCES list, at TEXT NOT NULL, by TEXT NOT NULL,
  file TEXT NOT NULL, undone_at TEXT
) STRICT;
CREATE TABLE batch_member (
  batch INTEGER NOT NULL REFERENCES batch, member INTEGER NOT NULL, is_new INTEGER NOT NULL, before TEXT,
  PRIMARY KEY (batch, member)
) STRICT, WITHOUT ROWID;

-- What somebody asked for by a form and proves by the link in a mail: to join, to see their data, to change the address.
CREATE TABLE request (
  id INTEGER PRIMARY KEY AUTOINCREMENT,    -- the links' tokens carry it
  kind TEXT NOT NULL CHECK(kind='join' OR kind='fresh' OR kind='address'),
  member INTEGER NOT NULL,
  address TEXT,                            -- the new address, of a change
  at TEXT NOT NULL,
  until TEXT NOT NULL,                     -- when the link ends
  done_at TEXT                             -- when it was used, or given up
) STRICT;
CREATE INDEX request_member ON request(member);

-- Addresses that must not be mailed, as keyed hashes. list is 0 unless the scope is list.
CREATE TABLE suppression (
  mac BLOB NOT NULL, scope TEXT NOT NULL {_one_of("scope", words.SCOPES)}, list INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (mac, scope, list)
) STRICT, WITHOUT ROWID;

CREATE TABLE meeting (
  id INTEGER PRIMARY KEY AUTOINCREMENT, slug TEXT NOT NULL UNIQUE, list INTEGER NOT NULL REFERENCES list,
  title TEXT NOT NULL, starts TEXT NOT NULL, ends TEXT NOT NULL, place TEXT NOT NULL, after TEXT NOT NULL DEFAULT '',
  uid TEXT NOT NULL UNIQUE, sequence INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'planned' CHECK(state='planned' OR state='cancelled'), created_at TEXT NOT NULL
) STRICT;

-- What the chair wrote, fixed by its first send. id is <list>/<file stem>.
CREATE TABLE edition (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL {_one_of("kind", words.EDITION_KINDS)}, lists TEXT NOT NULL, subject TEXT NOT NULL,
  source TEXT NOT NULL, source_hash TEXT NOT NULL UNIQUE, meeting INTEGER REFERENCES meeting,
  state TEXT NOT NULL {_one_of("state", words.EDITION_STATES)}, reason TEXT NOT NULL DEFAULT '',
  send_at TEXT NOT NULL, queued_at TEXT NOT NULL, ended_at TEXT, by TEXT NOT NULL, allowed TEXT NOT NULL DEFAULT '[]'
) STRICT;

-- An edition, confirm mail or receipt, composed and frozen. lists are those that its leave link leaves.
CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT, edition TEXT REFERENCES edition, kind TEXT NOT NULL,
  class TEXT NOT NULL {_one_of("class", words.MAIL_CLASSES)}, lists TEXT NOT NULL, subject TEXT NOT NULL,
  frozen TEXT NOT NULL,                    -- skeletons by shape
  key INTEGER NOT NULL,                    -- the token key, so that a repeat has the same bytes after a key rotation
  created_at TEXT NOT NULL,
  digest TEXT UNIQUE                       -- of what a mail from a template alone is made of, so that it is composed once
) STRICT;
CREATE INDEX message_edition ON message(edition) WHERE edition IS NOT NULL;

-- message x member (x occasion), complete when queued. due_at is set exactly while there is work to do on it.
CREATE TABLE delivery (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES message,
  member INTEGER NOT NULL,
  occasion TEXT NOT NULL DEFAULT '',       -- empty for editions, a number for receipts
  list INTEGER REFERENCES list,            -- the list under whose name it goes
  address TEXT NOT NULL,
  shape INTEGER NOT NULL DEFAULT 0,
  vals TEXT,                               -- the member's values as JSON; wiped when it ends
  state TEXT NOT NULL {_one_of("state", words.DELIVERY_STATES)},
  reason TEXT,                             -- why it was skipped
  due_at TEXT,
  dated_at TEXT,                           -- the mail's Date: when it was first due
  attempts INTEGER NOT NULL DEFAULT 0,
  unclears INTEGER NOT NULL DEFAULT 0,     -- lost answers of the server, not deaths of ours
  code INTEGER, answer TEXT, relay TEXT, changed_at TEXT,
  UNIQUE (message, member, occasion)
) STRICT;
CREATE INDEX delivery_due ON delivery(due_at, id) WHERE due_at IS NOT NULL;
CREATE INDEX delivery_sending ON delivery(id) WHERE state='sending';

-- Every inbound mail once, by the digest of its bytes.
CREATE TABLE arrival (digest BLOB PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE bounce (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, message INTEGER NOT NULL, member INTEGER NOT NULL,
  kind TEXT NOT NULL {_one_of("kind", words.BOUNCE_KINDS)}, status TEXT NOT NULL, text TEXT NOT NULL, digest BLOB
) STRICT;
CREATE INDEX bounce_member ON bounce(member);

-- Acts of organisers that are no consent: exports, allowed rules, pauses of a run.
CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, by TEXT NOT NULL, act TEXT NOT NULL, about TEXT NOT NULL, why TEXT NOT NULL DEFAULT '') STRICT;

-- Mails that forms made us write, by the keyed hash of the mailbox in all its spellings: nobody is bombed by our forms.
CREATE TABLE rate_asked (mac BLOB NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (mac, kind, at)) STRICT, WITHOUT ROWID;
-- When the clock's work was last done.
CREATE TABLE job_done (job TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Sends of the throttle's windows, kept over a restart.
CREATE TABLE rate_sent (relay TEXT NOT NULL, domain TEXT NOT NULL, at TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (relay, domain, at)) STRICT, WITHOUT ROWID;
"""
