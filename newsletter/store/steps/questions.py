"""Step 009: questions to the group."""

SCRIPT = """
-- One question under a mail. While it is open, answers are kept by member, so that they can be changed; when it is
-- closed (closed_at, by the clock or by an organiser) the numbers are written to the choices and the link to the people
-- is deleted.
CREATE TABLE question (
  id INTEGER PRIMARY KEY AUTOINCREMENT, slug TEXT NOT NULL UNIQUE, list INTEGER NOT NULL REFERENCES list,
  kind TEXT NOT NULL CHECK(kind='words' OR kind='dates'), text TEXT NOT NULL,
  has_line INTEGER NOT NULL,               -- whether people may write a line of their own
  closes TEXT NOT NULL, created_at TEXT NOT NULL, closed_at TEXT,
  told_at TEXT,                            -- when the chairs were told what came of it
  voices INTEGER NOT NULL DEFAULT 0,       -- how many answered, once it is closed
  meeting INTEGER REFERENCES meeting       -- that the winning date became
) STRICT;
CREATE TABLE question_choice (
  question INTEGER NOT NULL REFERENCES question, number INTEGER NOT NULL, text TEXT NOT NULL,
  starts TEXT,                             -- of a date
  votes INTEGER NOT NULL DEFAULT 0,        -- once it is closed
  PRIMARY KEY (question, number)
) STRICT, WITHOUT ROWID;
CREATE TABLE question_answer (
  question INTEGER NOT NULL REFERENCES question,
  member INTEGER NOT NULL,                 -- no reference: a forgotten person's voice still counts
  choice INTEGER NOT NULL DEFAULT 0,       -- 0: none of them, the line alone
  line TEXT NOT NULL DEFAULT '', at TEXT NOT NULL,
  PRIMARY KEY (question, member)
) STRICT, WITHOUT ROWID;
CREATE INDEX question_answer_member ON question_answer(member);
-- What people wrote, once the question is closed: nobody's any more, in the order of the alphabet.
CREATE TABLE question_line (question INTEGER NOT NULL REFERENCES question, text TEXT NOT NULL) STRICT;
CREATE INDEX question_line_question ON question_line(question);

ALTER TABLE edition ADD COLUMN question INTEGER REFERENCES question;
"""
