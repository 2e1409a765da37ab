"""Deliveries on their way: what a leased row needs to become a mail, and whether it still may.

A row is complete when it is queued, so nothing here looks at the member's present values: a repeat has the same bytes.
"""

import json
import os
from collections.abc import Callable, Iterable
from concurrent import futures
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

from newsletter import settings, site
from newsletter.compose import message as messages
from newsletter.compose import stamp
from newsletter.core import clock, errors, rules, tokens, words
from newsletter.service import signing
from newsletter.store import outbox

INPUTS = 13  # columns of a leased row before those that the gate looks at
_DECODER = json.JSONDecoder()


@dataclass(slots=True, eq=False)
class Job:
    """One leased delivery. `on_row` is the state that its row has in the database."""

    kind: "Kind"
    terms: "Terms"
    id: int
    message: int
    member: int
    occasion: str
    list_id: int | None
    address: str
    shape: int
    values: str
    on_row: words.DeliveryState
    due_at: str
    dated_at: str
    attempts: int
    unclears: int
    gated: int = -1  # the outbox's version when the gate was asked last
    is_gone: bool = False  # somebody else has changed the row: there is nothing more to do
    losses: int = 0  # connections that broke while this one was spoken of
    sender: str = ""  # of the envelope; empty until the job is prepared
    token: str = ""  # of the return path
    filled: tuple[bytes, ...] | None = None  # what stands in the slots of its copy
    body: list[bytes] = field(default_factory=list)  # the pieces of its mail

    @property
    def domain(self) -> str:
        """The recipient's domain."""
        return self.address.rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a message: the names of its token and of its own two numbers among a member's values, and what makes it."""

    purpose: tokens.Purpose
    token: str
    number: str
    second: str
    make: Callable[[int], str]


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A message as the sender needs it: its class, its deadline, its key, and how to stamp each shape."""

    edition: str | None
    kind: str
    mail_class: words.MailClass
    key: int
    stale_at: str | None  # when the meeting begins that it asks or reminds to come to
    links: tuple[Link, ...]
    make_return: Callable[[int], str]
    shows_return: bool  # whether the mail itself carries the token of its envelope
    stamps: tuple[stamp.Stamp, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Terms:
    """How mails of one list (or of none) are sent: when to try again, who is named as sender, whom bounces tell."""

    sending: settings.Sending
    holds: bool  # what is unclear waits for a person, so an intent must survive a power cut
    confirm_always: bool
    sender: str  # of the envelope; with `after_token` what stands before the token
    after_token: str  # empty: the sender carries none


class Workshop:
    """Makes jobs of rows and mails of jobs. Keeps the last few messages it has read."""

    def __init__(self, opened: site.Site) -> None:
        self._site = opened
        # A key that will not do must stop a run before its first mail.
        self._signer = signing.signer(opened) if any(one.sign for one in opened.config.relays) else None
        # A thread starts with the first mail that it signs. Measured on two cores: an eighth more mails a second.
        self.signers = futures.ThreadPoolExecutor(os.cpu_count() or 1, "signer")
        self._kind = lru_cache(maxsize=8)(self._read_kind)
        self._terms = lru_cache(maxsize=100)(self._read_terms)
        # may_mail is asked once for each combination of what it looks at.
        self._verdict = lru_cache(maxsize=1_000)(_verdict)
        self._asked: tuple[object, ...] = ()
        self._said: words.SkipReason | None = None

    def job(self, row: outbox.Leased) -> Job:
        """Make a job of a leased row."""
        return Job(self._kind(row[1]), self._terms(row[4]), *row[:INPUTS])

    def refusal(self, job: Job, inputs: outbox.Leased, now: str) -> words.SkipReason | None:
        """Ask the gate about a job, with its inputs as they are now; None means that it may go."""
        kind = job.kind
        if kind.stale_at is not None and kind.stale_at <= now:
            return "stale"
        asked = (kind, job.terms, inputs, now[:10])
        if asked != self._asked:  # else it is as for the job before: comparing is cheaper than hashing
            self._asked = asked
            self._said = self._verdict(kind.kind, kind.mail_class, job.terms.confirm_always, inputs, now[:10])
        return self._said

    def prepare(self, batch: Iterable[Job]) -> None:
        """Work out what the next jobs need: a batch in one go finds the processor's caches warm, which halves its price.

        A job whose row is not complete is left without its slots: `write` says why.
        """
        for job in batch:
            try:
                if not job.sender:
                    self._prepare(job)
            except errors.NewsletterError:
                continue

    def write(self, job: Job) -> list[bytes]:
        """Stamp a job's mail, in pieces. Raises InputError when its row is not complete."""
        if job.filled is None:
            self._prepare(job)
        assert job.filled is not None
        return job.kind.stamps[job.shape].pieces(job.filled)

    def sign(self, pieces: list[bytes]) -> list[bytes]:
        """Put our own DKIM signature before a mail. For any thread. Raises InputError."""
        return [self._signer.sign(b"".join(pieces)), *pieces] if self._signer else pieces

    def _prepare(self, job: Job) -> None:
        """Make a job's envelope sender, and what stands in the slots of its copy."""
        kind, terms = job.kind, job.terms
        token = kind.make_return(job.member) if terms.after_token or kind.shows_return else ""
        job.token = token
        job.sender = terms.sender + token + terms.after_token if terms.after_token else terms.sender
        values: dict[str, Any] = _DECODER.raw_decode(job.values)[0]
        for link in kind.links:
            # Some links are about a request, which has its own number, and not about the message.
            if link.number in values:
                second = int(values.get(link.second, job.member))
                made = self._site.tokens.make(link.purpose, int(values[link.number]), second, kind.key)
            else:
                made = link.make(job.member)
            values[link.token] = made
        values["token_return"], values["email"], values["occasion"] = token, job.address, job.occasion
        if job.shape >= len(kind.stamps):
            raise errors.InputError("the message was not composed for this member's shape")
        job.filled = kind.stamps[job.shape].fill(values)

    def _read_kind(self, number: int) -> Kind:
        row = outbox.message(self._site.store, number)
        if row is None:
            raise errors.StorageError(
                f"message {number} is missing", "The database is damaged: newsletter check"
            )
        frozen = messages.Message.from_json(row["frozen"])
        key = row["key"]

        def maker(purpose: str) -> Callable[[int], str]:
            return self._site.tokens.maker(cast(tokens.Purpose, purpose), number, key)

        return Kind(
            edition=row["edition"],
            kind=row["kind"],
            mail_class=row["class"],
            key=key,
            stale_at=row["starts"] if rules.ends_with_begin(row["kind"]) else None,
            links=tuple(
                Link(
                    cast(tokens.Purpose, purpose),
                    f"token_{purpose}",
                    f"number_{purpose}",
                    f"second_{purpose}",
                    maker(purpose),
                )
                for purpose in frozen.purposes
                if purpose != "return"
            ),
            make_return=maker("return"),
            shows_return="return" in frozen.purposes,
            stamps=tuple(stamp.Stamp(frozen, n) for n in range(len(frozen.shapes))),
        )

    def _read_terms(self, list_id: int | None) -> Terms:
        conf = self._site.config
        found = conf.lists.get(self._site.store.list_slugs.get(list_id or 0, ""))
        sender, after = found.from_address if found else conf.site.contact, ""
        if conf.receive:
            sender = conf.receive.bounce_address
            if conf.receive.verp == "plus":
                sender, after = tokens.mailbox(sender, "return", " ").split(" ")
        sending = found.sending if found else conf.sending
        return Terms(
            sending=sending,
            holds=sending.on_unclear == "hold",
            confirm_always=found is not None and found.confirm == "always",
            sender=sender,
            after_token=after,
        )


