"""Cells that a spreadsheet would run: harmless on the way out, restored on the way in."""

import hypothesis
import pytest
from hypothesis import strategies as some

from newsletter.core import cells

RUNNABLE = some.text(alphabet="'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20ab1", max_size=8)


@hypothesis.given(some.one_of(some.text(max_size=20), RUNNABLE))
def test_the_way_back_is_exact(text: str) -> None:
    """Whatever a cell holds, restoring what was made harmless gives it back."""
    assert text == cells.restored(cells.harmless(text))


@hypothesis.given(RUNNABLE)
def test_nothing_runnable_is_left(text: str) -> None:
    """No harmless cell begins with a sign that starts a formula in any spelling."""
    assert cells.harmless(text)[:1] not in tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@pytest.mark.parametrize(
    "text", ["=cmd|' /C calc'!A0", "+1+cmd", "-2+3", "@SUM(1)", "\t=1", "\uff1d1", "=cmd|x@x.org", '=1","=2']
)
def test_known_attacks_become_text(text: str) -> None:
    """The formulas of published attacks get an apostrophe before them."""
    assert cells.harmless(text) == "'" + text


@pytest.mark.parametrize("text", ["", "Ann", "O'Hara", "'quoted'", "a=b", "3-4", "x@y.org"])
def test_ordinary_text_stays(text: str) -> None:
    """What no program would run is written as it is."""
    assert cells.harmless(text) == text == cells.restored(text)
