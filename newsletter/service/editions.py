"""Open an edition's file with all the facts around it, and judge it."""

import hashlib
import itertools
import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from newsletter import settings, shipped, site
from newsletter.compose import edition as editions
from newsletter.compose import frame, lint, message
from newsletter.core import clock, errors, texts
from newsletter.service import calendars
from newsletter.service import meetings as plans
from newsletter.store import meeting_changes as changes
from newsletter.store import meetings, questions

FILE_LIMIT = 1_000_000  # octets of an edition's file
# How a draft begins.


@dataclass(frozen=True, slots=True)
class Opened:
    """An edition's file, read and checked, with the lists it goes to and the frame it is composed in."""

    id: str  # <list>/<file stem>
    path: Path
    source: str
    edition: editions.Edition
    lists: tuple[settings.MailingList, ...]
    frame: frame.Frame

    @property
    def source_hash(self) -> str:
        return hashlib.sha256(self.source.encode()).hexdigest()


def open_edition(opened: site.Site, path: Path) -> Opened:
    """Read an edition's file. Raises EditionError, NotFoundError, UsageError with what to do."""
    home, stem = _place(opened, path)
    source = _text(path)
    edition = editions.read(source, path.name, home)
    lists = tuple(opened.mailing_list(slug) for slug in edition.lists)
    name = f"{home}/{stem}"
    around = make_frame(opened, lists, edition, path.parent)
    if edition.archive:
        around = replace(around, page=name)
    return Opened(name, path, source, edition, lists, around)


def _place(opened: site.Site, path: Path) -> tuple[str, str]:
    """The list whose folder a file lies in, and the file's stem."""
    if not path.is_file():
        raise errors.NotFoundError(f"there is no file {path}", "Begin one: newsletter new recap --list SLUG")
    parts = path.resolve().parts
    root = opened.root.parts
    if (
        parts[: len(root)] != root
        or len(parts) != len(root) + 4
        or parts[-4] != "lists"
        or parts[-2] != "editions"
    ):
        raise errors.UsageError(
            f"{path} does not lie in an editions folder of this site",
            f"Move it to {opened.root}/lists/SLUG/editions/",
        )
    if path.suffix != ".md" or texts.slug_problem(path.stem):
        raise errors.UsageError(
            f"{path.name} cannot name an edition",
            "Use small letters, digits and hyphens and end it in .md, such as 2018-06-29-meeting-1.md",
        )
    opened.mailing_list(parts[-3])
    return parts[-3], path.stem


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > FILE_LIMIT:
            raise errors.EditionError(f"{path.name} is larger than {FILE_LIMIT // 1000} KB")
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as problem:
        raise errors.EditionError(
            f"{path.name} is not written in UTF-8", "Save it as UTF-8 in your editor."
        ) from problem
    except OSError as problem:
        raise errors.EditionError(f"{path.name} cannot be read: {problem.strerror}") from problem


def make_frame(
    opened: site.Site,
    lists: tuple[settings.MailingList, ...],
    edition: editions.Edition | None = None,
    folder: Path | None = None,
) -> frame.Frame:
    """The facts around a message: of the first list's site values, all lists, and the next meeting."""
    first, own = lists[0], lists[0].site
    receive = opened.config.receive
    return frame.Frame(
        site=own.name,
        contact=own.contact,
        lists=tuple(_facts(mailing_list) for mailing_list in lists),
        zone=own.time_zone,
        language=own.language,
        country=own.country or "",
        postal_address=own.postal_address or "",
        base_url=own.base_url,
        receive=receive.bounce_address if receive and receive.verp == "plus" else None,
        replies=receive.bounce_address if receive else None,
        meeting=_meeting(opened, first, edition) if edition else None,
        question=_question(opened, lists, edition) if edition else None,
        folder=folder,
        templates=(opened.root / "templates", shipped.folder("templates")),
    )


def _facts(mailing_list: settings.MailingList) -> frame.ListFacts:
    return frame.ListFacts(
        slug=mailing_list.slug,
        title=mailing_list.title,
        from_name=mailing_list.from_name,
        from_address=mailing_list.from_address,
        reply_to=mailing_list.reply_to,
        archive=mailing_list.archive,
        fields=mailing_list.fields,
        feed=calendars.is_public(mailing_list),
    )


def _meeting(
    opened: site.Site, mailing_list: settings.MailingList, edition: editions.Edition
) -> frame.MeetingFacts | None:
    """The next meeting's facts, from the edition's own table or from the meeting it names."""
    named, zone = edition.next_meeting, mailing_list.site.zone
    if named is None:
        return None
    if isinstance(named, str):
        row = meetings.by_slug(opened.store, named)
        if row is None:
            raise errors.NotFoundError(
                f"there is no meeting '{named}'", "Write its facts as a [next_meeting] table."
            )
        return plans.told(row, mailing_list.site)
    starts, end = named.starts.replace(tzinfo=zone), named.ends.replace(tzinfo=zone) if named.ends else None
    known = meetings.starting_at(opened.store, opened.store.list_ids[mailing_list.slug], clock.iso(starts))
    uid = known["uid"] if known else plans.uid(_free_slug(opened, mailing_list, starts), mailing_list)
    return frame.MeetingFacts(
        named.title, starts, end, named.place, named.then,
        speaker=known["speaker"] if known else "", agenda=known["agenda"] if known else "",
        uid=uid, sequence=known["sequence"] if known else 0,
    )  # fmt: skip


