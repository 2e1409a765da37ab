CREATE INDEX amendment_edition ON amendment(edition);

CREATE INDEX archive_page_edition ON archive_page(edition);

CREATE INDEX archive_page_list ON archive_page(list, at, id);

CREATE INDEX archive_picture_name ON archive_picture(name);

CREATE INDEX attendance_member ON attendance(member) WHERE member IS NOT NULL;

CREATE INDEX booth_signup_pass ON booth_signup(pass);

CREATE INDEX bounce_member ON bounce(member);

CREATE INDEX consent_batch ON consent(batch) WHERE batch IS NOT NULL;

CREATE INDEX consent_member ON consent(member);

CREATE INDEX delivery_due ON delivery(due_at, id) WHERE due_at IS NOT NULL;

CREATE INDEX delivery_sending ON delivery(id) WHERE state='sending';

CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");

CREATE INDEX meeting_change_meeting ON meeting_change(meeting);

CREATE INDEX message_edition ON message(edition) WHERE edition IS NOT NULL;

CREATE INDEX message_meeting ON message(meeting) WHERE meeting IS NOT NULL;

CREATE INDEX promise_open ON promise(edition) WHERE settled_at IS NULL;

CREATE INDEX question_answer_member ON question_answer(member);

CREATE INDEX question_line_question ON question_line(question);

CREATE INDEX reminder_due ON reminder(due_at) WHERE state='waiting';

CREATE INDEX reply_meeting ON reply(meeting);

CREATE INDEX reply_member ON reply(member);

CREATE INDEX request_member ON request(member);

CREATE INDEX rsvp_member ON rsvp(member);

CREATE INDEX rsvp_offered ON rsvp(offer_until) WHERE place = 'offered';

CREATE INDEX rsvp_waiting ON rsvp(meeting, turn) WHERE place = 'waiting';

CREATE INDEX subscription_member ON subscription(member);

CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);

CREATE TABLE amendment (
  id INTEGER PRIMARY KEY AUTOINCREMENT, edition TEXT NOT NULL REFERENCES edition, at TEXT NOT NULL, by TEXT NOT NULL,
  note TEXT NOT NULL,                      -- what was corrected; empty where only promised links were filled in
  source TEXT NOT NULL, source_hash TEXT NOT NULL
) STRICT;

CREATE TABLE archive_page (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  list INTEGER NOT NULL REFERENCES list,
  edition TEXT NOT NULL REFERENCES edition,
  name TEXT NOT NULL,                      -- the last part of its address
  at TEXT NOT NULL,                        -- when it goes to everybody; before that nobody sees it here
  is_public INTEGER NOT NULL,              -- 0: a notice, for members alone also on a public list
  subject TEXT NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL, html TEXT NOT NULL, text TEXT NOT NULL,
  attached TEXT NOT NULL,                  -- names of attachments, as JSON; they went to the members alone
  changed_at TEXT NOT NULL,
  UNIQUE (list, name)
) STRICT;

CREATE TABLE archive_picture (
  edition TEXT NOT NULL REFERENCES edition, name TEXT NOT NULL, type TEXT NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (edition, name)
) STRICT;

CREATE VIRTUAL TABLE archive_words USING fts5(place, subject, text, tokenize="unicode61 remove_diacritics 2");

CREATE TABLE 'archive_words_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'archive_words_content'(id INTEGER PRIMARY KEY, c0, c1, c2);

CREATE TABLE 'archive_words_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'archive_words_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'archive_words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE arrival (digest BLOB PRIMARY KEY, at TEXT NOT NULL, kind TEXT NOT NULL) STRICT, WITHOUT ROWID;

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

CREATE TABLE batch (
  id INTEGER PRIMARY KEY AUTOINCREMENT, list INTEGER NOT NULL REFERENCES list, at TEXT NOT NULL, by TEXT NOT NULL,
  file TEXT NOT NULL, undone_at TEXT
) STRICT;

