"""Joining: a page for each list and one for all of them, and the one answer that every address gets.

What is wrong with the form is judged before anything is known about the address, and the answer page holds nothing of
what was typed: it is the same, byte for byte, for new, known, gone and blocked addresses.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from newsletter import site
from newsletter.core import addresses, errors, texts
from newsletter.service import joining
from newsletter.web import forms, pages, phrases, stamps

BOX = "list."  # a ticked box is the field list.<slug>
FIELD = "field."  # a field that a list asks for is field.<name>
_RIGHT = {"lists": "", "address": "", "name": ""}


@dataclass(frozen=True, slots=True)
class Filled:
    """A form as somebody filled it, and what is wrong with it by place (lists, address, name, field.<name>)."""

    lists: tuple[str, ...] = ()
    address: str = ""
    name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


def show(opened: site.Site, key: str) -> pages.Page:
    """The form of one list, or of all that can be joined. Raises NotFoundError for a list that cannot."""
    return _form(opened, _offers(opened, key), key, Filled(), stamps.make(opened))


def post(opened: site.Site, key: str, form: forms.Form | None, visit: forms.Visit) -> pages.View:
    """Ask to join; the answer is one page for every address. Raises LimitError."""
    found, offers = form or {}, _offers(opened, key)
    trouble = stamps.trouble(opened, found)
    filled = _filled(found, offers, _language(opened, offers, key))
    if trouble or filled.wrong:
        notice = "wrong_summary" if filled.wrong and trouble != "trap" else f"wrong_{trouble}"
        stamp = stamps.again(opened, found, trouble)
        return lambda: _form(opened, offers, key, filled, stamp, notice)
    _count(opened, visit, filled.lists)
    language = _language(opened, offers, key)
    try:
        joining.ask(opened, _wanted(filled, key, language))
    except errors.RefusedError:  # a mailbox of a job: whoever types it sees the same, known or not
        refused = Filled(
            filled.lists, filled.address, filled.name, filled.fields,
            {"address": phrases.of(language)["wrong_role"]},
        )  # fmt: skip
        return lambda: _form(opened, offers, key, refused, stamps.again(opened, found, None), "wrong_summary")
    return lambda: _asked(opened, language)


def _count(opened: site.Site, visit: forms.Visit, lists: Sequence[str]) -> None:
    web = opened.config.web
    visit.counted.count(f"network {visit.network}", web.joins_per_network)
    for slug in lists:
        visit.counted.count(f"list {slug}", web.joins_per_list)


def _wanted(filled: Filled, key: str, language: str) -> joining.Wanted:
    return joining.Wanted(
        address=filled.address,
        lists=filled.lists,
        name=filled.name,
        fields=filled.fields,
        form=f"/join/{key}" if key else "/join",
        language=language,
    )


def _offers(opened: site.Site, key: str) -> tuple[joining.Offer, ...]:
    return (joining.offer(opened, key),) if key else joining.offers(opened)


def _language(opened: site.Site, offers: Sequence[joining.Offer], key: str) -> str:
    return offers[0].language if key else opened.config.site.language


def _filled(form: forms.Form, offers: Sequence[joining.Offer], language: str) -> Filled:
    """What was filled in, each place judged by itself so that all faults show at once."""
    say, wrong = phrases.of(language), {}
    lists = tuple(one.slug for one in offers if f"{BOX}{one.slug}" in form)
    if not lists:
        wrong["lists"] = say["wrong_lists"]
    address, name = forms.one(form, "address").strip(), forms.one(form, "name").strip()
    try:
        addresses.read(address)
    except errors.InputError:
        wrong["address"] = say["wrong_address"]
    if not is_name(name):
        wrong["name"] = say["wrong_text"]
    asked = {key for one in offers if one.slug in lists for key in one.fields}
    fields = {key: forms.one(form, FIELD + key).strip() for key in asked if FIELD + key in form}
    wrong |= {FIELD + key: say["wrong_text"] for key, value in fields.items() if not is_line(value)}
    return Filled(lists, address, name, fields, wrong)


def is_name(text: str) -> bool:
    """Tell whether a text can stand as a name."""
    return is_line(text, texts.NAME_LIMIT)


def is_line(text: str, limit: int = texts.FIELD_LIMIT) -> bool:
    """Tell whether a text can stand as a field's value."""
    try:
        texts.one_line(text, "it", limit)
    except errors.InputError:
        return False
    return True


def _form(
    opened: site.Site, offers: Sequence[joining.Offer], key: str, filled: Filled, stamp: str, notice: str = ""
) -> pages.Page:
    language = _language(opened, offers, key)
    say = phrases.of(language)
    title = say["join_one_title"].format(list=offers[0].title) if key else say["join_title"]
    return pages.page(
        opened, "join.html", language, 400 if notice else 200, title=title, offers=offers, single=bool(key),
        ticked=filled.lists, values={"address": filled.address, "name": filled.name}, wrong={**_RIGHT, **filled.wrong},
        fields=inputs([name for one in offers for name in one.fields], filled.fields, filled.wrong),
        stamp=stamp, notice_text=say[notice] if notice else "",
    )  # fmt: skip


def inputs(names: Sequence[str], values: Mapping[str, str], wrong: Mapping[str, str]) -> list[dict[str, Any]]:
    """The lists' own fields as a form shows them, each once."""
    return [
        {
            "key": name,
            "label": name[:1].upper() + name[1:].replace("_", " "),
            "value": values.get(name, ""),
            "wrong": wrong.get(FIELD + name, ""),
        }
        for name in dict.fromkeys(names)
    ]


def _asked(opened: site.Site, language: str) -> pages.Page:
    """The one answer. Nothing of the form stands in it."""
    say = phrases.of(language)
    texts_shown = (say["asked_text"], say["asked_missing"], say["asked_same"])
    return pages.page_for(
        opened, "told.html", language, {}, title=say["asked_title"], texts=texts_shown, link="", label=""
    )
