"""Floor 1: the only SQL. Functions take the store, run plain parameterised statements, and open no transaction."""
