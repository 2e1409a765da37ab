"""The organisers' desk: what an organiser can do from here, each thing by one button, and the way out."""

from newsletter import site
from newsletter.core import errors
from newsletter.service import deskwork, handouts, sessions
from newsletter.service import passes as service
from newsletter.web import forms, links, pages, phrases, signed


def show(opened: site.Site, who: signed.Signed, _key: str) -> pages.Page:
    """The desk."""
    return _desk(opened, who)


def post(
    opened: site.Site, who: signed.Signed, _key: str, form: forms.Form, _visit: forms.Visit
) -> pages.View:
    """Do what a button says: open a booth or a door, take a link back, sign out here or everywhere."""
    if "out" in form:
        sessions.end(opened, who.session, everywhere=forms.one(form, "out") == "everywhere")
        return lambda: _out(opened)
    say = phrases.of(opened.config.site.language)
    if slug := forms.one(form, "booth"):
        made = service.open_booth(opened, slug)
        return lambda: _desk(opened, who, say["desk_made_booth"], made)
    if slug := forms.one(form, "door"):
        made = service.open_door(opened, slug)
        return lambda: _desk(opened, who, say["desk_made_door"], made)
    if number := forms.one(form, "back"):
        going = service.take_back(opened, lambda one: str(one.number) == number)
        return lambda: _desk(opened, who, say["desk_back" if going else "desk_back_late"])
    raise errors.InputError("no button of the desk was pressed")


def _desk(
    opened: site.Site, who: signed.Signed, notice: str = "", made: service.Pass | None = None
) -> pages.Page:
    language = opened.config.site.language
    say = phrases.of(language)
    work = deskwork.look(opened)
    return pages.page(
        opened, "desk.html", language, form_token=who.form_token, notice_text=notice, made=made, work=work,
        made_code=handouts.code_image(made.link) if made else "",
        ways={name: links.to(opened, f"/desk/{name}/") for name in ("poster", "sheet", "names")},
        reports=[
            (say["report_open"].format(list=one.title), links.to(opened, f"/desk/report/{one.slug}"))
            for one in opened.config.lists.values()
        ],
        who=f"{who.session.name} ({who.session.email})",
        devices=say["desk_devices"].format(count=sum(one.email == who.session.email for one in sessions.running(opened))),
    )  # fmt: skip


def _out(opened: site.Site) -> pages.Page:
    language = opened.config.site.language
    say = phrases.of(language)
    told = pages.told(
        opened, language, say["desk_out_title"], say["desk_out_text"],
        link=(links.to(opened, "/desk"), say["desk_again"]),
    )  # fmt: skip
    return pages.Page(told.content, 200, {"set-cookie": signed.no_cookie()})
