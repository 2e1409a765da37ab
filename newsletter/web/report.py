"""The report of a list as a page with plots: at an organiser's desk for a period they choose, or in a file of its own."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from newsletter import site
from newsletter.core import errors, growth
from newsletter.service import dates, list_reports
from newsletter.web import forms, links, pages, phrases, plots, signed


def show(opened: site.Site, _who: signed.Signed, key: str) -> pages.Page:
    """The report of /desk/report/<list> or /desk/report/<list>/<period>. Raises NotFoundError."""
    slug, _, name = key.rstrip("/").partition("/")
    mailing_list = opened.mailing_list(slug)
    chosen = next((one for one in list_reports.PERIODS if one == (name or list_reports.USUAL)), None)
    if chosen is None:
        raise errors.NotFoundError(f"there is no period '{name}'")
    found = list_reports.of_list(opened, slug, list_reports.named(opened, mailing_list, chosen))
    say = phrases.of(opened.config.site.language)
    ways = [
        (say[f"report_{one}"], links.to(opened, f"/desk/report/{slug}/{one}"), one == chosen)
        for one in list_reports.PERIODS
    ]
    return _page(opened, found, ways, links.to(opened, "/desk"))


def post(
    _opened: site.Site, _who: signed.Signed, _key: str, _form: forms.Form, _visit: forms.Visit
) -> pages.View:
    """There is nothing to press on a report. Raises InputError."""
    raise errors.InputError("a report has no button")


def alone(opened: site.Site, found: list_reports.Report) -> pages.Page:
    """The report as a page that stands alone, with no way to anywhere."""
    return _page(opened, found, [], "")


def _page(
    opened: site.Site, found: list_reports.Report, ways: list[tuple[str, str, bool]], desk: str
) -> pages.Page:
    language = opened.config.site.language
    say, grown = phrases.of(language), found.growth
    return pages.page(
        opened, "report.html", language, alone=not desk, title=found.title, ways=ways, desk=desk,
        first=dates.day(opened, grown.period.first.isoformat(), language),
        last=dates.day(opened, grown.period.last.isoformat(), language),
        members=f"{grown.members:,}", goal=f"{grown.goal:,}" if grown.goal else "",
        share=min(100, 100 * grown.members // grown.goal) if grown.goal else 0,
        joined=f"{grown.joined:,}", left=f"{grown.left:,}", change=f"{grown.members - grown.before:+,}",
        curve=_curve(opened, found, say, language), pairs=_pairs(found, say, language),
        numbers=_numbers(opened, found, language),
        came_by=_bars({say[f"report_way_{way}"]: count for way, count in grown.ways.items()}, grown.joined),
        went_by=_bars({say[f"report_end_{end}"]: count for end, count in grown.ends.items()}, grown.left),
        sources=_bars({_source(one, say): count for one, count in grown.sources.items()}, grown.joined),
        meetings=_meetings(opened, found, language),
        show_rate="" if found.show_rate is None else str(found.show_rate), found=found,
        returned=[(say[f"report_back_{kind}"], f"{count:,}") for kind, count in sorted(found.returned.items())],
        unwell=[(one, say[f"report_{one.health}"], dates.day(opened, one.since, language)) for one in found.unwell],
        head=found.head[:16], events=f"{found.events:,}",
    )  # fmt: skip


def _curve(opened: site.Site, found: list_reports.Report, say: Mapping[str, str], language: str) -> Any:
    grown = found.growth
    first, last = grown.curve[0], grown.curve[-1]
    days = [dates.day(opened, one.day.isoformat(), language) for one in (first, last)]
    text = say["report_curve_text"].format(
        before=f"{first.members:,}", first=days[0], members=f"{last.members:,}", last=days[1]
    )
    goal = say["report_goal"].format(goal=f"{grown.goal:,}") if grown.goal else ""
    return plots.curve(
        grown.curve, grown.goal, plots.Words("growth", say["report_members"], text, days[0], days[1], goal)
    )


def _pairs(found: list_reports.Report, say: Mapping[str, str], language: str) -> Any:
    grown = found.growth
    text = say["report_pairs_text"].format(joined=f"{grown.joined:,}", left=f"{grown.left:,}")
    size = growth.grain(grown.period)
    labels = [_label(one.first, size, language) for one in grown.spans]
    return plots.pairs(grown.spans, labels, plots.Words("pairs", say["report_pairs"], text))


def _label(first: date, size: growth.Grain, language: str) -> str:
    """What stands under a bar, short enough for a phone."""
    if size == "week":
        return dates.short(first, language)
    return f"{first.month}/{first:%y}" if size == "month" else str(first.year)


def _numbers(opened: site.Site, found: list_reports.Report, language: str) -> list[tuple[str, str, str]]:
    """The table beside the plots: each week, month or year with those who came and went, the newest first."""
    size, say = growth.grain(found.growth.period), phrases.of(language)
    names = {
        "week": lambda first: say["report_week"].format(day=dates.day(opened, first.isoformat(), language)),
        "month": lambda first: dates.month(first, language),
        "year": lambda first: str(first.year),
    }
    return [
        (names[size](one.first), f"{one.joined:,}", f"{one.left:,}") for one in reversed(found.growth.spans)
    ]


def _source(written: str, say: Mapping[str, str]) -> str:
    """Where somebody came from, as the ledger has it; our own forms in the reader's language."""
    form = written.removeprefix("web form ")
    return written if form == written else say["report_source_form"].format(form=form)


def _bars(counts: Mapping[str, int], whole: int) -> list[tuple[str, str, int]]:
    """Rows of name, number and share in per cent of all of `whole`."""
    return [(name, f"{count:,}", round(100 * count / max(1, whole))) for name, count in counts.items()]


def _meetings(opened: site.Site, found: list_reports.Report, language: str) -> list[dict[str, Any]]:
    """Each meeting with two bars, the newest first: who said yes, and who came."""
    most = max((max(one.people, one.came or 0) for one in found.turnouts), default=0) or 1
    return [
        {
            "title": one.title,
            "day": dates.day(opened, one.day.isoformat(), language),
            "people": f"{one.people:,}",
            "said": round(100 * one.people / most),
            "came": None if one.came is None else f"{one.came:,}",
            "here": round(100 * (one.came or 0) / most),
        }
        for one in reversed(found.turnouts)
    ]
