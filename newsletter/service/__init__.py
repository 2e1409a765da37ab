"""Floor 2: one file per job. Plain functions (site, values...) -> result; the only floor that opens a write transaction."""