def standing(inputs: outbox.Inputs, mail_class: words.MailClass, today: str) -> rules.Standing | None:
    """What the gate's rule looks at; None when a mail to members finds no subscription any more."""
    state = inputs.standing
    if state is None:
        if mail_class in ("M", "S"):
            return None
        state = "requested" if mail_class == "C" else "confirmed"
    if state == "paused" and inputs.paused_until and inputs.paused_until <= today:
        state = inputs.before or "confirmed"
    over = bool(inputs.until) and (inputs.until or "") < today
    return rules.Standing(state, inputs.health, inputs.suppression, over)


def _verdict(
    kind: str, mail_class: words.MailClass, confirm_always: bool, inputs: outbox.Leased, today: str
) -> words.SkipReason | None:
    """What the gate says to a mail of this kind and class, with these inputs in the order of outbox.Inputs."""
    looked_at = outbox.Inputs(*inputs)
    if looked_at.erased:
        return "suppressed"
    found = standing(looked_at, mail_class, today)
    if found is None:
        return "left"
    return rules.may_mail(found, mail_class, confirm_always=confirm_always, own_act=rules.is_own_act(kind))


def deadline(job: Job, rule: settings.Sending) -> str:
    """When trying ends for a job."""
    from datetime import timedelta

    return clock.iso(clock.parse(job.dated_at) + timedelta(seconds=rule.give_up))
