"""Step 005: places at meetings that hold only so many, and needs apart from the note."""

SCRIPT = """
ALTER TABLE meeting ADD COLUMN capacity INTEGER CHECK(capacity > 0);  -- NULL: no limit; guests count

-- What somebody eats or how they get in: told to the organisers alone, wiped soon after the meeting.
ALTER TABLE rsvp ADD COLUMN needs TEXT NOT NULL DEFAULT '';
-- Of a yes: a place; a turn among those who wait; a place kept until a time; an offer that passed. Empty for no and maybe.
ALTER TABLE rsvp ADD COLUMN place TEXT NOT NULL DEFAULT '' CHECK(
  place='' OR place='in' OR place='waiting' OR place='offered' OR place='lapsed');
ALTER TABLE rsvp ADD COLUMN turn INTEGER NOT NULL DEFAULT 0;  -- first come, first served, within the meeting
ALTER TABLE rsvp ADD COLUMN offer_until TEXT;                 -- set exactly while a place is offered
UPDATE rsvp SET place = 'in' WHERE answer = 'yes';
CREATE INDEX rsvp_waiting ON rsvp(meeting, turn) WHERE place = 'waiting';
CREATE INDEX rsvp_offered ON rsvp(offer_until) WHERE place = 'offered';
"""
