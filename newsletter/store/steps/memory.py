"""Step 007: what stays of an edition: promised links, amendments, the archive."""

SCRIPT = """
-- `meeting` is the one that an edition invites to; this is the one that a recap tells of.
ALTER TABLE edition ADD COLUMN of_meeting INTEGER REFERENCES meeting;
-- The edition whose promised links this one brings; it goes to those who got that one.
ALTER TABLE edition ADD COLUMN follows TEXT REFERENCES edition;
-- The id of the one follow-up whose draft was written for it; empty: none yet.
ALTER TABLE edition ADD COLUMN follow_up TEXT NOT NULL DEFAULT '';

-- "The link follows": a promise made to everybody who got the edition. Open, kept (url) or dropped (settled, no url).
CREATE TABLE promise (
  edition TEXT NOT NULL REFERENCES edition,
  number INTEGER NOT NULL,                 -- in the order of the text
  words TEXT NOT NULL,                     -- those of the link
  due TEXT,                                -- a date; NULL where none was promised
  url TEXT,
  settled_at TEXT,
  PRIMARY KEY (edition, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX promise_open ON promise(edition) WHERE settled_at IS NULL;

-- An edition's text as the archive shows it since then. What was sent is never changed.
CREATE TABLE amendment (
  id INTEGER PRIMARY KEY AUTOINCREMENT, edition TEXT NOT NULL REFERENCES edition, at TEXT NOT NULL, by TEXT NOT NULL,
  note TEXT NOT NULL,                      -- what was corrected; empty where only promised links were filled in
  source TEXT NOT NULL, source_hash TEXT NOT NULL
) STRICT;
CREATE INDEX amendment_edition ON amendment(edition);

-- An edition as a page, for each of its lists; written at send and at each amendment, without anybody's own values.
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
CREATE INDEX archive_page_list ON archive_page(list, at, id);
CREATE INDEX archive_page_edition ON archive_page(edition);
-- `place` holds the page's list as a word, so that a search never meets another list's pages.
CREATE VIRTUAL TABLE archive_words USING fts5(place, subject, text, tokenize="unicode61 remove_diacritics 2");
CREATE TABLE archive_picture (
  edition TEXT NOT NULL REFERENCES edition, name TEXT NOT NULL, type TEXT NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (edition, name)
) STRICT;
CREATE INDEX archive_picture_name ON archive_picture(name);
"""
