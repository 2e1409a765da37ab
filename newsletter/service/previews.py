"""Show an edition as one reader will get it."""

import base64
import email
import email.policy
import sqlite3
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import cast

from newsletter import site
from newsletter.compose import catalogue, frame, lint, message, stamp
from newsletter.core import clock, errors, reminders, rules, tokens, words
from newsletter.service import consent, editions, followups, members, reminding
from newsletter.store import audience, subscriptions
from newsletter.store import members as rows


@dataclass(frozen=True, slots=True)
class Preview:
    """An edition as one reader will get it."""

    reader: str
    eml: bytes
    html: str
    text: str
    findings: tuple[lint.Finding, ...]


def preview(
    opened: site.Site, path: Path, address: str | None = None, reminder: reminders.Name | None = None
) -> Preview:
    """Compose an edition for one member: the named one, else the first who may get it, else a made-up one.

    With `reminder`, compose what follows the invitation under that name.
    """
    found = editions.open_edition(opened, path)
    shape, values = _reader(opened, found, address)
    if reminder is not None:
        return _reminder(opened, found, reminder, shape, values)
    composed, raw = _copy(opened, found, shape, values)
    html, text = _shown(raw)
    return Preview(values["email"], raw, html, text, tuple(editions.findings(opened, found, composed)))


def trial_copy(opened: site.Site, path: Path, address: str) -> bytes:
    """Compose an edition for an address: a member's own copy where they may get it, else one with made-up values."""
    found = editions.open_edition(opened, path)
    try:
        shape, values = _reader(opened, found, address)
    except errors.RefusedError:  # no member, or one who may not get it
        shape = frame.Shape(tuple(one.slug for one in found.lists), came=followups.side(opened, found, None))
        values = {**_made_up(opened, found), "email": address}
    return _copy(opened, found, shape, values)[1]


def _copy(
    opened: site.Site, found: editions.Opened, shape: frame.Shape, values: dict[str, str]
) -> tuple[message.Message, bytes]:
    """Freeze an edition for one shape and stamp one copy, whose links are of nobody."""
    composed = message.freeze(found.edition, found.frame, [shape])
    return composed, _stamped(opened, composed, shape, values)


def _stamped(
    opened: site.Site, composed: message.Message, shape: frame.Shape, values: dict[str, str]
) -> bytes:
    links = {
        f"token_{purpose}": opened.tokens.make(cast(tokens.Purpose, purpose), 0, 0)
        for purpose in composed.purposes
    }
    return stamp.Stamp(composed, shape).copy(values | links)


def _reminder(
    opened: site.Site,
    found: editions.Opened,
    name: reminders.Name,
    shape: frame.Shape,
    values: dict[str, str],
) -> Preview:
    """A reminder of an invitation: of one with several parts the first, to those who come."""
    if found.edition.kind != "invitation" or found.frame.meeting is None:
        raise errors.UsageError(f"{found.id} is no invitation to a meeting, so that no reminder follows it")
    part = reminders.PARTS[name][0]
    if part.who != "silent":
        shape = frame.Shape(shape.lists[:1], "answered")
    composed = reminding.compose(name, part, found.edition, found.frame, [shape])
    raw = _stamped(opened, composed, shape, values)
    return Preview(values["email"], raw, *_shown(raw), ())


