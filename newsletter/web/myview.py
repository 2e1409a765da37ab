"""What a member's own page looks like: from how a person stands to the values of its template."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from newsletter import site
from newsletter.service import dates, mypage
from newsletter.web import forms, joining, pages, phrases

_RIGHT = {"until": "", "name": "", "address": "", "lists": ""}
_SHOWN = ("attested", "confirmed", "implied", "paused", "requested")


def page(
    opened: site.Site, found: mypage.MyPage, status: int = 200, notice: str = "", *,
    wrong: Mapping[str, str] | None = None, typed: forms.Form | None = None, undo: str = "",
) -> pages.Page:  # fmt: skip
    """The page. `notice` says what was done or what is wrong; `typed` keeps what somebody typed wrongly; `undo`
    takes back a leaving."""
    say = phrases.of(found.language)
    if not found.masked:
        return pages.told(opened, found.language, say["me_title"], say["me_gone"], status=status)
    places = [_place(opened, one, found.language) for one in found.places if one.state in _SHOWN]
    return pages.page(
        opened, "me.html", found.language, status, notice_text=notice, notice_wrong=bool(wrong), undo=undo, fresh=found.fresh,
        address=found.data.address if found.data else found.masked, places=places, offers=found.others,
        may_pause=any(one.on and one.state != "paused" for one in found.places),
        days=_days(opened, found.language), wrong={**_RIGHT, **(wrong or {})},
        **_data(opened, found, typed or {}, wrong or {}),
    )  # fmt: skip


def sure(opened: site.Site, found: mypage.MyPage, how: str) -> pages.Page:
    """The page that asks once more before a person is forgotten; `how` is keep or all."""
    say = phrases.of(found.language)
    return pages.page(
        opened, "forget.html", found.language, address=found.data.address if found.data else found.masked, how=how,
        choice=say[f"forget_{how}"], choice_text=say[f"forget_{how}_text"],
    )  # fmt: skip


def _days(opened: site.Site, language: str) -> list[dict[str, Any]]:
    """The days a pause can end on, in words: the Mondays of the next quarter, then the first of each month.

    One of about a month from now is chosen already.
    """
    today = opened.clock.now().astimezone(opened.config.site.zone).date()
    monday = today + timedelta(days=7 - today.weekday())
    mondays = [monday + timedelta(weeks=week) for week in range(13)]
    months = [
        date(today.year + (today.month + n - 1) // 12, (today.month + n - 1) % 12 + 1, 1)
        for n in range(1, 13)
    ]
    return [
        {
            "date": day.isoformat(),
            "text": dates.day(opened, day.isoformat(), language),
            "chosen": day == mondays[3],
        }
        for day in (*mondays, *(first for first in months if first > mondays[-1]))
    ]


def _place(opened: site.Site, one: mypage.Standing, language: str) -> dict[str, Any]:
    say = phrases.of(language)
    since = dates.day(opened, one.since, language)
    why = [
        pages.fill(
            say[_why(one)], since=since, source=one.source, until=_day(opened, one.paused_until, language)
        )
    ]
    if one.until and one.state != "paused":
        why.append(pages.fill(say["why_until"], until=_day(opened, one.until, language)))
    return {
        "slug": one.slug,
        "title": one.title,
        "why": why,
        "paused": one.state == "paused",
        "leave": say["me_leave"].format(list=one.title),
    }


def _why(one: mypage.Standing) -> str:
    """The phrase for why somebody gets the mail of a list; a basis without a source leaves the brackets out."""
    bare = one.state in ("attested", "implied") and not one.source
    return f"why_{one.state}" + ("_bare" if bare else "")


def _day(opened: site.Site, text: str | None, language: str) -> str:
    return dates.day(opened, text, language) if text else ""


def _data(
    opened: site.Site, found: mypage.MyPage, typed: forms.Form, wrong: Mapping[str, str]
) -> dict[str, Any]:
    """What only a fresh link shows."""
    if found.data is None:
        return {"values": {}, "fields": [], "agreed": []}
    fields = {key: forms.one(typed, joining.FIELD + key) or value for key, value in found.data.fields.items()}
    return {
        "values": {
            "name": forms.one(typed, "name") or found.data.name,
            "address": forms.one(typed, "address"),
        },
        "fields": joining.inputs(list(fields), fields, wrong),
        "agreed": [_agreed(opened, act, found.language) for act in found.data.history],
    }


def _agreed(opened: site.Site, act: mypage.Act, language: str) -> dict[str, Any]:
    say = phrases.of(language)
    what = say.get(f"step_{act.step}", act.step)
    return {
        "when": f"{dates.day(opened, act.at, language)} · {act.receipt}",
        "what": f"{act.title}{say['after_list']} {what}" if act.title else what,
        "wording": act.wording,
    }
