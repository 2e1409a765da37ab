"""After a run: a short report by mail to each chair. Who got the edition, who did not and why, what to do.

A report has no row of its own and nothing of it is kept, since it names people; the log says that it went out. One that
could not go is tried again after the next run, for some days.
"""

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import format_datetime
from typing import cast

from newsletter import settings, site
from newsletter.compose import frame, message, stamp
from newsletter.core import addresses, clock, errors, tokens, words
from newsletter.service import editions, progress, single
from newsletter.store import log
from newsletter.store import reports as store

DAYS = 7  # an older send is no news
NAMES = 10  # named for each reason
ANSWER_LIMIT = 160  # characters of a server's answer
CHAIR = "chair"
MAILED = "report mailed"  # the entry in the log that says that a chair got one

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Once:
    """What each organiser gets once: as the log says it, an act and what it is about. Entries up to `since` do not count."""

    act: str
    about: str
    since: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Members who have not got it for one reason; `names` the first of them, `more` how many are not named."""

    key: str
    count: int
    names: tuple[str, ...]

    @property
    def more(self) -> int:
        return self.count - len(self.names)


def send_due(opened: site.Site, note: Note = lambda text: None) -> int:
    """Report every edition that ended and was not reported yet; return how many were. Never raises for a relay's no."""
    chairs = [one for one in opened.config.organisers if one.role == CHAIR]
    since = clock.iso(opened.clock.now() - timedelta(days=DAYS))
    told = 0
    for row in store.waiting(opened.store, since) if chairs else ():
        lists = _lists(opened, json.loads(row["lists"]))
        with tried_again(note, f"The report about {row['id']}"):
            if lists:
                _send(opened, row, lists, chairs, note)
            with opened.store.write():
                log.add(opened.store, opened.clock.iso(), opened.organiser, store.ACT, row["id"], row["why"])
            told += 1
    return told


@contextlib.contextmanager
def tried_again(note: Note, what: str) -> Iterator[None]:
    """Around a mail to organisers: when it cannot go, or be composed, that is told to `note`, and the next run tries again."""
    try:
        yield
    except (errors.RelayError, errors.PausedError, errors.EditionError) as problem:
        note(f"{what} could not go out and is tried again later: {problem.message}")


def groups(opened: site.Site, edition: str) -> list[Group]:
    """Everybody who has not got an edition, by reason: refused, unclear, then those who stayed out."""
    found = progress.numbers(opened, edition)
    ends: list[tuple[str, str | None, int]] = [
        ("failed", None, found.failed),
        ("unclear", None, found.unclear),
    ]
    ends += [("skipped", reason, found.skipped.get(reason, 0)) for reason in words.SKIP_REASONS]
    return [
        Group(reason or state, count, _names(opened, edition, state, reason))
        for state, reason, count in ends
        if count
    ]


def _names(opened: site.Site, edition: str, state: str, reason: str | None) -> tuple[str, ...]:
    """Names, or masked addresses where there is none; of a refusal also what the server said."""
    found = []
    for row in store.without(opened.store, edition, state, reason, NAMES):
        name = row["name"] or addresses.masked(row["address"])
        said = row["answer"][:ANSWER_LIMIT] if state == "failed" else ""
        found.append(f"{name}: {said}" if said else name)
    return tuple(found)


def _is_mine(opened: site.Site, email: str, once: Once) -> bool:
    """Write down that an organiser gets it; False when it is down already, by this process or another."""
    with opened.store.write():
        if log.has(opened.store, once.act, email, once.about, once.since):
            return False
        log.add(opened.store, opened.clock.iso(), opened.organiser, once.act, email, once.about)
        return True


def _lists(opened: site.Site, slugs: Sequence[str]) -> tuple[settings.MailingList, ...]:
    """The lists of an edition that are still configured."""
    return tuple(opened.config.lists[slug] for slug in slugs if slug in opened.config.lists)


def _send(
    opened: site.Site, row: sqlite3.Row, lists: tuple[settings.MailingList, ...], chairs: Sequence[settings.Organiser],
    note: Note,
) -> None:  # fmt: skip
    edition, why = row["id"], row["why"]
    counts = progress.numbers(opened, edition)
    values = {
        "edition": row["subject"],
        "waiting": why != "done",
        "sent": f"{counts.sent:,}",
        "audience": f"{counts.audience:,}",
        "groups": tuple(
            (one.key, f"{one.count:,}", one.names, f"{one.more:,}" if one.more else "")
            for one in groups(opened, edition)
        ),
    }
    composed = compose(opened, "report", "T", lists, values)
    to_each(opened, lists[0], composed, chairs, Once(MAILED, f"{edition} {why}"), note)


def to_each(
    opened: site.Site, mailing_list: settings.MailingList, composed: message.Message,
    organisers: Sequence[settings.Organiser], once: Once, note: Note,
) -> None:  # fmt: skip
    """Hand a composed mail to each of the organisers who has not got it, whatever becomes of the others' copies.

    It is written down just before it goes, and taken back where another try makes sense: a crash in between costs one mail
    rather than sending two. What is refused for good is told to `note` and not tried again. Raises RelayError, PausedError
    for the first that is to be tried again, once all were tried.
    """
    later: errors.NewsletterError | None = None
    for one in organisers:
        if not _is_mine(opened, one.email, once):
            continue
        try:
            hand_over(opened, mailing_list, composed, one.name, one.email)
        except errors.MailRefusedError as problem:
            note(f"A mail to {one.email} was refused and is not tried again: {problem.message}")
        except errors.NewsletterError as problem:
            with opened.store.write():
                log.take_back(opened.store, once.act, one.email, once.about)
            later = later or problem
    if later is not None:
        raise later


def compose(
    opened: site.Site,
    template: str,
    mail_class: words.MailClass,
    lists: tuple[settings.MailingList, ...],
    values: dict[str, object],
) -> message.Message:
    """Compose a mail of a template alone under the name of lists. Raises EditionError."""
    shape = frame.Shape(tuple(one.slug for one in lists), "self")
    return message.freeze_answer(template, mail_class, editions.make_frame(opened, lists), (shape,), values)


def hand_over(
    opened: site.Site, mailing_list: settings.MailingList, composed: message.Message, name: str, address: str
) -> bytes:
    """Stamp the one copy of a composed mail for a person who need be no member, and hand it to the list's relay.

    Its links are nobody's. Returns the mail's bytes. Raises RelayError, PausedError.
    """
    own = {
        f"token_{purpose}": opened.tokens.make(cast(tokens.Purpose, purpose), 0, 0)
        for purpose in composed.purposes
    }
    now = opened.clock.now()
    body = stamp.Stamp(composed, 0).copy(
        {
            **own,
            "email": address,
            "name": name,
            "first_name": "",
            "source": "",
            "since": "",
            "date": format_datetime(now.astimezone(mailing_list.site.zone)),
            # The token is the same for all such mails: what makes the Message-ID the only one is the occasion.
            "occasion": f"{now.timestamp():.0f}{opened.random.randrange(1_000_000):06d}",
        }
    )
    receive = opened.config.receive
    sender = receive.bounce_address if receive else mailing_list.from_address
    single.hand_over(opened, single.relay_of(opened, mailing_list.relay), sender, address, body)
    return body
