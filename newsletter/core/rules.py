"""Decisions about people and mail, as pure functions: values in, a verdict out.

`may_mail` is the one gate (design: gate and states). It is asked when a delivery is queued and again before it goes.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from newsletter.core import words

CONSENT_FRESH_DAYS = 183  # consent older than about six months at import needs the person's own word again


@dataclass(frozen=True, slots=True)
class Standing:
    """What the gate looks at: the address's health, what suppresses it, and the subscription.

    `suppression` is the widest scope that applies ("" for none). `over` says that the basis's end date has passed;
    a pause whose date has passed counts as the state before it, so that the clock need not have run.
    """

    state: words.SubscriptionState
    health: words.Health = "ok"
    suppression: words.Scope | Literal[""] = ""
    over: bool = False


def may_mail(
    standing: Standing, mail_class: words.MailClass, *, confirm_always: bool = False, own_act: bool = False
) -> words.SkipReason | None:
    """Say why this mail must not go, or None when it may.

    `confirm_always` is the list's rule that attested consent waits for the double opt-in; `own_act` marks a T mail
    that answers what the person has just done (receipt, goodbye).
    """
    if standing.suppression == "all":
        return "suppressed"
    if mail_class == "C":
        return None if standing.state in _MAY_BE_ASKED else "unproven"
    if mail_class == "T" and own_act and standing.state not in _NEVER_WRITTEN_TO:
        return None
    if standing.suppression and mail_class in "SM":
        return "left" if standing.state == "unsubscribed" else _refusal(standing.state) or "suppressed"
    if standing.health == "dead" and mail_class in "SM":
        return _refusal(standing.state) or "dead"
    if refused := _refusal(standing.state):
        return refused
    if standing.over:
        return "lapsed"
    if standing.state == "paused":
        return "paused" if mail_class == "M" else None
    if standing.state == "attested" and confirm_always:
        return "unproven"
    return None


def is_own_act(kind: str) -> bool:
    """Tell whether a T mail of this kind answers what the person has just done.

    Receipts, goodbyes, links that were asked for and places that were waited for do; changes of a meeting and reminders go to those who answered, but
    not for an act of theirs.
    """
    return kind in _OWN_ACTS


def ends_with_begin(kind: str) -> bool:
    """Tell whether a mail of this kind is pointless once the meeting that it is about has begun."""
    return kind in _BEFORE_IT_BEGINS


_BEFORE_IT_BEGINS = frozenset({"invitation", "free_place", "undecided", "day_before"})

# A kind that is not named here is taken for one of the other sort: it stays out where it is not wanted.
_OWN_ACTS = frozenset(
    {"already", "welcome", "goodbye", "fresh", "moved", "leaving", "receipt", "waiting", "offer", "desk"}
)

# The confirm mail goes to whoever asked on the web, and to paper sign-ups of a list that confirms always.
_MAY_BE_ASKED = frozenset({"requested", "attested", "unsubscribed", "objected", "lapsed"})

# An unproven address, one without proof of consent and one that is gone get no answer to an act either.
_NEVER_WRITTEN_TO = frozenset({"requested", "held", "erased"})

_REFUSALS: dict[str, words.SkipReason] = {
    "requested": "unproven",
    "held": "held",
    "lapsed": "lapsed",
    "unsubscribed": "left",
    "objected": "objected",
    "erased": "suppressed",
}


def _refusal(state: words.SubscriptionState) -> words.SkipReason | None:
    return _REFUSALS.get(state)


def imported_state(
    basis: words.Basis, source: str, given_on: date | None, until: date | None, proof: bool, today: date
) -> words.SubscriptionState:
    """Decide the state in which an import adds a person: attested, implied, or held without usable proof.

    `proof` says that there is evidence, a statement or the row's own opt-in columns. A notice list rests on the
    contract of membership and so is imported like one.
    """
    if basis in ("membership", "notice"):
        return "implied" if source and until is not None and until >= today else "held"
    if not source or not proof or given_on is None or given_on > today:
        return "held"
    return "attested" if today - given_on <= timedelta(days=CONSENT_FRESH_DAYS) else "held"


def size_is_unusual(count: int, usual: int | None) -> bool:
    """Tell whether a send goes to more than twice the usual number; a list's first send has no usual number."""
    return usual is not None and usual > 0 and count > 2 * usual
