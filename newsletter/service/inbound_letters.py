"""A person's mail that came to the machine's address: it is passed on to the list's reply-to, and to nobody else.

Only who was written to, or is a member, is passed on; nothing automatic; nothing that we passed on before; so many a day.
The mail is queued in the transaction that takes it in, and handed to the relay afterwards (`pass_on`).
"""

import base64
import sqlite3
from collections.abc import Callable
from datetime import timedelta
from email.utils import format_datetime

from newsletter import settings, site
from newsletter.compose import catalogue, header
from newsletter.core import addresses, clock, errors, loops, texts
from newsletter.mail import letters, reading
from newsletter.service import inbound_leaving, joining, kept, returns_alerts, signup, single
from newsletter.service.inbound import Inbound
from newsletter.store import forwards, members, messages, rates, subscriptions

FORWARD = "forward"  # the kind under which what we pass on is counted
_ALL = b"\0" * 16  # counts for all persons together
GIVE_UP = timedelta(days=3)
RETRY = timedelta(minutes=10)


def keep(opened: site.Site, inbound: Inbound) -> str:
    """Queue a letter for the list's reply-to; say so, or nothing when it must not be passed on.

    Runs inside the caller's write transaction.
    """
    letter = inbound.letter
    # An answer of a person's calendar says auto-generated, and is wanted; whatever else is automatic is not.
    if not letter.may_be_answered and inbound.report.kind != "calendar-reply":
        return ""
    if loops.LOOP_FIELD.lower() in letter.fields or not letter.sender:
        return ""
    mailing_list = _list(opened, inbound)
    if mailing_list is None or not _is_safe(opened, target(mailing_list), letter.sender):
        return ""
    if not _has_room(opened, letter.sender, inbound.now):
        return ""
    forwards.add(
        opened.store, inbound.digest, opened.store.list_ids[mailing_list.slug], letter.sender,
        inbound.data[: reading.MAIL_LIMIT], inbound.now,
    )  # fmt: skip
    return f"passed on to {target(mailing_list)}"


def target(mailing_list: settings.MailingList) -> str:
    """Where the answers of a list's members go: a person of the group."""
    return mailing_list.reply_to or mailing_list.from_address


def _list(opened: site.Site, inbound: Inbound) -> settings.MailingList | None:
    """The list that a letter is about: that of the mail it answers, else the first of the member who seems to write."""
    token = inbound_leaving.writer(opened, inbound)
    if token is not None:
        slugs = messages.lists_of(opened.store, token.number) or ()
    else:
        slugs = _lists_of(opened, inbound.letter.sender)
    known = [slug for slug in (*slugs, *opened.config.lists) if slug in opened.config.lists]
    return opened.config.lists[known[0]] if known and (token or slugs) else None


def _lists_of(opened: site.Site, sender: str) -> tuple[str, ...]:
    try:
        row = members.by_key(opened.store, addresses.read(sender).key)
    except errors.InputError:
        return ()
    found = subscriptions.of_member(opened.store, row["id"]) if row else []
    return tuple(one["slug"] for one in found if signup.place_of(opened, one["member"], one["slug"]).on)


def _is_safe(opened: site.Site, reply_to: str, sender: str) -> bool:
    """A mailbox that is our own, or that of the very writer, would send it round in a circle."""
    receive = opened.config.receive
    own = {addresses.without_tag(receive.bounce_address.lower())} if receive else set()
    goal = addresses.without_tag(reply_to.lower())
    return goal not in own and addresses.without_tag(sender.lower()) not in {goal, *own}


def _has_room(opened: site.Site, sender: str, now: str) -> bool:
    """Count one more letter of this person, and of all, if today's limits allow it."""
    moment, room = clock.parse(now), {}
    box = joining.mailbox_mac(opened, sender.lower())
    for mac, limit in ((box, loops.PASSED_A_DAY), (_ALL, loops.PASSED_A_DAY_IN_ALL)):
        times = [clock.parse(at) for at in rates.asked(opened.store, mac, FORWARD)]
        if not loops.is_under(times, limit, moment):
            return False
        room[mac] = len(times)
    for mac, count in room.items():
        # Microseconds tell apart what comes within one millisecond.
        rates.note(opened.store, mac, FORWARD, f"{now[:-1]}{count % 1000:03d}Z")
    return True


