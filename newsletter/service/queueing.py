"""From an edition's file to a complete delivery for everybody in its audience: first a plan, then one transaction."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from newsletter import settings, site
from newsletter.compose import amending, frame, lint, message
from newsletter.core import clock, errors, rules, wall
from newsletter.service import archive, followups, meetings, reminders
from newsletter.service import audience as readers
from newsletter.service import editions as files
from newsletter.store import audience, editions, log, outbox, promises

USUAL_OF = 5  # the usual number is the middle one of so many earlier sends
SHOWN_NAMES = 3
SIZE_RULE, EMPTY_RULE, CAP_RULE = "size", "empty-field", "cap"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a send would do. `seconds` is how long it takes at the list's pace (None: as fast as the relay takes it).

    `committee` are those who get it first, the others `wait` seconds later. `following` are the reminders of an invitation.
    """

    edition: str
    subject: str
    lists: tuple[str, ...]
    audience: int
    recipients: int
    skipped: dict[str, int]
    first: tuple[str, ...]
    last: tuple[str, ...]
    usual: int | None
    unusual: bool
    seconds: float | None
    committee: tuple[str, ...]
    wait: float
    findings: tuple[lint.Finding, ...]
    following: tuple[reminders.Foretold, ...] = ()

    @property
    def blocking(self) -> tuple[str, ...]:
        """The rules that stop this send unless they are allowed."""
        found = [one.rule for one in self.findings if one.level == "error"]
        return tuple(dict.fromkeys(found + ([SIZE_RULE] if self.unusual else [])))


@dataclass(frozen=True, slots=True)
class Order:
    """How an edition is to be sent: when (None: now), which rules are passed, and whether only to those who joined since."""

    at: datetime | None = None
    allow: frozenset[str] = frozenset()
    missing: bool = False


def order(
    opened: site.Site,
    path: Path,
    *,
    when: str | None = None,
    allow: Sequence[str] = (),
    missing: bool = False,
) -> Order:
    """Make an order of what was typed. Raises UsageError for a bad time or an unknown rule."""
    known = (SIZE_RULE, EMPTY_RULE, CAP_RULE, *lint.RULES)
    for rule in allow:
        if rule not in known:
            near = difflib.get_close_matches(rule, known, 1)
            meant = f"Did you mean '{near[0]}'? " if near else ""
            raise errors.UsageError(
                f"there is no rule '{rule}' to allow", f"{meant}Rules: {', '.join(known)}"
            )
    found = files.open_edition(opened, path)
    at = moment(when, found.lists[0], opened.clock.now()) if when else None
    return Order(at, frozenset(allow), missing)


def allowing(given: Order, rule: str) -> Order:
    """The same order with one more rule passed."""
    return replace(given, allow=given.allow | {rule})


def plan(opened: site.Site, path: Path, order: Order) -> Plan:
    """Say what a send would do. Changes nothing. Raises EditionError, RefusedError (sent before), NotFoundError."""
    found = files.open_edition(opened, path)
    _refuse_known(opened, found, order)
    files.refuse_moved(opened, found)
    _gather(opened, found, order)
    composed = _compose(opened, found, order, audience.shapes(opened.store))
    made = _plan(opened, found, composed, order)
    return made if order.missing else replace(made, following=_following(opened, found, order))


def _following(opened: site.Site, found: files.Opened, order: Order) -> tuple[reminders.Foretold, ...]:
    """The reminders of an invitation that goes out now."""
    meeting = found.frame.meeting
    if found.edition.kind != "invitation" or meeting is None:
        return ()
    known = files.known_meeting(opened, found)
    return reminders.foretell(opened, known, found.lists, order.at or opened.clock.now(), meeting.starts)


