"""The words of the house: states, kinds and reasons, one word per idea, as text a person can read.

They stand in tables, JSON and pages as they stand here, so they never change.
"""

from typing import Literal, get_args

SubscriptionState = Literal[
    "requested",
    "attested",
    "confirmed",
    "implied",
    "held",
    "paused",
    "lapsed",
    "unsubscribed",
    "objected",
    "erased",
]
DeliveryState = Literal["due", "sending", "sent", "deferred", "failed", "skipped", "unclear"]
EditionState = Literal["queued", "running", "paused", "done", "cancelled"]
EditionKind = Literal["recap", "invitation", "notice", "letter"]
# C the one confirm mail, T answer to the person's own act, S neutral notice, M all that invites and promotes.
MailClass = Literal["C", "T", "S", "M"]
Health = Literal["ok", "suspect", "dead"]
Scope = Literal["all", "marketing", "list"]
Basis = Literal["consent", "membership", "notice"]
SkipReason = Literal[
    "left",
    "objected",
    "suppressed",
    "held",
    "unproven",
    "paused",
    "lapsed",
    "dead",
    "stale",
    "cancelled",
    "answered",  # a reminder is pointless: the person has answered
    "recent",  # a reminder would be one mail too many
]
# Why somebody gets a mail, as its footer says, and whether they were at the meeting that it follows.
Reason = Literal["confirmed", "attested", "implied", "self", "answered"]
Came = Literal["", "came", "missed"]
BounceKind = Literal["hard", "soft", "policy", "complaint", "autoreply"]
# Who acted, as the ledger writes it.
Actor = Literal["person", "organiser", "import", "clock", "report"]

SUBSCRIPTION_STATES: tuple[SubscriptionState, ...] = get_args(SubscriptionState)
DELIVERY_STATES: tuple[DeliveryState, ...] = get_args(DeliveryState)
EDITION_STATES: tuple[EditionState, ...] = get_args(EditionState)
EDITION_KINDS: tuple[EditionKind, ...] = get_args(EditionKind)
MAIL_CLASSES: tuple[MailClass, ...] = get_args(MailClass)
HEALTHS: tuple[Health, ...] = get_args(Health)
SCOPES: tuple[Scope, ...] = get_args(Scope)
BASES: tuple[Basis, ...] = get_args(Basis)
SKIP_REASONS: tuple[SkipReason, ...] = get_args(SkipReason)
BOUNCE_KINDS: tuple[BounceKind, ...] = get_args(BounceKind)

# A recap, an invitation and a letter promote the group's aims, which the law counts as marketing.
CLASS_OF_KIND: dict[EditionKind, MailClass] = {"recap": "M", "invitation": "M", "letter": "M", "notice": "S"}

# The states in which a person is on the list and can be written to (some of them not now).
ON_THE_LIST: frozenset[SubscriptionState] = frozenset({"attested", "confirmed", "implied", "paused"})
WITHDRAWN: frozenset[SubscriptionState] = frozenset({"unsubscribed", "objected"})