def pass_on(opened: site.Site, note: Callable[[str], None]) -> int:
    """Hand over what waits; return how many went. A relay that does not want it is asked again later.

    After three days a mail is kept as a file, and the chairs are told.
    """
    went = 0
    while (row := forwards.next_due(opened.store, opened.clock.iso())) is not None:
        with opened.store.write():
            # Whoever moves it on hands it over: another process, or one after a crash, looks again later.
            if not forwards.claim(
                opened.store, row["digest"], row["due_at"], clock.iso(opened.clock.now() + RETRY)
            ):
                continue
        slug = opened.store.list_slugs.get(row["list"], "")
        mailing_list = opened.config.lists.get(slug)
        try:
            if mailing_list is not None:
                _hand_over(opened, mailing_list, row)
                went += 1
            else:
                kept.keep(opened, row["mail"])
        except (errors.RelayError, errors.PausedError) as problem:
            _later(opened, row, problem, note)
            continue
        except errors.StorageError:
            raise
        except Exception as problem:
            # No letter of a stranger may stand in the way of the next ones.
            _give_up(opened, row, f"it cannot be written ({type(problem).__name__})", note)
            continue
        with opened.store.write():
            forwards.drop(opened.store, row["digest"])
    return went


def _later(
    opened: site.Site, row: sqlite3.Row, problem: errors.NewsletterError, note: Callable[[str], None]
) -> None:
    now = opened.clock.now()
    if now - clock.parse(row["at"]) > GIVE_UP:
        _give_up(opened, row, problem.message, note)
        return
    with opened.store.write():
        forwards.later(opened.store, row["digest"], clock.iso(now + RETRY))
    note(f"A member's mail could not be passed on yet: {problem.message}")


def _give_up(opened: site.Site, row: sqlite3.Row, why: str, note: Callable[[str], None]) -> None:
    try:
        name = kept.keep(opened, row["mail"])
    except errors.StorageError as problem:
        with opened.store.write():
            forwards.later(opened.store, row["digest"], clock.iso(opened.clock.now() + RETRY))
        note(f"A member's mail waits: {problem.message}")
        return
    with opened.store.write():
        returns_alerts.alert(opened, "forward", name)
        forwards.drop(opened.store, row["digest"])
    note(f"A member's mail could not be passed on and is kept in {name}: {why}")


def _hand_over(opened: site.Site, mailing_list: settings.MailingList, row: sqlite3.Row) -> None:
    receive = opened.config.receive
    sender = receive.bounce_address if receive else mailing_list.from_address
    body = written(opened, mailing_list, row["mail"], row["digest"], row["at"])
    single.hand_over(opened, single.relay_of(opened, mailing_list.relay), sender, target(mailing_list), body)


def written(
    opened: site.Site, mailing_list: settings.MailingList, mail: bytes, digest: bytes, at: str
) -> bytes:
    """The mail that passes a letter on: its text to read, the whole as a file, answers to who wrote it.

    The same letter gives the same bytes, so that a repeat is the same mail.
    """
    letter = letters.read(mail)
    own, language = mailing_list.site, mailing_list.site.language
    name = letter.name or addresses.masked(letter.sender)
    domain = mailing_list.from_address.rpartition("@")[2]
    shown = catalogue.say("passed_from", language, name=name, list=mailing_list.title)
    intro = catalogue.say("passed_intro", language, name=name, list=mailing_list.title, sender=letter.sender)
    if len(mail) >= reading.MAIL_LIMIT:
        intro += " " + catalogue.say("passed_cut", language)
    text = f"{intro}\n\n{_clean(letter.text)}\n"
    mark = f"passed-{digest.hex()[:24]}"
    lines = [
        f"From: {header.mailbox(shown, mailing_list.from_address, 6)}",
        f"To: {target(mailing_list)}",
        *_reply_to(letter),
        f"Subject: {header.unstructured(letter.subject or '-', 9)}",
        f"Date: {format_datetime(clock.parse(at).astimezone(own.zone))}",
        f"Message-ID: <{mark}@{domain}>",
        "Auto-Submitted: auto-generated",
        f"{loops.LOOP_FIELD}: {mailing_list.slug}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{mark}"',
        "",
        f"--{mark}",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: base64",
        "",
        *_base64(text.encode("utf-8", "replace")),
        f"--{mark}",
        'Content-Type: application/octet-stream; name="original.eml"',
        'Content-Disposition: attachment; filename="original.eml"',
        "Content-Transfer-Encoding: base64",
        "",
        *_base64(mail),
        f"--{mark}--",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def _reply_to(letter: letters.Letter) -> list[str]:
    """The field that brings the chair's answer to the writer; none for an address that our header cannot hold."""
    try:
        return (
            [f"Reply-To: {header.mailbox(letter.name, letter.sender, 10)}"] if letter.sender.isascii() else []
        )
    except errors.InputError:
        return []


def _clean(text: str) -> str:
    """A stranger's text for a mail: its lines without control characters."""
    return "\r\n".join(texts.FORBIDDEN.sub(" ", line).rstrip() for line in text.splitlines())


def _base64(data: bytes) -> list[str]:
    whole = base64.b64encode(data).decode("ascii")
    return [whole[at : at + 76] for at in range(0, len(whole), 76)]
