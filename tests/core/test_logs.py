"""The log: one event a line, and no address of anybody whatever a server says."""

import json
import logging

import pytest

from newsletter.cli import log_lines
from newsletter.core import logs


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("550 5.1.1 <ann@example.org>: unknown", "550 5.1.1 <[address]>: unknown"),
        ("535 login of ann.o'x@example.org refused", "535 login of ann.o'[address] refused"),
        ("no @ here", "no @ here"),
        ("用户@例子.广告 unknown", "[address] unknown"),
    ],
)
def test_addresses_are_taken_out(text: str, clean: str) -> None:
    """What looks like an address is not written."""
    assert logs.without_addresses(text) == clean


def test_a_line_is_json(caplog: pytest.LogCaptureFixture) -> None:
    """Event and fields stand in one object; texts are cleaned, also in the plain form."""
    log = logging.getLogger("test.lines")
    with caplog.at_level(logging.INFO, "test.lines"):
        logs.warning(log, "relay left alone", relay="main", why="550 <ann@example.org> no", count=3)
        log.info("plain words to ann@example.org")

    first, second = (json.loads(log_lines.JsonLines().format(one)) for one in caplog.records)
    assert (first["level"], first["event"], first["relay"], first["count"]) == (
        "warning", "relay left alone", "main", 3,
    )  # fmt: skip
    assert first["why"] == "550 <[address]> no"
    assert second["event"] == "plain words to [address]"
    assert "ann@" not in caplog.text.replace("to ann@example.org", "")
