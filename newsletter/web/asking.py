"""Asking for a fresh link by typing an address: the same answer for everybody, the rest goes by mail."""

from newsletter import site
from newsletter.core import addresses, errors
from newsletter.service import mypage
from newsletter.web import forms, pages, phrases, stamps


def show(opened: site.Site, _key: str) -> pages.Page:
    """The form with one field."""
    return _form(opened, "", stamps.make(opened))


def post(opened: site.Site, _key: str, form: forms.Form | None, visit: forms.Visit) -> pages.View:
    """Have the link sent, if there is anybody to send it to. Raises LimitError."""
    found, language = form or {}, opened.config.site.language
    address = forms.one(found, "address").strip()
    trouble = stamps.trouble(opened, found)
    wrong = "" if is_address(address) else phrases.of(language)["wrong_address"]
    if trouble or wrong:
        notice = "wrong_summary" if wrong and trouble != "trap" else f"wrong_{trouble}"
        stamp = stamps.again(opened, found, trouble)
        return lambda: _form(opened, address, stamp, wrong, notice)
    visit.counted.count(f"network {visit.network}", opened.config.web.joins_per_network)
    mypage.ask_fresh(opened, address)
    return lambda: sent(opened, language)


def is_address(text: str) -> bool:
    """Tell whether a text can be an address."""
    try:
        addresses.read(text)
    except errors.InputError:
        return False
    return True


def sent(opened: site.Site, language: str) -> pages.Page:
    """The one answer. Nothing of the form stands in it."""
    say = phrases.of(language)
    return pages.told(
        opened, language, say["sent_title"], say["sent_text"], say["sent_missing"], say["asked_same"]
    )


def _form(opened: site.Site, address: str, stamp: str, wrong: str = "", notice: str = "") -> pages.Page:
    language = opened.config.site.language
    say = phrases.of(language)
    return pages.page(
        opened, "ask.html", language, 400 if notice else 200, address=address, stamp=stamp, wrong=wrong,
        notice_text=say[notice] if notice else "", title=say["ask_title"], text=say["ask_text"],
        button=say["ask_button"],
    )  # fmt: skip
