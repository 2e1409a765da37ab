"""The gate as a table, the state an import gives, and what size of a send is unusual."""

from datetime import date, timedelta
from itertools import product

import pytest

from newsletter.core import rules, words
from newsletter.service import answering

# state       | C        T       T of own act  S          M           ("-": the mail may go)
PLAIN = """
requested    | -        unproven  unproven   unproven   unproven
attested     | -        -         -          -          -
confirmed    | unproven -         -          -          -
implied      | unproven -         -          -          -
held         | unproven held      held       held       held
paused       | unproven -         -          -          paused
lapsed       | -        lapsed    -          lapsed     lapsed
unsubscribed | -        left      -          left       left
objected     | -        objected  -          objected   objected
erased       | unproven suppressed suppressed suppressed suppressed
"""
COLUMNS = ("C", "T", "own", "S", "M")
TABLE = {
    (line.split()[0], column): verdict
    for line in PLAIN.strip().splitlines()
    for column, verdict in zip(COLUMNS, line.split("|")[1].split(), strict=True)
}


def gate(state: str, column: str, *, confirm_always: bool = False, **standing: object) -> str:
    verdict = rules.may_mail(
        rules.Standing(state, **standing),
        "T" if column == "own" else column,
        confirm_always=confirm_always,
        own_act=column == "own",
    )
    return verdict or "-"


def test_own_acts() -> None:
    """Every answer that services queue as T counts as one to an own act; a reminder or a moved meeting does not."""
    answers = [one for one in vars(answering).values() if isinstance(one, answering.Kind)]

    others = {answering.MEETING_CHANGED.template}
    assert all(
        rules.is_own_act(one.template) != (one.template in others) for one in answers if one.mail_class == "T"
    )
    assert not any(map(rules.is_own_act, ("reminder", "meeting_moved", "meeting_cancelled", "recap")))


def test_the_table_knows_every_state() -> None:
    """No state without a row."""
    assert {state for state, _ in TABLE} == set(words.SUBSCRIPTION_STATES)


@pytest.mark.parametrize(("state", "column"), TABLE)
def test_state_and_class_decide(state: str, column: str) -> None:
    """A healthy address that nothing suppresses: the table of design section 6."""
    assert gate(state, column) == TABLE[state, column]


@pytest.mark.parametrize(("state", "column"), TABLE)
def test_a_list_that_confirms_always_asks_paper_sign_ups_first(state: str, column: str) -> None:
    """Only attested people change, only where a mail would have gone, and never an answer to their own act."""
    waits = state == "attested" and column in ("T", "S", "M")

    assert gate(state, column, confirm_always=True) == ("unproven" if waits else TABLE[state, column])


@pytest.mark.parametrize(("state", "column"), TABLE)
def test_a_basis_that_is_over_counts_as_lapsed(state: str, column: str) -> None:
    """Past its end date only answers to the person's own acts go, before the clock has set the state to lapsed."""
    stops = TABLE[state, column] in ("-", "paused") and column in ("T", "S", "M")

    assert gate(state, column, over=True) == ("lapsed" if stops else TABLE[state, column])


@pytest.mark.parametrize(("state", "column"), TABLE)
def test_suppression_of_all_stops_everything(state: str, column: str) -> None:
    """An address that must not be mailed at all gets no confirm mail and no answer either."""
    assert gate(state, column, suppression="all") == "suppressed"


@pytest.mark.parametrize("scope", ["marketing", "list"])
@pytest.mark.parametrize(("state", "column"), TABLE)
def test_narrow_suppression_stops_notices_and_marketing(state: str, column: str, scope: str) -> None:
    """Who objected may still ask again (C) and get answers (T); the state's own reason is named first."""
    own = TABLE[state, column]
    stops = column in ("S", "M") and own in ("-", "paused")

    assert gate(state, column, suppression=scope) == ("suppressed" if stops else own)


@pytest.mark.parametrize(("state", "column"), TABLE)
def test_a_dead_address_gets_no_notice_and_no_marketing(state: str, column: str) -> None:
    """Bounces stop S and M; the answer to an act of the person, which shows life, goes."""
    own = TABLE[state, column]
    stops = column in ("S", "M") and own in ("-", "paused")

    assert gate(state, column, health="dead") == ("dead" if stops else own)


@pytest.mark.parametrize(("state", "column"), TABLE)
def test_a_suspect_address_is_still_written_to(state: str, column: str) -> None:
    """One bounce is no verdict."""
    assert gate(state, column, health="suspect") == TABLE[state, column]


def test_nothing_that_worsens_a_standing_ever_opens_the_gate() -> None:
    """Over all combinations: suppression, death and an ended basis only ever take away."""
    for (state, column), health, scope, over, always in product(
        TABLE, words.HEALTHS, ("", *words.SCOPES), (False, True), (False, True)
    ):
        verdict = gate(state, column, health=health, suppression=scope, over=over, confirm_always=always)
        assert verdict == "-" or verdict in words.SKIP_REASONS
        if TABLE[state, column] != "-":
            assert verdict != "-", (state, column, health, scope, over, always)


TODAY = date(2018, 6, 29)
OLD = TODAY - timedelta(days=184)


@pytest.mark.parametrize(
    ("basis", "source", "given_on", "until", "proof", "expected"),
    [
        ("consent", "sheet", TODAY, None, True, "attested"),
        ("consent", "sheet", TODAY - timedelta(days=183), None, True, "attested"),
        ("consent", "sheet", OLD, None, True, "held"),
        ("consent", "sheet", TODAY + timedelta(days=1), None, True, "held"),
        ("consent", "sheet", None, None, True, "held"),
        ("consent", "sheet", TODAY, None, False, "held"),
        ("consent", "", TODAY, None, True, "held"),
        ("membership", "roll", None, TODAY, False, "implied"),
        ("membership", "roll", None, TODAY - timedelta(days=1), True, "held"),
        ("membership", "roll", TODAY, None, True, "held"),
        ("membership", "", None, TODAY, True, "held"),
        ("notice", "roll", None, TODAY, False, "implied"),
        ("notice", "roll", None, None, False, "held"),
    ],
)
def test_an_import_gives_the_state_that_its_proof_carries(
    basis, source, given_on, until, proof, expected
) -> None:
    """Consent with source, date and proof not older than six months; membership with an end date; else held."""
    assert rules.imported_state(basis, source, given_on, until, proof, TODAY) == expected


@pytest.mark.parametrize(
    ("count", "usual", "expected"),
    [(1000, None, False), (1000, 0, False), (90, 45, False), (91, 45, True), (10, 45, False)],
)
def test_more_than_twice_the_usual_number_is_unusual(count, usual, expected) -> None:
    """A list's first send has no usual number and so is never unusual."""
    assert rules.size_is_unusual(count, usual) is expected