def _question(
    opened: site.Site, lists: tuple[settings.MailingList, ...], edition: editions.Edition
) -> frame.QuestionFacts | None:
    """The question that an edition names, which must be one of its own lists'."""
    if not edition.question:
        return None
    row = questions.by_slug(opened.store, edition.question)
    if row is None:
        raise errors.NotFoundError(
            f"there is no question '{edition.question}'",
            f'Make it: newsletter question new {edition.question} --text "..."',
        )
    if row["list_slug"] not in [one.slug for one in lists]:
        raise errors.EditionError(
            f"'{edition.question}' is a question of the list {row['list_slug']}, to which this edition does not go"
        )
    closes = clock.parse(row["closed_at"] or row["closes"]).astimezone(lists[0].site.zone)
    choices = tuple(one.text for one in questions.choices(opened.store, row["id"]))
    return frame.QuestionFacts(row["text"], closes, choices, bool(row["has_line"]))


def question_id(opened: site.Site, found: Opened) -> int | None:
    """The question under an edition by its number."""
    row = questions.by_slug(opened.store, found.edition.question) if found.edition.question else None
    return int(row["id"]) if row else None


def known_meeting(opened: site.Site, found: Opened) -> sqlite3.Row | None:
    """The meeting that an edition names, or the one at the time of its table; None while there is none."""
    facts, named = found.frame.meeting, found.edition.next_meeting
    if facts is None:
        return None
    if isinstance(named, str):
        return meetings.by_slug(opened.store, named)
    return meetings.starting_at(
        opened.store, opened.store.list_ids[found.lists[0].slug], clock.iso(facts.starts)
    )


def fix_meeting(opened: site.Site, found: Opened) -> int | None:
    """Make the meeting of a [next_meeting] table, or find the one it agrees with; return its id.

    Runs inside the caller's write transaction. Raises RefusedError when another title or place is known for that time.
    """
    facts, known = found.frame.meeting, known_meeting(opened, found)
    if facts is None:
        return None
    if known is None:
        refuse_moved(opened, found)
        list_id = opened.store.list_ids[found.lists[0].slug]
        return _new_meeting(opened, found, facts, list_id, clock.iso(facts.starts))
    if (known["title"], known["place"]) != (facts.title, facts.place):
        raise errors.RefusedError(
            f"another meeting is known for that time: '{known['title']}' at {known['place']}",
            f'Name it instead: next_meeting = "{known["slug"]}"',
        )
    return int(known["id"])


def told_meeting(opened: site.Site, found: Opened) -> int | None:
    """The id of the meeting that an edition tells of. Raises NotFoundError when there is none of that name."""
    if not found.edition.meeting:
        return None
    row = meetings.by_slug(opened.store, found.edition.meeting)
    if row is None:
        raise errors.NotFoundError(
            f"there is no meeting '{found.edition.meeting}'", "See them all: newsletter meeting show"
        )
    return int(row["id"])


def refuse_moved(opened: site.Site, found: Opened) -> None:
    """Refuse an edition whose own table has the time of a meeting that was moved or cancelled since. Raises RefusedError."""
    facts, named = found.frame.meeting, found.edition.next_meeting
    if facts is None or isinstance(named, str):
        return
    list_id, starts = opened.store.list_ids[found.lists[0].slug], clock.iso(facts.starts)
    moved = changes.moved_from(opened.store, list_id, starts)
    if moved is None or meetings.starting_at(opened.store, list_id, starts) is not None:
        return
    what = "is cancelled" if moved["state"] == "cancelled" else "was moved"
    raise errors.RefusedError(
        f"the meeting of that time, '{moved['title']}', {what}",
        f'See: newsletter meeting show {moved["slug"]}. To name it: next_meeting = "{moved["slug"]}"',
    )


def _new_meeting(
    opened: site.Site, found: Opened, facts: frame.MeetingFacts, list_id: int, starts: str
) -> int:
    ends = clock.iso(facts.ends or facts.starts + timedelta(hours=2))
    return meetings.add(
        opened.store, _free_slug(opened, found.lists[0], facts.starts), list_id, facts.title, starts, ends, facts.place,
        facts.then, facts.uid, opened.clock.iso(),
    )  # fmt: skip


def _free_slug(opened: site.Site, mailing_list: settings.MailingList, starts: datetime) -> str:
    """The name of a meeting that an edition's own table makes: list and day, with a number where that is taken."""
    wanted = f"{mailing_list.slug}-{starts:%Y-%m-%d}"
    names = (wanted if number == 1 else f"{wanted}-{number}" for number in itertools.count(1))
    return next(name for name in names if meetings.by_slug(opened.store, name) is None)


def findings(opened: site.Site, found: Opened, composed: message.Message) -> list[lint.Finding]:
    """What is wrong or doubtful with an edition, errors first."""
    return lint.findings(found.edition, found.frame, composed, opened.clock.now())
