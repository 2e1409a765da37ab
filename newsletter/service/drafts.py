"""Begin an edition: a Markdown file with the facts filled in and the rest suggested."""

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from newsletter import settings, site
from newsletter.compose import catalogue
from newsletter.core import errors, texts, words
from newsletter.service import questions, recaps
from newsletter.store import meetings

_PARTS: dict[words.EditionKind, dict[str, tuple[str, ...]]] = {
    "recap": {
        "en": ("What we talked about", "What we decided", "What is still open", "Links"),
        "de": ("Worüber wir sprachen", "Was wir beschlossen haben", "Was noch offen ist", "Links"),
        "fr": ("De quoi nous avons parlé", "Ce que nous avons décidé", "Ce qui reste ouvert", "Liens"),
    },
    "invitation": {
        "en": ("Why come", "The evening"),
        "de": ("Warum kommen", "Der Abend"),
        "fr": ("Pourquoi venir", "La soirée"),
    },
    "notice": {"en": (), "de": (), "fr": ()},
    "letter": {"en": ("This week",), "de": ("Diese Woche",), "fr": ("Cette semaine",)},
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A file just written, ready for the editor."""

    path: Path
    edition: str  # <list>/<file stem>
    notes: tuple[str, ...] = ()  # what the chair must know of it


@dataclass(frozen=True, slots=True)
class _Meetings:
    """The meeting that a recap tells of and the one that an edition announces; either may be missing."""

    past: sqlite3.Row | None = None
    coming: sqlite3.Row | None = None


def begin(
    opened: site.Site,
    kind: words.EditionKind,
    slug: str,
    title: str = "",
    meeting: str = "",
    question: str = "",
) -> Draft:
    """Write the draft of an edition into its list's folder; never over another file.

    `meeting` is the slug of a meeting. A recap tells of one that has begun, and announces the list's next; any other
    meeting is the one to announce. `question` is the slug of the question to put under it. Raises NotFoundError.
    """
    mailing_list = opened.mailing_list(slug)
    about = _meetings(opened, kind, slug, meeting)
    if question:
        questions.find(opened, question)
    today = opened.clock.now().astimezone(mailing_list.site.zone).date()
    subject = title or _subject(mailing_list, kind, about)
    folder = mailing_list.folder / "editions"
    folder.mkdir(parents=True, exist_ok=True)
    name = title or (f"{kind}-{about.past['slug']}" if about.past else kind)
    path = free(folder, f"{today.isoformat()}-{texts.slugify(name)}")
    text = _text(opened, mailing_list, kind, texts.one_line(subject, "the title", 150), about, question)
    with path.open("x", encoding="utf-8") as stream:
        stream.write(text)
    notes = recaps.photo_notes(mailing_list, about.past) if about.past else ()
    return Draft(path, f"{slug}/{path.stem}", notes)


def _meetings(opened: site.Site, kind: words.EditionKind, slug: str, named: str) -> _Meetings:
    if not named:
        return _Meetings()
    found, now = meetings.by_slug(opened.store, named), opened.clock.iso()
    if found is None:
        raise errors.NotFoundError(f"there is no meeting '{named}'", "See them all: newsletter meeting show")
    if kind != "recap" or found["starts"] > now:
        return _Meetings(coming=found)
    return _Meetings(found, meetings.next_of(opened.store, [opened.store.list_ids[slug]], now))


def _subject(mailing_list: settings.MailingList, kind: words.EditionKind, about: _Meetings) -> str:
    if about.past:
        return catalogue.say("draft_subject", mailing_list.site.language, title=about.past["title"])
    if about.coming:
        return str(about.coming["title"])
    return f"{mailing_list.title}: {catalogue.say(kind, mailing_list.site.language)}"


def free(folder: Path, stem: str) -> Path:
    """A file name that is not taken: a second one of the day ends in -2."""
    path = folder / f"{stem}.md"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.md"
    return path


def _text(
    opened: site.Site,
    mailing_list: settings.MailingList,
    kind: words.EditionKind,
    subject: str,
    about: _Meetings,
    question: str,
) -> str:
    language = mailing_list.site.language
    lines = ["+++", f'kind = "{kind}"', f"subject = {json.dumps(subject, ensure_ascii=False)}"]
    lines += ['preheader = ""   # the line that mail programs show beside the subject: 40 to 110 characters']
    if question:
        lines += [f'question = "{question}"']
    if about.past:
        lines += [f'meeting = "{about.past["slug"]}"   # the one that this recap tells of']
    if about.coming:
        lines += [f'next_meeting = "{about.coming["slug"]}"']
    elif kind in ("recap", "invitation"):
        lines += [
            "# [next_meeting]",
            '# title = "..."',
            "# starts = 2030-01-31T18:00:00   # in the list's time zone",
        ]
        lines += ["# ends = 2030-01-31T19:00:00", '# place = "..."', '# then = "drinks at ..."']
    lines += ["+++", catalogue.say("greeting", language), ""]
    if about.past:
        return "\n".join([*lines, recaps.body(opened, mailing_list, about.past), ""])
    lines += ["...", ""]
    if kind == "recap" and (said := questions.for_recap(opened, mailing_list)):
        lines += [f"## {catalogue.say('draft_answers', language)}", "", said, ""]
    for part in _PARTS[kind][language]:
        lines += [f"## {part}", "", "...", ""]
    return "\n".join(lines)
