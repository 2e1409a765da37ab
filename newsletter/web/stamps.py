"""Guards of a public form that cost people nothing: a field that only programs fill, and the time that filling took.

The form carries a signed time stamp. No cookie, no puzzle, and the page works without scripts.
"""

from typing import Literal

from newsletter import site
from newsletter.web import forms

STAMP = "stamp"
TRAP = "website"  # hidden from people; programs that fill whatever they find give themselves away
FASTEST = 2  # seconds; whoever types an address needs longer
OLDEST = 86_400  # seconds; a page left open since yesterday is shown anew

Trouble = Literal["trap", "fast", "old"]


def make(opened: site.Site) -> str:
    """The stamp of a form that is shown now."""
    return opened.tokens.make("form", int(opened.clock.now().timestamp()), 0)


def trouble(opened: site.Site, form: forms.Form) -> Trouble | None:
    """What is wrong with how a form was filled, before anything in it is looked at."""
    if any(form.get(TRAP, ())):
        return "trap"
    found = opened.tokens.read("form", forms.one(form, STAMP))
    if found is None:
        return "old"
    age = opened.clock.now().timestamp() - found.number
    if age < FASTEST:
        return "fast"
    return "old" if age > OLDEST else None


def again(opened: site.Site, form: forms.Form, found: Trouble | None) -> str:
    """The stamp of a form that is shown once more: its old one while that is good, so that nobody waits twice."""
    return make(opened) if found == "old" else forms.one(form, STAMP) or make(opened)
