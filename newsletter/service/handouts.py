"""What is printed for an evening, as a page for A4: a poster with a code to scan, a sign-up sheet, a list of names."""

import os
from dataclasses import dataclass
from pathlib import Path

from newsletter import site
from newsletter.core import errors, wordings
from newsletter.service import attendance, joining, meetings, papers, passes
from newsletter.store import ledger

ROWS = 14  # lines of a sheet: with a long wording they still fit on one page


@dataclass(frozen=True, slots=True)
class Handout:
    """A paper to print: its name as a file, and the HTML."""

    name: str
    html: bytes


def code_image(text: str) -> str:
    """A QR code as an SVG element; black on white also where the page is dark, since cameras want that."""
    import segno

    made: str = segno.make(text, error="m").svg_inline(
        omitsize=True, border=4, light="#fff", svgclass="code", lineclass=None
    )
    return made


def poster(opened: site.Site, slug: str) -> Handout:
    """The poster of a list: what it is, and the way to join. Raises NotFoundError, ConfigError."""
    offer, address = joining.offer(opened, slug), f"{passes.base(opened)}/join/{slug}"
    values = {"offer": offer, "link": address, "code": code_image(address)}
    return Handout(f"poster-{slug}.html", papers.page(opened, "poster.html", offer.language, values))


def sheet(opened: site.Site, slug: str, rows: int = ROWS) -> Handout:
    """A sheet to sign: the very words, their code, and lines. The words are kept, so that the code names them for ever.

    Raises NotFoundError, UsageError.
    """
    if not 1 <= rows <= 100:
        raise errors.UsageError(f"a sheet cannot have {rows} lines", "Give a number from 1 to 100.")
    offer, base = joining.offer(opened, slug), opened.config.site.base_url
    with opened.store.write():
        list_id = opened.store.list_ids[slug]
        digest = ledger.keep_wording(opened.store, list_id, offer.language, offer.wording, opened.clock.iso())
    link = f"{base}/join/{slug}" if base else ""
    values = {
        "offer": offer, "rows": rows, "site": opened.mailing_list(slug).site.name, "link": link,
        "code": wordings.code(digest), "image": code_image(link) if link else "",
    }  # fmt: skip
    return Handout(f"sheet-{slug}.html", papers.page(opened, "sheet.html", offer.language, values))


def names(opened: site.Site, slug: str) -> Handout:
    """The names of who said yes, and below of who may come; names only. Raises NotFoundError."""
    meeting = meetings.find(opened, slug)
    own = meetings.settings_of(opened, meeting["list_slug"])
    guests = attendance.expected(opened, meeting)
    coming = [one for one in guests if one.answer == "yes"]
    values = {
        "title": meeting["title"], "when": meetings.when(meeting, own), "place": meeting["place"], "coming": coming,
        "others": [one for one in guests if one.answer in ("maybe", "waiting")],
        "people": len(coming) + sum(one.guests for one in coming),
    }  # fmt: skip
    return Handout(f"names-{slug}.html", papers.page(opened, "names.html", own.language, values))


def write(made: Handout, target: Path | None) -> Path:
    """Write a handout into a file for its owner alone (its own name here, or in a folder). Raises UsageError, InputError."""
    path = Path(made.name) if target is None else target / made.name if target.is_dir() else target
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise errors.UsageError(f"{path} is there already", "Name another file with --output.") from None
    except OSError as problem:
        raise errors.InputError(f"{path} cannot be written: {problem.strerror}") from problem
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(made.html)
    return path
