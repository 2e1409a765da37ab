"""Floor 0: words, errors, addresses, time, tokens and rules. Nothing here reads or writes anything."""