def write(found: Preview, folder: Path) -> list[Path]:
    """Write preview.html, preview.txt and preview.eml into a folder; return the three paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for suffix, content in (("html", found.html.encode()), ("txt", found.text.encode()), ("eml", found.eml)):
        path = folder / f"preview.{suffix}"
        path.write_bytes(content)
        written.append(path)
    return written


def _reader(
    opened: site.Site, found: editions.Opened, address: str | None
) -> tuple[frame.Shape, dict[str, str]]:
    if address:
        row = members.find(opened, address)
        shape = _shape(opened, found, row["id"])
        if shape is None:
            raise errors.RefusedError(
                f"{row['address']} may not get this edition",
                f"See why: newsletter member show {row['address']}",
            )
        return shape, _values(opened, found, row, shape)
    list_id = opened.store.list_ids[found.lists[0].slug]
    for row in rows.on_list(opened.store, list_id, None):
        shape = _shape(opened, found, row["id"])
        if shape is not None:
            return shape, _values(opened, found, row, shape)
    shape = frame.Shape(tuple(one.slug for one in found.lists), came=followups.side(opened, found, None))
    return shape, _made_up(opened, found)


def _shape(opened: site.Site, found: editions.Opened, member: int) -> frame.Shape | None:
    """The shape in which a member gets the edition, or None when the gate says no on every list."""
    row = rows.by_id(opened.store, member)
    slugs: list[str] = []
    reason: words.Reason = "confirmed"
    first = True
    for mailing_list in found.lists:
        list_id = opened.store.list_ids[mailing_list.slug]
        held = subscriptions.get(opened.store, list_id, member)
        if row is None or row["key"] is None or held is None:
            continue
        today = opened.clock.iso()[:10]
        over = bool(held["until"]) and held["until"] < today
        ended = held["state"] == "paused" and held["paused_until"] <= today
        scope = consent.suppression_scope(opened, row["key"], list_id) or ""
        standing = rules.Standing(held["before"] if ended else held["state"], row["health"], scope, over)
        if (
            rules.may_mail(
                standing, found.edition.mail_class, confirm_always=mailing_list.confirm == "always"
            )
            is None
        ):
            if not slugs and held["state"] in audience.REASON_CODES:
                reason = held["state"]
            first = first and held["first_mail_at"] is None
            slugs.append(mailing_list.slug)
    came = followups.side(opened, found, member)
    return frame.Shape(tuple(slugs), reason, first, came=came) if slugs else None


def _values(
    opened: site.Site, found: editions.Opened, row: sqlite3.Row, shape: frame.Shape
) -> dict[str, str]:
    held = subscriptions.get(opened.store, opened.store.list_ids[shape.lists[0]], row["id"])
    own = {key: "" for one in found.lists for key in one.fields}
    since = held["since"] if held else opened.clock.iso()
    return {
        **own,
        **rows.fields(row),
        "email": row["address"],
        "name": row["name"],
        "first_name": row["first_name"],
        "source": held["source"] if held else "",
        **_dates(opened, found, since),
    }


def _made_up(opened: site.Site, found: editions.Opened) -> dict[str, str]:
    own = {key: key.replace("_", " ").capitalize() for one in found.lists for key in one.fields}
    person = {
        "email": "sam.okafor@example.org",
        "name": "Sam Okafor",
        "first_name": "Sam",
        "source": "sign-up sheet",
    }
    return {**own, **person, **_dates(opened, found, opened.clock.iso())}


def _dates(opened: site.Site, found: editions.Opened, since: str) -> dict[str, str]:
    own = found.lists[0].site
    joined = clock.parse(since).astimezone(own.zone).date()
    return {
        "since": catalogue.day(joined, own.language, own.country or ""),
        "date": format_datetime(opened.clock.now().astimezone(own.zone)),
    }


def _shown(raw: bytes) -> tuple[str, str]:
    """The HTML with its pictures inside, for a browser, and the text part."""
    parsed = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    html_part, text_part = parsed.get_body(("html",)), parsed.get_body(("plain",))
    html = html_part.get_content() if html_part else ""
    for part in parsed.walk():
        if part["Content-ID"] and part.get_content_maintype() == "image":
            picture = part.get_payload(decode=True)
            assert isinstance(picture, bytes)
            data = base64.b64encode(picture).decode()
            html = html.replace(
                f"cid:{part['Content-ID'].strip('<>')}", f"data:{part.get_content_type()};base64,{data}"
            )
    return html, text_part.get_content() if text_part else ""
