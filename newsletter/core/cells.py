"""Table cells that a spreadsheet program would execute: made harmless on the way out, restored on the way in.

A cell is a formula to some program when it begins with = + - @, a tab or a line end, or the full-width form of one of
the signs. An apostrophe before it makes it text. So that the way back is exact, a cell that already begins with
apostrophes before such a sign gets one more.
"""

import re

_EXECUTABLE = re.compile("'*[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]").match
_ARMED = re.compile("'+[=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20]").match


def harmless(text: str) -> str:
    """The text as a spreadsheet program shows it instead of running it."""
    return "'" + text if _EXECUTABLE(text) else text


def restored(text: str) -> str:
    """The text that `harmless` was given."""
    return text[1:] if _ARMED(text) else text