CREATE TABLE batch_member (
  batch INTEGER NOT NULL REFERENCES batch, member INTEGER NOT NULL, is_new INTEGER NOT NULL, before TEXT,
  PRIMARY KEY (batch, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE booth_signup (id TEXT PRIMARY KEY, pass INTEGER NOT NULL, at TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE bounce (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, message INTEGER NOT NULL, member INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK(kind='hard' OR kind='soft' OR kind='policy' OR kind='complaint' OR kind='autoreply'), status TEXT NOT NULL, text TEXT NOT NULL, digest BLOB
) STRICT;

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

CREATE TABLE consent_payload (seq INTEGER PRIMARY KEY REFERENCES consent, salt BLOB NOT NULL, json TEXT NOT NULL) STRICT;

CREATE TABLE delivery (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL REFERENCES message,
  member INTEGER NOT NULL,
  occasion TEXT NOT NULL DEFAULT '',       -- empty for editions, a number for receipts
  list INTEGER REFERENCES list,            -- the list under whose name it goes
  address TEXT NOT NULL,
  shape INTEGER NOT NULL DEFAULT 0,
  vals TEXT,                               -- the member's values as JSON; wiped when it ends
  state TEXT NOT NULL CHECK(state='due' OR state='sending' OR state='sent' OR state='deferred' OR state='failed' OR state='skipped' OR state='unclear'),
  reason TEXT,                             -- why it was skipped
  due_at TEXT,
  dated_at TEXT,                           -- the mail's Date: when it was first due
  attempts INTEGER NOT NULL DEFAULT 0,
  unclears INTEGER NOT NULL DEFAULT 0,     -- lost answers of the server, not deaths of ours
  code INTEGER, answer TEXT, relay TEXT, changed_at TEXT,
  UNIQUE (message, member, occasion)
) STRICT;

CREATE TABLE edition (
  id TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK(kind='recap' OR kind='invitation' OR kind='notice' OR kind='letter'), lists TEXT NOT NULL, subject TEXT NOT NULL,
  source TEXT NOT NULL, source_hash TEXT NOT NULL UNIQUE, meeting INTEGER REFERENCES meeting,
  state TEXT NOT NULL CHECK(state='queued' OR state='running' OR state='paused' OR state='done' OR state='cancelled'), reason TEXT NOT NULL DEFAULT '',
  send_at TEXT NOT NULL, queued_at TEXT NOT NULL, ended_at TEXT, by TEXT NOT NULL, allowed TEXT NOT NULL DEFAULT '[]'
, reminder TEXT NOT NULL DEFAULT '', of_meeting INTEGER REFERENCES meeting, follows TEXT REFERENCES edition, follow_up TEXT NOT NULL DEFAULT '', question INTEGER REFERENCES question) STRICT;

CREATE TABLE evidence (
  hash TEXT PRIMARY KEY, name TEXT NOT NULL, content BLOB NOT NULL, added_at TEXT NOT NULL,
  blackened INTEGER NOT NULL DEFAULT 0     -- somebody in it was forgotten, so that it is no longer what its hash says
) STRICT;

CREATE TABLE forward (
  digest BLOB PRIMARY KEY, at TEXT NOT NULL, list INTEGER NOT NULL REFERENCES list, sender TEXT NOT NULL,
  mail BLOB NOT NULL, due_at TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE headcount (
  meeting INTEGER PRIMARY KEY REFERENCES meeting, count INTEGER NOT NULL CHECK(count >= 0), at TEXT NOT NULL
) STRICT;

CREATE TABLE job_done (job TEXT PRIMARY KEY, at TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE list (id INTEGER PRIMARY KEY AUTOINCREMENT, slug TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE log (id INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, by TEXT NOT NULL, act TEXT NOT NULL, about TEXT NOT NULL, why TEXT NOT NULL DEFAULT '') STRICT;

CREATE TABLE meeting (
  id INTEGER PRIMARY KEY AUTOINCREMENT, slug TEXT NOT NULL UNIQUE, list INTEGER NOT NULL REFERENCES list,
  title TEXT NOT NULL, starts TEXT NOT NULL, ends TEXT NOT NULL, place TEXT NOT NULL, after TEXT NOT NULL DEFAULT '',
  uid TEXT NOT NULL UNIQUE, sequence INTEGER NOT NULL DEFAULT 0,
  state TEXT NOT NULL DEFAULT 'planned' CHECK(state='planned' OR state='cancelled'), created_at TEXT NOT NULL
, speaker TEXT NOT NULL DEFAULT '', agenda TEXT NOT NULL DEFAULT '', capacity INTEGER CHECK(capacity > 0)) STRICT;

CREATE TABLE meeting_change (
  id INTEGER PRIMARY KEY AUTOINCREMENT,    -- the occasion of its mails
  meeting INTEGER NOT NULL REFERENCES meeting,
  kind TEXT NOT NULL CHECK(kind='moved' OR kind='cancelled' OR kind='restored'),
  starts TEXT NOT NULL, ends TEXT NOT NULL, place TEXT NOT NULL, state TEXT NOT NULL,
  at TEXT NOT NULL, by TEXT NOT NULL,
  undone_at TEXT
) STRICT;

CREATE TABLE member (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  address TEXT NOT NULL,                   -- as typed, domain as A-label
  key TEXT UNIQUE,                         -- what makes two spellings one address
  mac BLOB,                                -- keyed hash of the key, for suppressions
  mailbox_mac BLOB,                        -- of the mailbox behind it, in all spellings
  name TEXT NOT NULL DEFAULT '',
  first_name TEXT NOT NULL DEFAULT '',     -- its own column, else cut out of the name
  fields TEXT NOT NULL DEFAULT '{}',
  health TEXT NOT NULL DEFAULT 'ok' CHECK(health='ok' OR health='suspect' OR health='dead'),
  health_reason TEXT NOT NULL DEFAULT '',
  health_at TEXT,
  created_at TEXT NOT NULL
, well_at TEXT) STRICT;

CREATE TABLE message (
  id INTEGER PRIMARY KEY AUTOINCREMENT, edition TEXT REFERENCES edition, kind TEXT NOT NULL,
  class TEXT NOT NULL CHECK(class='C' OR class='T' OR class='S' OR class='M'), lists TEXT NOT NULL, subject TEXT NOT NULL,
  frozen TEXT NOT NULL,                    -- skeletons by shape
  key INTEGER NOT NULL,                    -- the token key, so that a repeat has the same bytes after a key rotation
  created_at TEXT NOT NULL,
  digest TEXT UNIQUE                       -- of what a mail from a template alone is made of, so that it is composed once
, meeting INTEGER REFERENCES meeting) STRICT;

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

CREATE TABLE promise (
  edition TEXT NOT NULL REFERENCES edition,
  number INTEGER NOT NULL,                 -- in the order of the text
  words TEXT NOT NULL,                     -- those of the link
  due TEXT,                                -- a date; NULL where none was promised
  url TEXT,
  settled_at TEXT,
  PRIMARY KEY (edition, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE question (
  id INTEGER PRIMARY KEY AUTOINCREMENT, slug TEXT NOT NULL UNIQUE, list INTEGER NOT NULL REFERENCES list,
  kind TEXT NOT NULL CHECK(kind='words' OR kind='dates'), text TEXT NOT NULL,
  has_line INTEGER NOT NULL,               -- whether people may write a line of their own
  closes TEXT NOT NULL, created_at TEXT NOT NULL, closed_at TEXT,
  told_at TEXT,                            -- when the chairs were told what came of it
  voices INTEGER NOT NULL DEFAULT 0,       -- how many answered, once it is closed
  meeting INTEGER REFERENCES meeting       -- that the winning date became
) STRICT;

CREATE TABLE question_answer (
  question INTEGER NOT NULL REFERENCES question,
  member INTEGER NOT NULL,                 -- no reference: a forgotten person's voice still counts
  choice INTEGER NOT NULL DEFAULT 0,       -- 0: none of them, the line alone
  line TEXT NOT NULL DEFAULT '', at TEXT NOT NULL,
  PRIMARY KEY (question, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE question_choice (
  question INTEGER NOT NULL REFERENCES question, number INTEGER NOT NULL, text TEXT NOT NULL,
  starts TEXT,                             -- of a date
  votes INTEGER NOT NULL DEFAULT 0,        -- once it is closed
  PRIMARY KEY (question, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE question_line (question INTEGER NOT NULL REFERENCES question, text TEXT NOT NULL) STRICT;

CREATE TABLE rate_asked (mac BLOB NOT NULL, kind TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (mac, kind, at)) STRICT, WITHOUT ROWID;

CREATE TABLE rate_sent (relay TEXT NOT NULL, domain TEXT NOT NULL, at TEXT NOT NULL, count INTEGER NOT NULL, PRIMARY KEY (relay, domain, at)) STRICT, WITHOUT ROWID;

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

CREATE TABLE request (
  id INTEGER PRIMARY KEY AUTOINCREMENT,    -- the links' tokens carry it
  kind TEXT NOT NULL CHECK(kind='join' OR kind='fresh' OR kind='address'),
  member INTEGER NOT NULL,
  address TEXT,                            -- the new address, of a change
  at TEXT NOT NULL,
  until TEXT NOT NULL,                     -- when the link ends
  done_at TEXT                             -- when it was used, or given up
) STRICT;

CREATE TABLE rsvp (
  meeting INTEGER NOT NULL REFERENCES meeting,
  member INTEGER NOT NULL,                 -- no reference: a forgotten person's "yes" still counts for a past meeting
  answer TEXT NOT NULL CHECK(answer='yes' OR answer='no' OR answer='maybe'),
  guests INTEGER NOT NULL DEFAULT 0 CHECK(guests >= 0 AND guests <= 9),
  drinks TEXT NOT NULL DEFAULT '' CHECK(drinks='' OR drinks='yes' OR drinks='no'),  -- empty: not said
  note TEXT NOT NULL DEFAULT '',           -- may tell of health (food, access): wiped soon after the meeting
  at TEXT NOT NULL,
  revision INTEGER NOT NULL DEFAULT 1, needs TEXT NOT NULL DEFAULT '', place TEXT NOT NULL DEFAULT '' CHECK(
  place='' OR place='in' OR place='waiting' OR place='offered' OR place='lapsed'), turn INTEGER NOT NULL DEFAULT 0, offer_until TEXT,     -- how often it was answered: the occasion of its receipt
  PRIMARY KEY (meeting, member)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  hash BLOB PRIMARY KEY,
  organiser TEXT NOT NULL,                 -- the address, as in [[organiser]]
  started_at TEXT NOT NULL,
  acted_at TEXT NOT NULL,                  -- the last POST: reading changes nothing
  until TEXT NOT NULL                      -- ends then, whatever is done
) STRICT, WITHOUT ROWID;

CREATE TABLE subscription (
  list INTEGER NOT NULL REFERENCES list,
  member INTEGER NOT NULL REFERENCES member,
  state TEXT NOT NULL CHECK(state='requested' OR state='attested' OR state='confirmed' OR state='implied' OR state='held' OR state='paused' OR state='lapsed' OR state='unsubscribed' OR state='objected' OR state='erased'),
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

CREATE TABLE suppression (
  mac BLOB NOT NULL, scope TEXT NOT NULL CHECK(scope='all' OR scope='marketing' OR scope='list'), list INTEGER NOT NULL DEFAULT 0,
  reason TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (mac, scope, list)
) STRICT, WITHOUT ROWID;

CREATE TABLE wording (
  hash TEXT PRIMARY KEY, list INTEGER REFERENCES list, language TEXT NOT NULL, text TEXT NOT NULL, first_used_at TEXT NOT NULL
) STRICT;

CREATE TRIGGER consent_stays BEFORE DELETE ON consent BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;

CREATE TRIGGER consent_unchanged BEFORE UPDATE ON consent BEGIN SELECT RAISE(ABORT, 'the ledger is never changed'); END;
