"""Signing in at the desk: a form for the address, the one answer for everybody, and the button of the link in the mail."""

from collections.abc import Callable

from newsletter import site
from newsletter.service import sessions
from newsletter.web import asking, forms, links, pages, phrases, stamps


def show(opened: site.Site, status: int = 200) -> pages.Page:
    """The form with one field."""
    return _form(opened, "", stamps.make(opened), status=status)


def post(opened: site.Site, form: forms.Form, visit: forms.Visit) -> pages.View:
    """Have the link sent, if it is an organiser's address. Raises LimitError."""
    address, language = forms.one(form, "address").strip(), opened.config.site.language
    trouble = stamps.trouble(opened, form)
    wrong = "" if asking.is_address(address) else phrases.of(language)["wrong_address"]
    if trouble or wrong:
        notice = "wrong_summary" if wrong and trouble != "trap" else f"wrong_{trouble}"
        stamp = stamps.again(opened, form, trouble)
        return lambda: _form(opened, address, stamp, wrong, notice, status=400)
    # Not the count of joining: a room that signs up through one Wi-Fi must not lock its chair out.
    visit.counted.count(f"desk {visit.network}", opened.config.web.joins_per_network)
    sessions.ask(opened, address)
    return lambda: _sent(opened)


def enter_page(opened: site.Site, token: str) -> pages.Page:
    """The page of the link in the mail. Raises NotFoundError."""
    return _enter(opened, sessions.look(opened, token))


def enter(
    opened: site.Site, token: str, form: forms.Form, before: bytes, cookie: Callable[[bytes], str]
) -> pages.View:
    """Begin a session by the page's button, and lead to the desk. Raises NotFoundError."""
    link = sessions.look(opened, token)
    if "enter" not in form or link.state != "open":
        return lambda: _enter(opened, link, 400 if link.state == "open" else 410)
    begun = sessions.begin(opened, token, before)
    fields = {"location": links.to(opened, "/desk"), "set-cookie": cookie(begun.secret)}
    return lambda: pages.Page("", 303, fields)


def _enter(opened: site.Site, link: sessions.DeskLink, status: int = 200) -> pages.Page:
    language = opened.config.site.language
    say = phrases.of(language)
    if link.state != "open":
        again = (links.to(opened, "/desk"), say["desk_again"])
        return pages.told(
            opened, language, say["desk_late_title"], say["desk_late_text"], status=410, link=again
        )
    return pages.page(
        opened, "press.html", language, status, title=say["desk_enter_title"],
        text=pages.fill(say["desk_enter_text"], address=link.masked), name="enter",
        button=say["desk_enter_button"], note=say["desk_enter_note"],
    )  # fmt: skip


def _sent(opened: site.Site) -> pages.Page:
    """The one answer. Nothing of the form stands in it."""
    language = opened.config.site.language
    say = phrases.of(language)
    return pages.told(
        opened,
        language,
        say["desk_sent_title"],
        say["desk_sent_text"],
        say["desk_sent_missing"],
        say["asked_same"],
    )


def _form(
    opened: site.Site, address: str, stamp: str, wrong: str = "", notice: str = "", *, status: int = 200
) -> pages.Page:
    language = opened.config.site.language
    say = phrases.of(language)
    return pages.page(
        opened, "ask.html", language, status, address=address, stamp=stamp, wrong=wrong,
        notice_text=say[notice] if notice else "", title=say["desk_title"], text=say["desk_ask_text"],
        button=say["desk_ask_button"],
    )  # fmt: skip
