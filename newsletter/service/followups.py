"""The one edition that brings what another had promised: its draft, and whom it goes to.

It goes to those who got that edition. Those who came to its meeting and those who missed it are addressed apart, each by an
opening of their own in the [follows] table; who has no opening there does not get it.
"""

import json
import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from newsletter import settings, site
from newsletter.compose import catalogue
from newsletter.core import clock, errors, texts, words
from newsletter.service import editions as files
from newsletter.store import audience, editions, meetings

CAME, MISSED = 1, 2
_DATE = re.compile(r"^\d{4}-\d\d-\d\d-")


def followed(opened: site.Site, found: files.Opened) -> audience.Followed | None:
    """What the audience of an edition is held against, where it follows another one.

    Raises NotFoundError for an edition that was never sent, EditionError where nobody can be told apart.
    """
    follows = found.edition.follows
    if follows is None:
        return None
    row = editions.get(opened.store, follows.edition)
    if row is None:
        raise errors.NotFoundError(
            f"{found.path.name} follows '{follows.edition}', which was never sent",
            "See: newsletter outbox status",
        )
    sides = CAME * bool(follows.came) | MISSED * bool(follows.missed)
    if sides and row["of_meeting"] is None:
        raise errors.EditionError(
            f"{found.path.name} tells apart who came, but {row['id']} tells of no meeting",
            "Take came and missed out of its [follows] table.",
        )
    return audience.Followed(row["id"], row["of_meeting"], sides)


def side(opened: site.Site, found: files.Opened, member: int | None) -> words.Came:
    """Which opening a member reads; without a member the one for those who came, where there is one."""
    against = followed(opened, found)
    if against is None or not against.sides or against.meeting is None:
        return ""
    if member is None:
        return "came" if against.sides & CAME else "missed"
    return "came" if member in audience.came(opened.store, against.meeting) else "missed"


def draft(
    opened: site.Site,
    mailing_list: settings.MailingList,
    edition: sqlite3.Row,
    links: Sequence[tuple[str, str]],
) -> Path:
    """Write the follow-up of an edition, with links as (words, target), into its list's folder; never over another file."""
    today = opened.clock.now().astimezone(mailing_list.site.zone).date()
    folder, stem = mailing_list.folder / "editions", edition["id"].partition("/")[2]
    name = texts.slugify(f"links {_DATE.sub('', stem)}")
    number = 1
    while (path := folder / f"{today}-{name}{f'-{number}' * (number > 1)}.md").exists():
        number += 1
    with path.open("x", encoding="utf-8") as stream:
        stream.write(_text(opened, mailing_list, edition, links))
    return path


def _text(
    opened: site.Site,
    mailing_list: settings.MailingList,
    edition: sqlite3.Row,
    links: Sequence[tuple[str, str]],
) -> str:
    language = mailing_list.site.language
    key = "follow_subject" if len(links) == 1 else "follow_subject_many"
    room = texts.SUBJECT_ROOM - len(catalogue.say(key, language, words=""))
    words = texts.cut(catalogue.both([one for one, _ in links], language), room)
    preheader = catalogue.say("follow_preheader", language, subject=edition["subject"])
    meeting = meetings.by_id(opened.store, edition["of_meeting"]) if edition["of_meeting"] else None
    lines = [
        "+++",
        f'kind = "{edition["kind"]}"',
        f"lists = {json.dumps(json.loads(edition['lists']))}",
        f"subject = {_quoted(catalogue.say(key, language, words=words))}",
        f"preheader = {_quoted(preheader)}",
        "archive = false   # the archive has the links where they were promised",
        "",
        "[follows]",
        f'edition = "{edition["id"]}"   # it goes to those who got that one',
    ]
    if meeting is not None and audience.came(opened.store, meeting["id"]):
        day = _day(mailing_list, meeting["starts"], weekday=True)
        lines += ["# Take out a line, and those whom it is for do not get this mail."]
        lines += [f"came = {_quoted(catalogue.say('follow_came', language, day=day))}"]
        lines += [f"missed = {_quoted(catalogue.say('follow_missed', language, day=day))}"]
        opening = []
    else:
        day = _day(mailing_list, edition["send_at"], weekday=True)
        opening = [catalogue.say("follow_all", language, day=day), ""]
    listed = [f"* {_link(one, target)}" for one, target in links]
    return "\n".join([*lines, "+++", catalogue.say("greeting", language), "", *opening, *listed, ""])


def _link(words: str, target: str) -> str:
    """A link as Markdown writes it, whatever its words and its target hold."""
    plain = words.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return f"[{plain}](<{target}>)" if set("() ") & set(target) else f"[{plain}]({target})"


def _day(mailing_list: settings.MailingList, moment: str, *, weekday: bool) -> str:
    own = mailing_list.site
    day = clock.parse(moment).astimezone(own.zone)
    return catalogue.day(day, own.language, own.country or "", weekday=weekday)


def _quoted(text: str) -> str:
    """A text as TOML writes it."""
    return json.dumps(text, ensure_ascii=False)
