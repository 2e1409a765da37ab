"""The states of a subscription and every step between them.

A step is an event of the ledger. What is not in the table is forbidden, and the error says why: an import or an
organiser never raises anybody, only the person lifts a withdrawal.
"""

from typing import Literal

from newsletter.core import errors, words

Step = Literal[
    "requested",  # asked on the web, the address still unproven
    "expired",  # the request was not confirmed in time, or the holder of the address said no
    "confirmed",  # the holder of the address acted
    "attested",  # consent given on paper, at a booth or to a person
    "asserted",  # membership or a similar basis, with an end date
    "held",  # imported without usable proof
    "paused",
    "resumed",
    "lapsed",
    "withdrawn",  # left this list
    "objected",  # wants no marketing at all
    "returned",  # undid the leaving with the token of that very answer
    "erased",
]

_ON = ("attested", "confirmed", "implied")
_UNDER_A_REQUEST = ("held", "lapsed", "unsubscribed", "objected")
_WITHDRAWABLE = ("requested", *_ON, "held", "paused", "lapsed")

# step -> state before -> state after; "" is no subscription yet, "*" the state before the pause or withdrawal, "-" the
# state that a request lies upon, or erased where there was none.
_TABLE: dict[Step, dict[str, str]] = {
    "requested": dict.fromkeys(("", "requested", "held", "lapsed", "unsubscribed", "objected"), "requested"),
    "expired": {"requested": "-"},
    "confirmed": {
        "": "confirmed",
        **dict.fromkeys(
            ("requested", *_ON, "held", "paused", "lapsed", "unsubscribed", "objected"), "confirmed"
        ),
    },
    "attested": {"": "attested"},
    "asserted": {"": "implied", "implied": "implied"},
    "held": {"": "held"},
    "paused": dict.fromkeys((*_ON, "paused"), "paused"),
    "resumed": {"paused": "*"},
    "lapsed": dict.fromkeys((*_ON, "paused"), "lapsed"),
    "withdrawn": {"": "unsubscribed", **dict.fromkeys((*_WITHDRAWABLE, "unsubscribed"), "unsubscribed")},
    "objected": {"": "objected", **dict.fromkeys((*_WITHDRAWABLE, "unsubscribed", "objected"), "objected")},
    "returned": {"unsubscribed": "*"},
    "erased": dict.fromkeys((*_WITHDRAWABLE, "unsubscribed", "objected", "erased"), "erased"),
}
# Who may take which step.
_ACTORS: dict[Step, tuple[words.Actor, ...]] = {
    "requested": ("person",),
    "expired": ("person", "clock"),
    "confirmed": ("person",),
    "attested": ("organiser", "import"),
    "asserted": ("organiser", "import"),
    "held": ("organiser", "import"),
    "paused": ("person", "organiser"),
    "resumed": ("person", "organiser", "clock"),
    "lapsed": ("clock",),
    "withdrawn": ("person", "organiser", "import", "report"),
    "objected": ("person", "organiser", "import", "report"),
    "returned": ("person",),
    "erased": ("person", "organiser", "clock"),
}


def after(
    step: Step, state: words.SubscriptionState | Literal[""], actor: words.Actor, before: str = ""
) -> words.SubscriptionState:
    """Return the state after a step, or raise RefusedError when this actor may not take it from here.

    `before` is the state that a pause or a withdrawal interrupted, or that a request lies upon; "resumed", "returned"
    and "expired" go back to it.
    """
    if actor not in _ACTORS[step]:
        raise errors.RefusedError(f"'{step}' is not for {_WHO[actor]} to do", _ONLY_THE_PERSON)
    found = _TABLE[step].get(state)
    if found == "*":
        found = before if before in _ON else None
    if found == "-":
        found = before if before in _UNDER_A_REQUEST else "erased"
    if found is None:
        raise errors.RefusedError(
            f"a subscription that is {state or 'not there'} cannot become '{step}'",
            _ONLY_THE_PERSON if state in words.WITHDRAWN else "",
        )
    for known in words.SUBSCRIPTION_STATES:
        if known == found:
            return known
    raise AssertionError(found)


_WHO = {
    "person": "the person",
    "organiser": "an organiser",
    "import": "an import",
    "clock": "the clock",
    "report": "a report",
}
_ONLY_THE_PERSON = "Only the person can lift a withdrawal, by signing up and confirming again."
