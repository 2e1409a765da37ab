"""Floor 3: the door for the chair and the organiser. Reads what was typed, calls one service, shows the answer."""
