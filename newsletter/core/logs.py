"""What our processes say for machines to read: one event and its fields a line, never an address of anybody.

Without a handler (`newsletter send`) a warning is one plain line on stderr; `newsletter serve` writes JSON lines
(cli/log_lines.py).
"""

import logging
import re

FIELDS = "fields"
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
_NONE = "[address]"


def info(log: logging.Logger, event: str, **fields: object) -> None:
    """Say that something went as it should."""
    _say(log, logging.INFO, event, fields)


def warning(log: logging.Logger, event: str, **fields: object) -> None:
    """Say that something needs an eye."""
    _say(log, logging.WARNING, event, fields)


def _say(log: logging.Logger, level: int, event: str, fields: dict[str, object]) -> None:
    clean = {name: without_addresses(one) if isinstance(one, str) else one for name, one in fields.items()}
    shown = ", ".join(f"{name} {one}" for name, one in clean.items())
    log.log(level, "%s: %s", event, shown, extra={"event": event, FIELDS: clean})


def without_addresses(text: str) -> str:
    """Take e-mail addresses out of a text that came from a server."""
    return _ADDRESS.sub(_NONE, text)
