"""Every step from every state by every actor: allowed as written here, forbidden otherwise."""

import pytest

from newsletter.core import errors, states

STATES = "- requested attested confirmed implied held paused lapsed unsubscribed objected erased".split()
ACTORS = "person organiser import clock report".split()

# step | who may take it | from which states ("-": no subscription yet) | the state after.
# "back" is the state that a pause or a withdrawal interrupted, "under" the one that a request lies upon. Only `requested`, `confirmed` and `returned` lead out of
# a withdrawal or out of `held`, and all three are the person's own; nothing leads out of `erased`. "under" is the state
# that a request lies upon: one that expires gives it back, and `requested` itself allows nothing but the confirm mail.
EXPECTED = """
requested | person                         | - requested held lapsed unsubscribed objected                    | requested
expired   | person clock                   | requested                                                        | under
confirmed | person                         | - requested attested confirmed implied held paused lapsed unsubscribed objected | confirmed
attested  | organiser import               | -                                                                | attested
asserted  | organiser import               | - implied                                                        | implied
held      | organiser import               | -                                                                | held
paused    | person organiser               | attested confirmed implied paused                                | paused
resumed   | person organiser clock         | paused                                                           | back
lapsed    | clock                          | attested confirmed implied paused                                | lapsed
withdrawn | person organiser import report | - requested attested confirmed implied held paused lapsed unsubscribed | unsubscribed
objected  | person organiser import report | - requested attested confirmed implied held paused lapsed unsubscribed objected | objected
returned  | person                         | unsubscribed                                                     | back
erased    | person organiser clock         | requested attested confirmed implied held paused lapsed unsubscribed objected erased | erased
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in EXPECTED.strip().splitlines()]


def _after(step: str, state: str, actor: str, before: str = "") -> str:
    """The state after a step, or "no"."""
    try:
        return states.after(step, "" if state == "-" else state, actor, before)
    except errors.RefusedError:
        return "no"


@pytest.mark.parametrize("actor", ACTORS)
@pytest.mark.parametrize(("step", "actors", "froms", "to"), ROWS, ids=[row[0] for row in ROWS])
def test_every_step_is_allowed_or_forbidden_as_the_table_says(step, actors, froms, to, actor) -> None:
    """Step x state x actor: 715 cases against a table written by hand."""
    after = {"back": "confirmed", "under": "erased"}.get(to, to)
    expected = {
        state: after if actor in actors.split() and state in froms.split() else "no" for state in STATES
    }

    found = {state: _after(step, state, actor, before="confirmed") for state in STATES}

    assert found == expected


def test_the_table_here_names_every_step() -> None:
    """A new step cannot slip in without a row of the table above."""
    assert [row[0] for row in ROWS] == list(states.Step.__args__)


@pytest.mark.parametrize("step", ["resumed", "returned"])
@pytest.mark.parametrize("before", ["attested", "confirmed", "implied"])
def test_going_back_leads_to_what_was_interrupted(step: str, before: str) -> None:
    """A pause that ends and a leaving that is undone restore the very state there was, and never a higher one."""
    state = "paused" if step == "resumed" else "unsubscribed"

    assert _after(step, state, "person", before) == before


@pytest.mark.parametrize(
    "before", ["", "requested", "held", "lapsed", "unsubscribed", "objected", "erased", "paused"]
)
def test_going_back_never_opens_what_was_closed(before: str) -> None:
    """Undoing the leaving of somebody who was held or lapsed makes them no member."""
    assert _after("returned", "unsubscribed", "person", before) == "no"


@pytest.mark.parametrize("before", ["held", "lapsed", "unsubscribed", "objected"])
def test_a_request_that_expires_gives_back_what_was_under_it(before: str) -> None:
    """Somebody who left and asked again without confirming has left as before."""
    assert _after("expired", "requested", "clock", before) == before


@pytest.mark.parametrize("before", ["", "requested", "attested", "confirmed", "implied", "paused", "erased"])
def test_a_request_that_expires_makes_no_member(before: str) -> None:
    """Whatever stands in the column, an unconfirmed request never ends in a state that gets mail."""
    assert _after("expired", "requested", "clock", before) == "erased"


@pytest.mark.parametrize("state", ["unsubscribed", "objected"])
@pytest.mark.parametrize("actor", ["organiser", "import"])
def test_a_refused_return_says_that_only_the_person_can(state, actor) -> None:
    """Whoever tries to bring a withdrawn person back is told who alone may do so."""
    with pytest.raises(errors.RefusedError, match="cannot become 'attested'") as refused:
        states.after("attested", state, actor)

    assert refused.value.hint == "Only the person can lift a withdrawal, by signing up and confirming again."


def test_a_refused_actor_is_named() -> None:
    """The error says who may not do what."""
    with pytest.raises(errors.RefusedError, match="'confirmed' is not for an import to do"):
        states.after("confirmed", "requested", "import")


@pytest.mark.parametrize(
    ("under", "after"),
    [("", "erased"), ("held", "held"), ("lapsed", "lapsed"), ("unsubscribed", "unsubscribed"), ("objected", "objected"),
     ("confirmed", "erased"), ("attested", "erased"), ("requested", "erased")],
)  # fmt: skip
def test_a_request_that_nobody_confirmed_leaves_things_as_they_were(under: str, after: str) -> None:
    """What it lay upon is there again, and where there was nothing, nothing stays: never a state that gets mail."""
    assert _after("expired", "requested", "clock", under) == after
