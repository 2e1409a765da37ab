"""Floor 3: the door for members. Reads a request, calls one service, shows a page."""
