"""Paper sheets at the desk: print one, and type the lines of one that was filled in, with its scan."""

from collections.abc import Mapping, Sequence
from datetime import date

from newsletter import site
from newsletter.core import errors
from newsletter.service import handouts, sheets
from newsletter.web import forms, links, pages, phrases, signed

_TYPED = ("code", "day", "collector", "where", "kept")


def show(opened: site.Site, who: signed.Signed, key: str) -> pages.Page:
    """The grid, empty. Raises NotFoundError."""
    opened.mailing_list(key)
    return _grid(opened, who, key, dict.fromkeys(_TYPED, ""), ())


def post(opened: site.Site, who: signed.Signed, key: str, form: forms.Form, visit: forms.Visit) -> pages.View:
    """Print a sheet, or take the typed lines; those that cannot be stay in the grid, each with the reason."""
    opened.mailing_list(key)
    if "print" in form:
        made = handouts.sheet(opened, key)
        return lambda: pages.paper(made.html)
    typed = {name: forms.one(form, name).strip() for name in _TYPED}
    lines = sheets.filled(
        [
            sheets.Line(forms.one(form, f"address.{one}").strip(), forms.one(form, f"name.{one}").strip())
            for one in range(1, sheets.LINES + 1)
        ]
    )
    say = phrases.of(opened.config.site.language)
    wrong = _wrong(opened, key, typed, lines)
    if wrong:
        found = [sheets.Outcome(line, "wrong") for line in lines]
        return lambda: _grid(
            opened, who, key, typed, found, [say[f"grid_wrong_{one}"] for one in wrong], status=400
        )
    entered = sheets.enter(
        opened,
        sheets.Sheet(
            key, typed["code"], date.fromisoformat(typed["day"]), typed["collector"], typed["where"], lines, visit.upload,
            typed["kept"],
        ),
    )  # fmt: skip
    return lambda: _entered(opened, who, key, typed, entered)


def _wrong(opened: site.Site, slug: str, typed: Mapping[str, str], lines: Sequence[sheets.Line]) -> list[str]:
    """What of a sheet's head cannot be, before any line is looked at."""
    found = [] if lines else ["lines"]
    try:
        sheets.wording_of(opened, slug, typed["code"])
    except errors.InputError:
        found.append("code")
    try:
        day = date.fromisoformat(typed["day"])
        zone = opened.mailing_list(slug).site.zone
        found += ["day"] if day > opened.clock.now().astimezone(zone).date() else []
    except ValueError:
        found.append("day")
    return found + ([] if typed["collector"] else ["collector"])


def _entered(
    opened: site.Site, who: signed.Signed, key: str, typed: Mapping[str, str], entered: sheets.Entered
) -> pages.Page:
    say = phrases.of(opened.config.site.language)
    done = [
        say[f"grid_{what}"].format(count=entered.count(what))
        for what in ("added", "known", "held", "wrong")
        if entered.count(what)
    ]
    slips = [
        say["grid_slip"].format(address=one.line.address, meant=one.slip)
        for one in entered.outcomes
        if one.slip and one.what != "wrong"
    ]
    left = [one for one in entered.outcomes if one.what == "wrong"]
    kept = {**typed, "kept": entered.scan}
    return _grid(opened, who, key, kept, left, done=[*done, *slips], status=400 if left else 200)


def _grid(
    opened: site.Site, who: signed.Signed, key: str, typed: Mapping[str, str], lines: Sequence[sheets.Outcome],
    wrong: Sequence[str] = (), done: Sequence[str] = (), status: int = 200,
) -> pages.Page:  # fmt: skip
    mailing_list, language = opened.mailing_list(key), opened.config.site.language
    say = phrases.of(language)
    empty = sheets.Outcome(sheets.Line(""), "wrong")
    rows = [*lines, *[empty] * (sheets.LINES - len(lines))]
    return pages.page(
        opened, "grid.html", language, status, form_token=who.form_token, list_title=mailing_list.title, typed=typed,
        whys={one: say[f"grid_why_{one}"] for one in ("address", "role", "out", "name")}, rows=list(enumerate(rows, 1)), wrong=wrong, done=done, desk=links.to(opened, "/desk"),
        megabytes=forms.FILE_LIMIT // 1_000_000,
    )  # fmt: skip
