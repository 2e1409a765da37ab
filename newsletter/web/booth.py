"""A booth's page: one sign-up after the other on a helper's device, with a script that keeps them while there is no network.

Without the script the page is a plain form. GET and HEAD show and change nothing.
"""

import json
from collections.abc import Mapping

from newsletter import site
from newsletter.core import devices
from newsletter.service import booths, signup
from newsletter.web import forms, joining, links, pages, phrases

# What a verdict is about in the form.
PLACES: Mapping[str, str] = {"address": "address", "role": "address", "name": "name"}


def show(opened: site.Site, key: str) -> pages.Page:
    """The page, or why it takes nobody any more. Raises NotFoundError."""
    return _page(opened, booths.look(opened, *split(key)), key)


def post(opened: site.Site, key: str, form: forms.Form | None, _visit: forms.Visit) -> pages.View:
    """Take sign-ups: several as the script sends them, answered in JSON, or the one of the plain form.

    There is no limit by network: a whole fair comes from one. A link takes 500. Raises NotFoundError, InputError.
    """
    found, (slug, token) = form or {}, split(key)
    now = forms.one(found, "now")
    if "signups" in found:
        told = booths.take(opened, slug, token, devices.signups(forms.one(found, "signups")), now)
        language = signup.language_of(opened, (slug,))
        return lambda: pages.Page(json.dumps(answer(language, told)), media_type="application/json")
    typed = one_signup(found, opened.secret_bytes(16).hex())
    verdict = booths.take(opened, slug, token, (typed,), now)[typed.id]
    booth = booths.look(opened, slug, token)
    if verdict == "taken":
        return lambda: _thanks(opened, booth, key)
    return lambda: _page(opened, booth, key, typed, verdict)


def split(key: str) -> tuple[str, str]:
    """What the address is about, and its token. Raises NotFoundError."""
    parts = key.strip("/").split("/")
    if len(parts) != 2:
        raise signup.unknown()
    return parts[0], parts[1]


def answer(language: str, told: Mapping[str, booths.Verdict]) -> dict[str, object]:
    """What a device hears: the numbers that are `taken`, those that are `wrong` with the reason, and those to `keep`."""
    say = phrases.of(language)
    return {
        "taken": [number for number, verdict in told.items() if verdict == "taken"],
        "wrong": {
            number: say[f"booth_wrong_{verdict}"] for number, verdict in told.items() if verdict in PLACES
        },
        "keep": {
            number: say[f"booth_keep_{verdict}"]
            for number, verdict in told.items()
            if verdict not in PLACES and verdict != "taken"
        },
    }


def one_signup(form: forms.Form, number: str) -> devices.Signup:
    """The sign-up of a plain form, under a number of its own: sent twice, the second finds the first one's request."""
    fields = {
        name.removeprefix(joining.FIELD): values[0]
        for name, values in form.items()
        if name.startswith(joining.FIELD)
    }
    address, name = forms.one(form, "address").strip(), forms.one(form, "name").strip()
    return devices.Signup(number, address, name, fields, wording=forms.one(form, "wording"))


def _page(
    opened: site.Site, booth: booths.Booth, key: str, typed: devices.Signup | None = None, verdict: str = ""
) -> pages.Page:
    offer, is_wrong = booth.offer, verdict in PLACES
    say = phrases.of(offer.language)
    state = booth.state if is_wrong or not verdict else verdict
    made = pages.page(
        opened, "booth.html", offer.language, 400 if is_wrong else 200 if state == "open" else 410, offer=offer,
        typed=typed, closed_text="" if state == "open" else say[f"booth_{state}"], wording=booth.wording_hash,
        wrong={"address": "", "name": "", **({PLACES[verdict]: say[f"booth_wrong_{verdict}"]} if is_wrong else {})},
        next_text=say["booth_asked" if booth.asks else "booth_vouched"], posts=links.to(opened, f"/booth/{key}"),
        scripts=[links.to(opened, f"/{name}") for name in ("device.js", "booth.js")],
        worker=links.to(opened, "/worker.js"),
        fields=joining.inputs(offer.fields, typed.fields if typed else {}, {}),
    )  # fmt: skip
    return pages.with_script(opened, made)


def _thanks(opened: site.Site, booth: booths.Booth, key: str) -> pages.Page:
    say = phrases.of(booth.offer.language)
    again = (links.to(opened, f"/booth/{key}"), say["booth_next"])
    return pages.told(
        opened, booth.offer.language, say["booth_thanks_title"], say["booth_thanks_text"], link=again
    )
