"""A member's own page. The link in a mail chooses, pauses and leaves; a fresh link also shows and changes the data.

Every button posts back to the page it stands on, with `do` saying which. What was done stands above the page as it is
afterwards. GET and HEAD show and change nothing.
"""

from collections.abc import Callable, Mapping
from datetime import date

from newsletter import site
from newsletter.core import errors
from newsletter.service import dates, forgetting, mypage, signup
from newsletter.web import forms, joining, links, myview, pages, phrases

Act = Callable[[site.Site, str, forms.Form, mypage.MyPage], pages.View]


def show(opened: site.Site, token: str) -> pages.Page:
    """The page as it is now. Raises NotFoundError; a fresh link whose hour is over gets the way to a new one."""
    try:
        return myview.page(opened, mypage.look(opened, token))
    except errors.ExpiredError:
        return _expired(opened)


def post(opened: site.Site, token: str, form: forms.Form | None, _visit: forms.Visit) -> pages.View:
    """Do what a button of the page says. Raises NotFoundError."""
    found = form or {}
    try:
        before = mypage.look(opened, token)
        act = _ACTS.get(forms.one(found, "do"))
        if act is None or not before.masked or (act in _FRESH_ONLY and not before.fresh):
            return lambda: myview.page(opened, before, status=400)
        return act(opened, token, found, before)
    except errors.ExpiredError:
        return lambda: _expired(opened)


def _expired(opened: site.Site) -> pages.Page:
    language = opened.config.site.language
    say = phrases.of(language)
    way = (links.to(opened, "/me"), say["expired_fresh"])
    return pages.told(opened, language, say["expired_title"], say["expired_text"], status=410, link=way)


def _done(
    opened: site.Site, token: str, before: mypage.MyPage, phrase: str, *, undo: str = "", **values: str
) -> pages.View:
    """The page as it is after an act, with a sentence that says what was done, and the way back where there is one."""
    notice = pages.fill(phrases.of(before.language)[phrase], **values)
    return lambda: myview.page(opened, mypage.look(opened, token), notice=notice, undo=undo)


def _wrong(
    opened: site.Site, before: mypage.MyPage, wrong: Mapping[str, str], form: forms.Form
) -> pages.View:
    """The page unchanged, with what is wrong at its places and what was typed still there."""
    say = phrases.of(before.language)
    words = {place: say[phrase] for place, phrase in wrong.items()}
    return lambda: myview.page(opened, before, 400, say["wrong_summary"], wrong=words, typed=form)


def _ticked(form: forms.Form) -> tuple[str, ...]:
    return tuple(name.removeprefix(joining.BOX) for name in form if name.startswith(joining.BOX))


def _leave(opened: site.Site, token: str, form: forms.Form, before: mypage.MyPage) -> pages.View:
    left = mypage.leave(opened, token, _ticked(form))
    if not left:
        return lambda: myview.page(opened, before)
    undo = signup.undo_token(opened, before.member) or ""
    return _done(opened, token, before, "done_leave", undo=undo, list=", ".join(left))


def _undo(opened: site.Site, token: str, form: forms.Form, before: mypage.MyPage) -> pages.View:
    """Take the leaving back with the token that its answer showed: once, within 30 days."""
    link = opened.tokens.make("leave", 0, before.member)
    try:
        back = signup.undo(opened, link, forms.one(form, "undo"))
    except errors.NotFoundError:
        raise
    except errors.RefusedError:
        say = phrases.of(before.language)
        return lambda: myview.page(opened, before, 409, say["late_text"], wrong={"undo": ""})
    return _done(opened, token, before, "done_undo", list=", ".join(place.title for place in back))


def _pause(opened: site.Site, token: str, form: forms.Form, before: mypage.MyPage) -> pages.View:
    try:
        until = date.fromisoformat(forms.one(form, "until"))
        mypage.pause(opened, token, until)
    except (ValueError, errors.InputError):
        return _wrong(opened, before, {"until": "wrong_date"}, form)
    return _done(
        opened, token, before, "done_pause", until=dates.day(opened, until.isoformat(), before.language)
    )


def _resume(opened: site.Site, token: str, form: forms.Form, before: mypage.MyPage) -> pages.View:
    mypage.resume(opened, token, _ticked(form))
    return _done(opened, token, before, "done_resume")


def _join(opened: site.Site, token: str, form: forms.Form, before: mypage.MyPage) -> pages.View:
    offered = {one.slug for one in before.others}
    wanted = [slug for slug in _ticked(form) if slug in offered]
    if not wanted:
        return _wrong(opened, before, {"lists": "wrong_lists"}, form)
    chosen = mypage.join(opened, token, wanted)
    if chosen.joined:
        titles = ", ".join(one.title for one in chosen.joined)
        return _done(opened, token, before, "done_joined", list=titles)
    return _done(opened, token, before, "done_join")


def _fresh(opened: site.Site, token: str, _form: forms.Form, before: mypage.MyPage) -> pages.View:
    if before.fresh:
        return lambda: myview.page(opened, before)
    mypage.send_fresh(opened, token)
    return _done(opened, token, before, "done_fresh")


def _edit(opened: site.Site, token: str, form: forms.Form, before: mypage.MyPage) -> pages.View:
    name = forms.one(form, "name").strip()
    known = before.data.fields if before.data else {}
    fields = {
        key: forms.one(form, joining.FIELD + key).strip() for key in known if joining.FIELD + key in form
    }
    wrong = {joining.FIELD + key: "wrong_text" for key, value in fields.items() if not joining.is_line(value)}
    if not joining.is_name(name):
        wrong["name"] = "wrong_text"
    if wrong:
        return _wrong(opened, before, wrong, form)
    mypage.change(opened, token, name, fields)
    return _done(opened, token, before, "done_edit")


def _move(opened: site.Site, token: str, form: forms.Form, before: mypage.MyPage) -> pages.View:
    try:
        mypage.move(opened, token, forms.one(form, "address").strip())
    except errors.ExpiredError:
        raise
    except errors.InputError:
        return _wrong(opened, before, {"address": "wrong_address"}, form)
    except errors.NotFoundError:
        raise
    except errors.RefusedError:
        return _wrong(opened, before, {"address": "wrong_role"}, form)
    return _done(opened, token, before, "done_move")


def _copy(opened: site.Site, token: str, _form: forms.Form, _before: mypage.MyPage) -> pages.View:
    made = mypage.copy(opened, token)
    fields = {"content-disposition": 'attachment; filename="you.zip"'}
    return lambda: pages.Page(made, headers=fields, media_type="application/zip")


def _forget(opened: site.Site, token: str, form: forms.Form, before: mypage.MyPage) -> pages.View:
    how = forms.one(form, "how")
    if how not in ("keep", "all"):
        return lambda: myview.page(opened, before, status=400)
    if "sure" not in form:
        return lambda: myview.sure(opened, before, how)
    mypage.forget(opened, token, everything=how == "all")
    say = phrases.of(before.language)

    def told() -> pages.Page:
        forgetting.shred(opened)  # now that it is committed
        return pages.told(
            opened, before.language, say["forgotten_title"], say["forgotten_text"], say["forgotten_backups"]
        )

    return told


_ACTS: dict[str, Act] = {
    "leave": _leave, "undo": _undo, "pause": _pause, "resume": _resume, "join": _join, "fresh": _fresh,
    "edit": _edit, "move": _move, "copy": _copy, "forget": _forget,
}  # fmt: skip
_FRESH_ONLY = frozenset({_edit, _move, _copy, _forget})
