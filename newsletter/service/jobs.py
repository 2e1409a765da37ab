"""Deliveries on their way: what a leased row needs to become a mail, and whether it still may.

A row is complete when it is queued, so nothing here looks at the member's present values: a repeat has the same bytes.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from newsletter import settings, site
from newsletter.compose import message as messages
from newsletter.compose import stamp
from newsletter.core import clock, errors, rules, tokens, words
from newsletter.service import signing
from newsletter.store import outbox


@dataclass(slots=True, eq=False)
class Job:
    """One leased delivery. `on_row` is the state that its row has in the database."""

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
    domain: str
    gated: int = -1  # the outbox's version when the gate was asked last
    is_gone: bool = False  # somebody else has changed the row: there is nothing more to do
    losses: int = 0  # connections that broke while this one was spoken of
    body: bytes = b""
    return_token: str = ""  # made for the envelope, used again in the mail


@dataclass(frozen=True, slots=True)
class Kind:
    """A message as the sender needs it: its class, its deadline, its key, and how to stamp each shape."""

    edition: str | None
    kind: str
    mail_class: words.MailClass
    key: int
    starts: str | None
    purposes: tuple[str, ...]
    stamps: tuple[stamp.Stamp, ...]


class Workshop:
    """Makes jobs of rows and mails of jobs. Keeps the last few messages it has read."""

    def __init__(self, opened: site.Site, now: Callable[[], str]) -> None:
        self._site = opened
        self._now = now
        # A key that will not do must stop a run before its first mail.
        self._signer = signing.signer(opened) if any(one.sign for one in opened.config.relays) else None
        self._kind = lru_cache(maxsize=8)(self._read_kind)
        self._today = ""

    def job(self, row: sqlite3.Row) -> Job:
        """Make a job of a leased row."""
        return Job(
            id=row["id"],
            message=row["message"],
            member=row["member"],
            occasion=row["occasion"],
            list_id=row["list"],
            address=row["address"],
            shape=row["shape"],
            values=row["vals"] or "{}",
            on_row=row["state"],
            due_at=row["due_at"],
            dated_at=row["dated_at"] or row["due_at"],
            attempts=row["attempts"],
            unclears=row["unclears"],
            domain=row["address"].rpartition("@")[2],
        )

    def kind(self, job: Job) -> Kind:
        """The message of a job."""
        return self._kind(job.message)

    def mailing_list(self, job: Job) -> settings.MailingList | None:
        """The list under whose name a job goes, if it is still configured."""
        slug = self._site.store.list_slugs.get(job.list_id or 0, "")
        return self._site.config.lists.get(slug)

    def sending(self, job: Job) -> settings.Sending:
        """The rules of repeating and giving up for a job."""
        found = self.mailing_list(job)
        return found.sending if found else self._site.config.sending

    def refusal(self, job: Job, row: sqlite3.Row) -> words.SkipReason | None:
        """Ask the gate about a job, with its inputs as they are now; None means that it may go."""
        kind, now = self.kind(job), self._now()
        if kind.kind == "invitation" and kind.starts and kind.starts <= now:
            return "stale"
        if row["erased"]:
            return "suppressed"
        now_standing = standing(row, kind.mail_class, now[:10])
        if now_standing is None:
            return "left"
        found = self.mailing_list(job)
        always = found is not None and found.confirm == "always"
        return rules.may_mail(
            now_standing, kind.mail_class, confirm_always=always, own_act=rules.is_own_act(kind.kind)
        )

    def sender(self, job: Job) -> str:
        """The envelope sender: an address that says by a token whose bounce comes back, else the list's own."""
        receive = self._site.config.receive
        if receive and receive.verp == "plus":
            job.return_token = self._site.tokens.make("return", job.message, job.member, self.kind(job).key)
            return tokens.mailbox(receive.bounce_address, "return", job.return_token)
        if receive:
            return receive.bounce_address
        found = self.mailing_list(job)
        return found.from_address if found else self._site.config.site.contact

    def write(self, job: Job, *, signed: bool = False) -> bytes:
        """Stamp a job's mail; `signed` puts our own DKIM signature before it.

        Raises InputError when its row is not complete.
        """
        kind = self.kind(job)
        values: dict[str, Any] = json.loads(job.values)
        for purpose in kind.purposes:
            known = cast(tokens.Purpose, purpose)
            # Some links are about a request, which has its own number, and not about the message.
            number = int(values.pop(f"number_{purpose}", job.message))
            made = job.return_token if purpose == "return" else ""
            values[f"token_{purpose}"] = made or self._site.tokens.make(known, number, job.member, kind.key)
        values |= {"email": job.address, "occasion": job.occasion}
        if job.shape >= len(kind.stamps):
            raise errors.InputError("the message was not composed for this member's shape")
        mail = kind.stamps[job.shape].copy(values)
        return self._signer.sign(mail) + mail if signed and self._signer else mail

    def _read_kind(self, number: int) -> Kind:
        row = outbox.message(self._site.store, number)
        if row is None:
            raise errors.StorageError(
                f"message {number} is missing", "The database is damaged: newsletter check"
            )
        frozen = messages.Message.from_json(row["frozen"])
        return Kind(
            edition=row["edition"],
            kind=row["kind"],
            mail_class=row["class"],
            key=row["key"],
            starts=row["starts"],
            purposes=frozen.purposes,
            stamps=tuple(stamp.Stamp(frozen, n) for n in range(len(frozen.shapes))),
        )


def standing(row: sqlite3.Row, mail_class: words.MailClass, today: str) -> rules.Standing | None:
    """What the gate looks at; None when a mail to members finds no subscription any more."""
    state = row["standing"]
    if state is None:
        if mail_class in ("M", "S"):
            return None
        state = "requested" if mail_class == "C" else "confirmed"
    if state == "paused" and row["paused_until"] and row["paused_until"] <= today:
        state = row["before"] or "confirmed"
    over = bool(row["until"]) and row["until"] < today
    return rules.Standing(state, row["health"], row["suppression"], over)


def deadline(job: Job, rule: settings.Sending) -> str:
    """When trying ends for a job."""
    from datetime import timedelta

    return clock.iso(clock.parse(job.dated_at) + timedelta(seconds=rule.give_up))
