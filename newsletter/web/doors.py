"""A door's page: tick who came, add walk-ins, count heads; with a script that keeps it all while there is no network.

Without the script every name is a button of a plain form. GET and HEAD show and change nothing.
"""

import json
from collections.abc import Mapping
from typing import Any

from newsletter import site
from newsletter.core import devices
from newsletter.service import doors, signup
from newsletter.web import booth, forms, links, pages, phrases

NOW = "now"  # what the script asks for to see the other devices' ticks: /door/<meeting>/<token>/now


def show(opened: site.Site, key: str) -> pages.Page:
    """The page, or how things stand as JSON. Raises NotFoundError."""
    slug, token, wants_now = _split(key)
    door = doors.look(opened, slug, token)
    if wants_now:
        return _json({"state": _state(opened, door)}, 200 if door.state == "open" else 410)
    return _page(opened, door, f"/door/{slug}/{token}")


def post(opened: site.Site, key: str, form: forms.Form | None, _visit: forms.Visit) -> pages.View:
    """Take what the script sends, answered in JSON, or one act of the plain form. Raises NotFoundError, InputError."""
    found, (slug, token, _) = form or {}, _split(key)
    now = forms.one(found, "now")
    if "ticks" in found:
        taken, told = doors.take(
            opened, slug, token, devices.ticks(forms.one(found, "ticks")), now,
            count=forms.one(found, "count"), counted_at=forms.one(found, "counted_at"),
            signups=devices.signups(forms.one(found, "signups") or "[]"),
        )  # fmt: skip
        door = doors.look(opened, slug, token)
        heard = {"took": taken, **booth.answer(door.language, told), "state": _state(opened, door)}
        return lambda: _json(heard)
    ticks, typed = _plain(opened, found)
    _, told = doors.take(
        opened, slug, token, ticks, now, count=forms.one(found, "count"), signups=[typed] if typed else []
    )
    door = doors.look(opened, slug, token)
    verdict = told.get(typed.id, "") if typed else ""
    return lambda: _page(opened, door, f"/door/{slug}/{token}", typed, verdict)


def _split(key: str) -> tuple[str, str, bool]:
    parts = key.strip("/").split("/")
    if len(parts) not in (2, 3) or parts[2:] not in ([], [NOW]):
        raise signup.unknown()
    return parts[0], parts[1], len(parts) == 3


def _plain(opened: site.Site, form: forms.Form) -> tuple[list[devices.DeviceTick], devices.Signup | None]:
    """What a button of the plain form says: a tick, one taken back, or a walk-in with or without an address."""
    ticks = [devices.DeviceTick(one, True, "") for one in form.get("came", ())]
    ticks += [devices.DeviceTick(one, False, "") for one in form.get("back", ())]
    name, typed = forms.one(form, "name").strip(), None
    if name:
        ticks.append(devices.DeviceTick(opened.secret_bytes(16).hex(), True, "", name))
    if forms.one(form, "address").strip():
        typed = booth.one_signup(form, opened.secret_bytes(16).hex())
    return ticks, typed


def _state(opened: site.Site, door: doors.Door) -> dict[str, Any]:
    """How things stand by our clock, as a device keeps it: names only."""
    keys = ("person", "name", "answer", "guests", "came", "at")
    people = [{key: getattr(one, key) for key in keys} for one in door.guests]
    return {
        "open": door.state == "open",
        "now": opened.clock.iso(),
        "people": people,
        "counted": door.counted,
    }


def _json(told: Mapping[str, Any], status: int = 200) -> pages.Page:
    return pages.Page(json.dumps(told), status, media_type="application/json")


def _page(opened: site.Site, door: doors.Door, path: str, typed: Any = None, verdict: str = "") -> pages.Page:
    say = phrases.of(door.language)
    is_open, is_wrong = door.state == "open", bool(verdict) and verdict != "taken"
    wrong = say.get(f"booth_wrong_{verdict}", say.get(f"booth_keep_{verdict}", "")) if is_wrong else ""
    made = pages.page(
        opened, "door.html", door.language, 410 if not is_open else 400 if is_wrong else 200, door=door,
        closed_text="" if is_open else say[f"door_{door.state}"], posts=links.to(opened, path),
        kept=path.split("/")[2], worker=links.to(opened, "/worker.js"),
        scripts=[links.to(opened, f"/{name}") for name in ("device.js", "door.js")],
        said={one: say[f"door_{one}"] if one else "" for one in ("yes", "waiting", "maybe", "no", "")},
        came=sum(one.came for one in door.guests), wrong=wrong, typed=typed if is_wrong else None,
        saved=verdict == "taken",
    )  # fmt: skip
    return pages.with_script(opened, made)
