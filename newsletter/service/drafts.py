"""Begin an edition: a Markdown file with the facts filled in and the rest suggested."""

import json
from dataclasses import dataclass
from pathlib import Path

from newsletter import settings, site
from newsletter.core import errors, texts, words
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
_GREETING = {
    "en": 'Dear {{ first_name | "friend" }},',
    "de": 'Guten Tag {{ name | "zusammen" }},',
    "fr": 'Bonjour {{ first_name | "à tous" }},',
}


@dataclass(frozen=True, slots=True)
class Draft:
    """A file just written, ready for the editor."""

    path: Path
    edition: str  # <list>/<file stem>


def begin(opened: site.Site, kind: words.EditionKind, slug: str, title: str = "", meeting: str = "") -> Draft:
    """Write the draft of an edition into its list's folder; never over another file.

    `meeting` is the slug of a meeting to invite to or to announce as the next one. Raises NotFoundError.
    """
    mailing_list = opened.mailing_list(slug)
    facts = meetings.by_slug(opened.store, meeting) if meeting else None
    if meeting and facts is None:
        raise errors.NotFoundError(f"there is no meeting '{meeting}'")
    today = opened.clock.now().astimezone(mailing_list.site.zone).date()
    subject = title or (str(facts["title"]) if facts else f"{mailing_list.title}: {kind}")
    folder = mailing_list.folder / "editions"
    folder.mkdir(parents=True, exist_ok=True)
    path = _free(folder, f"{today.isoformat()}-{texts.slugify(title or kind)}")
    text = _text(mailing_list, kind, texts.one_line(subject, "the title", 150), meeting)
    with path.open("x", encoding="utf-8") as stream:
        stream.write(text)
    return Draft(path, f"{slug}/{path.stem}")


def _free(folder: Path, stem: str) -> Path:
    """A file name that is not taken: a second one of the day ends in -2."""
    path = folder / f"{stem}.md"
    number = 1
    while path.exists():
        number += 1
        path = folder / f"{stem}-{number}.md"
    return path


def _text(mailing_list: settings.MailingList, kind: words.EditionKind, subject: str, meeting: str) -> str:
    language = mailing_list.site.language
    lines = ["+++", f'kind = "{kind}"', f"subject = {json.dumps(subject, ensure_ascii=False)}"]
    lines += ['preheader = ""   # the line that mail programs show beside the subject: 40 to 110 characters']
    if meeting:
        lines += [f'next_meeting = "{meeting}"']
    elif kind in ("recap", "invitation"):
        lines += [
            "# [next_meeting]",
            '# title = "..."',
            "# starts = 2030-01-31T18:00:00   # in the list's time zone",
        ]
        lines += ["# ends = 2030-01-31T19:00:00", '# place = "..."', '# then = "drinks at ..."']
    lines += ["+++", _GREETING[language], "", "...", ""]
    for part in _PARTS[kind][language]:
        lines += [f"## {part}", "", "...", ""]
    return "\n".join(lines)