def queue(opened: site.Site, path: Path, order: Order) -> Plan:
    """Queue an edition: freeze its message and make a complete row for everybody, all in one transaction.

    Returns the plan as it was carried out, without what is foretold of reminders. Raises what `plan` raises, and RefusedError when a rule stops it.
    """
    store, now = opened.store, opened.clock.now()
    with store.write():
        # Opened inside: the meeting that the mail tells of cannot move between here and its rows.
        found = files.open_edition(opened, path)
        _refuse_known(opened, found, order)
        _gather(opened, found, order)
        shapes = audience.shapes(store)
        composed = _compose(opened, found, order, shapes)
        made = _plan(opened, found, composed, order)
        refuse(made, order)
        due = order.at or now
        rest = due + timedelta(seconds=made.wait)
        if order.missing:
            audience.keep_only_new(store, found.id)
            _reopen(opened, found.id)
        else:
            meeting = files.fix_meeting(opened, found)
            _add_edition(opened, found, meeting, due, order)
            archive.write(opened, found, clock.iso(rest))
            if meeting and found.edition.kind == "invitation":
                reminders.freeze(opened, found.id, found.lists[0], meeting, due)
        number = outbox.add_message(
            store, found.id, composed.kind, composed.mail_class, audience.lists_json(made.lists),
            composed.subject_shown(), composed.to_json(), opened.tokens.newest, clock.iso(now),
        )  # fmt: skip
        queued = audience.Queued(
            message=number,
            fields=composed.fields,
            date=format_datetime(due.astimezone(found.lists[0].site.zone)),
            due_at=clock.iso(due),
            now=clock.iso(now),
            rest_date=format_datetime(rest.astimezone(found.lists[0].site.zone)),
            rest_due_at=clock.iso(rest),
        )
        numbers = {key: n for n, key in enumerate(shapes)}
        audience.enqueue(store, queued, numbers, readers.since_shown(opened))
        for rule in sorted(order.allow & set(made.blocking)):
            log.add(store, clock.iso(now), opened.organiser, "allow", found.id, rule)
    return made


def moment(text: str, mailing_list: settings.MailingList, now: datetime) -> datetime:
    """Read `YYYY-MM-DD HH:MM` on the list's wall clock; return UTC. Raises UsageError.

    A time that does not exist (clocks go forward) means the moment they do; one that comes twice means the first.
    """
    found = wall.read(text, mailing_list.site.zone, "--at")
    if found <= now:
        raise errors.UsageError(f"{text} is over already", "Leave --at away to send at once.")
    return found


def _refuse_known(opened: site.Site, found: files.Opened, order: Order) -> None:
    """An edition goes out once; with `missing` it must be the very text that went out."""
    known = editions.get(opened.store, found.id)
    if order.missing:
        if known is None:
            raise errors.RefusedError(
                f"{found.id} was not sent yet", f"Send it: newsletter send {found.path}"
            )
        amended = promises.latest(opened.store, found.id)
        if (amended or known)["source_hash"] != found.source_hash:
            raise errors.RefusedError(
                f"{found.path.name} was changed since it was sent, so those who joined since would get another mail",
                "Put the sent text back, or send the new text as a new file.",
            )
        if known["state"] == "cancelled":
            raise errors.RefusedError(f"{found.id} was cancelled")
        if known["meeting"] and meetings.changed_since(opened, known["meeting"], known["queued_at"]):
            raise errors.RefusedError(
                f"the meeting that {found.path.name} tells of was moved or cancelled since it was sent",
                "Write to those who joined since in a new file.",
            )
        return
    if known is not None:
        raise errors.RefusedError(
            f"{found.id} was sent before ({known['state']}, queued {known['queued_at'][:16].replace('T', ' ')} UTC)",
            "To those who joined since: newsletter send FILE --missing. What is left: newsletter outbox run",
        )
    same = editions.by_hash(opened.store, found.source_hash)
    if same is not None:
        raise errors.RefusedError(f"this very text was sent before, as {same['id']}")


def _gather(opened: site.Site, found: files.Opened, order: Order) -> None:
    """Collect the audience and ask the gate."""
    readers.gather(
        opened, found.lists, found.edition.mail_class, missing=found.id if order.missing else None,
        committee=() if order.missing else found.lists[0].committee, followed=followups.followed(opened, found),
    )  # fmt: skip


def _compose(
    opened: site.Site, found: files.Opened, order: Order, shapes: list[audience.ShapeKey]
) -> message.Message:
    wait = timedelta(seconds=found.lists[0].committee_wait)
    rest_at = ((order.at or opened.clock.now()) + wait).astimezone(found.lists[0].site.zone)
    made = readers.frame_shapes(opened, shapes)
    around = replace(found.frame, rest_at=rest_at) if any(one.early for one in made) else found.frame
    return message.freeze(
        found.edition, around, made or [frame.Shape(tuple(one.slug for one in found.lists))]
    )


def _plan(opened: site.Site, found: files.Opened, composed: message.Message, order: Order) -> Plan:
    store, first = opened.store, found.lists[0]
    total, skipped = audience.size(store), audience.skipped(store)
    recipients = total - sum(skipped.values())
    usual = None if order.missing else _usual(opened, first.slug)
    committee = tuple(row["name"] or row["address"] for row in audience.early(store))
    return Plan(
        edition=found.id,
        subject=composed.subject_shown(),
        lists=tuple(one.slug for one in found.lists),
        audience=total,
        recipients=recipients,
        skipped=skipped,
        first=tuple(row["name"] or row["address"] for row in audience.some(store, SHOWN_NAMES)),
        last=tuple(row["name"] or row["address"] for row in audience.some(store, SHOWN_NAMES, last=True))[
            ::-1
        ],
        usual=usual,
        unusual=rules.size_is_unusual(recipients, usual),
        seconds=duration(opened, first, recipients),
        committee=committee,
        wait=first.committee_wait if committee else 0.0,
        findings=(
            *_empty_fields(opened, composed, recipients),
            *_often(opened, found, order, recipients),
            *files.findings(opened, found, composed),
        ),
    )


