"""The log: JSON lines on stderr for whatever collects them from a process that runs for ever, nothing for a person."""

import json
import logging

from newsletter.core import logs


class JsonLines(logging.Formatter):
    """Writes a record as one JSON object: at, level, from, event, and the event's own fields."""

    def format(self, record: logging.LogRecord) -> str:
        at = self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z")
        event = getattr(record, "event", None) or logs.without_addresses(record.getMessage())
        line = {"at": at, "level": record.levelname.lower(), "from": record.name, "event": event}
        line |= getattr(record, logs.FIELDS, {})
        if record.exc_info:
            line["trace"] = logs.without_addresses(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)


def to_stderr() -> None:
    """Let this process write its log as JSON lines on stderr."""
    log = logging.getLogger("newsletter")
    if not any(isinstance(handler.formatter, JsonLines) for handler in log.handlers):
        handler = logging.StreamHandler()
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False


def to_nobody() -> None:
    """Keep the log away from a person's terminal: the command itself says in one clear line what went wrong."""
    log = logging.getLogger("newsletter")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
