"""Step 010: since when an address counts as good, which a later doubt does not take away."""

SCRIPT = """
-- When the address was last taken for good: its holder acted, mail arrived, or it is another one than before. Bounces up to
-- then are history.
ALTER TABLE member ADD COLUMN well_at TEXT;
UPDATE member SET well_at = health_at WHERE health = 'ok' AND health_at IS NOT NULL;
"""