def _usual(opened: site.Site, slug: str) -> int | None:
    sizes = sorted(audience.usual_sizes(opened.store, slug, USUAL_OF))
    return sizes[len(sizes) // 2] if sizes else None


def _empty_fields(opened: site.Site, composed: message.Message, recipients: int) -> list[lint.Finding]:
    """A field without a fallback that some reader has empty would leave a hole in their mail."""
    lacking = audience.lacking(opened.store, composed.required)
    return [
        lint.Finding(
            "error", EMPTY_RULE, f"{{{{ {name} }}}}",
            f"{count} of {recipients} readers have no {name}; write a fallback: {{{{ {name} | \"...\" }}}}",
        )
        for name, count in lacking.items()
    ]  # fmt: skip


def _often(opened: site.Site, found: files.Opened, order: Order, recipients: int) -> list[lint.Finding]:
    """Nobody is mailed more often than their list allows."""
    if found.edition.mail_class != "M":
        return []
    count = readers.often(opened, found.lists, order.at or opened.clock.now())
    caps = ", ".join(str(cap) for cap in sorted({one.mails_per_week for one in found.lists}))
    text = f"{count} of {recipients} readers have had their mails of the week from this list ({caps}) already"
    return [lint.Finding("error", CAP_RULE, "list.toml, mails_per_week", text)] if count else []


def duration(opened: site.Site, mailing_list: settings.MailingList, count: int) -> float | None:
    """The seconds that so many mails take by the limits of the list and its relay; None without limits."""
    relay = next(
        (one for one in opened.config.relays if one.name == mailing_list.relay), opened.config.relays[0]
    )
    found = []
    for limits in (relay.limits, mailing_list.limits):
        pairs = (
            (limits.per_second, 1),
            (limits.per_minute, 60),
            (limits.per_hour, 3600),
            (limits.per_day, 86_400),
        )
        # Seconds and minutes are spent evenly, an hour's or a day's limit as it comes.
        found += [count * length / limit for limit, length in pairs[:2] if limit]
        found += [(count - 1) // limit * float(length) for limit, length in pairs[2:] if limit]
    return max(found, default=None)


def stopped(made: Plan, given: Order) -> tuple[str, ...]:
    """The rules that stop this send."""
    return tuple(rule for rule in made.blocking if rule not in given.allow)


def refuse(made: Plan, order: Order) -> None:
    """Raise RefusedError when a rule stops this send, or when nobody would get it."""
    if not made.recipients:
        raise errors.RefusedError(
            f"whoever may get {made.edition} has got it"
            if order.missing
            else f"nobody may get {made.edition}",
            "See who stays out and why: newsletter list show",
        )
    rules_met = stopped(made, order)
    if SIZE_RULE in rules_met:
        raise errors.RefusedError(
            f"{made.recipients} is more than twice the usual number ({made.usual})",
            "If that is right, add: --allow size",
        )
    if rules_met:
        texts = [one.text for one in made.findings if one.rule in rules_met and one.level == "error"]
        raise errors.RefusedError(
            "; ".join(dict.fromkeys(texts)),
            f"Mend the edition, or pass the rule: --allow {' --allow '.join(rules_met)}",
        )


def _add_edition(
    opened: site.Site, found: files.Opened, meeting: int | None, due: datetime, order: Order
) -> None:
    editions.add(
        opened.store,
        editions.Written(
            id=found.id,
            kind=found.edition.kind,
            lists=audience.lists_json([one.slug for one in found.lists]),
            subject=found.edition.subject,
            source=found.source,
            source_hash=found.source_hash,
            meeting=meeting,
            question=files.question_id(opened, found),
            send_at=clock.iso(due),
            queued_at=opened.clock.iso(),
            by=opened.organiser,
            allowed=audience.lists_json(sorted(order.allow)),
            of_meeting=files.told_meeting(opened, found),
            follows=found.edition.follows.edition if found.edition.follows else None,
        ),
    )
    made = amending.promised(found.edition, found.frame.language)
    promises.add(opened.store, found.id, [(one.words, one.due) for one in made])


def _reopen(opened: site.Site, edition: str) -> None:
    now = opened.clock.iso()
    editions.set_state(opened.store, edition, "running", "", now, only=("done", "running"))
