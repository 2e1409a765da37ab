"""newsletter meeting answers, meeting capacity: who comes, who waits, and what came by mail."""

from typing import TYPE_CHECKING, Any

import click

from newsletter.cli import door

if TYPE_CHECKING:
    from newsletter import site

_ORDER = ("in", "offered", "waiting", "lapsed", "maybe", "no")


@click.command(cls=door.Command)
@click.argument("slug")
@click.option(
    "--accept",
    "accepted",
    type=int,
    multiple=True,
    metavar="ID",
    help="Accept a proposed answer; repeatable.",
)
@click.option(
    "--drop", "dropped", type=int, multiple=True, metavar="ID", help="Drop a proposed answer; repeatable."
)
@door.pass_door
def answers(asked: door.Door, slug: str, accepted: tuple[int, ...], dropped: tuple[int, ...]) -> None:
    """Say who comes: the numbers, each person's answer with guests, needs and note, who waits, and what came by mail.

    An answer in a person's own words is a proposal: it counts once you accept it. At a terminal each is asked for, and
    takes one key: a to accept, d to drop, s to leave it for later. Scripts name its number.

    \b
    newsletter meeting answers backups --accept 12 --drop 13
    """
    from newsletter.service import proposals, rsvps

    with asked.open() as opened:
        for number in accepted:
            asked.note(_became(proposals.accept(opened, slug, number)))
        for number in dropped:
            asked.note(_became(proposals.drop(opened, slug, number)))
        found = rsvps.answers(opened, slug)
        if asked.json or not asked.can_ask or accepted or dropped or not found["by_mail"]:
            asked.show(found, lambda: _print(found))
        else:
            _print(found)
            _ask_each(asked, opened, slug, found["by_mail"])


def _ask_each(asked: door.Door, opened: "site.Site", slug: str, proposed: list[dict[str, Any]]) -> None:
    """Ask for each proposed answer what is to become of it, by one key."""
    from newsletter.service import proposals

    for one in proposed:
        click.echo(f"{_person(one)}: {one['answer']}?{_words(one)}")
        click.echo("  a accept, d drop, s skip, q stop: ", nl=False)
        key = ""
        while key not in ("a", "d", "s", "q"):
            key = click.getchar()[:1].lower()  # an arrow key is several characters
        click.echo(key)
        if key == "q":
            return
        if key == "a":
            asked.note(_became(proposals.accept(opened, slug, one["id"])))
        elif key == "d":
            asked.note(_became(proposals.drop(opened, slug, one["id"])))


def _became(one: dict[str, Any]) -> str:
    """What became of a proposed answer, in a line."""
    told = {
        "in": "counts as yes",
        "waiting": "counts as yes and waits for a place: the meeting is full",
        "dropped": "was dropped",
        "over": "does not count: the meeting is over",
        "cancelled": "does not count: the meeting is cancelled",
        "settled": "was settled before",
        "gone": "does not count: the person was forgotten",
    }
    return f"{one['id']} {_person(one)}: {told.get(one['became'], 'counts as ' + one['answer'])}"


def _print(found: dict[str, Any]) -> None:
    cancelled = " (cancelled)" if found["state"] == "cancelled" else ""
    click.echo(f"{found['title']}, {found['when']}{cancelled}")
    limit = f" of {found['capacity']}" if found["capacity"] else ""
    drinks = f"; {found['drinks']} for {found['then']}" if found["then"] else ""
    click.echo(
        f"  {found['yes']} yes (with guests {found['people']} people{limit}), "
        f"{found['maybe']} maybe, {found['no']} no{drinks}"
    )
    if found["waiting"] or found["offered"]:
        click.echo(
            f"  {found['offered']} offered a place (with guests {found['people_offered']} people), "
            f"{found['waiting']} waiting (with guests {found['people_waiting']} people)"
        )
    for group in _ORDER:
        rows = [one for one in found["answers"] if group in (one["place"], one["answer"])]
        for one in sorted(rows, key=lambda row: row["position"] or 0):
            click.echo(f"  {_standing(one):<5}  {_person(one)}{_more(one)}")
    for one in found["by_mail"]:
        click.echo(f"  by mail, not counted: {one['id']}  {one['answer']}  {_person(one)}{_words(one)}")
    if not found["answers"]:
        click.echo("  Nobody has answered yet. People answer by the buttons in the mail.")
    if found["by_mail"]:
        click.echo(
            f"Accept or drop them: newsletter meeting answers {found['meeting']} --accept ID --drop ID"
        )


def _standing(one: dict[str, Any]) -> str:
    if one["place"] == "waiting":
        return f"waiting {one['position']}"
    if one["place"] == "offered":
        return f"offered until {one['until']}"
    return {"lapsed": "let the offer pass"}.get(one["place"], str(one["answer"]))


def _person(one: dict[str, Any]) -> str:
    if not one["address"]:
        return "(forgotten)"
    return f"{one['name']} <{one['address']}>" if one["name"] else str(one["address"])


def _words(one: dict[str, Any]) -> str:
    return f' "{one["words"]}"' if one["words"] else ""


def _more(one: dict[str, Any]) -> str:
    parts = [f"+{one['guests']}"] if one["guests"] else []
    parts += {"yes": ["then too"], "no": ["not then"]}.get(one["drinks"], [])
    parts += [f"needs: {one['needs']}"] if one["needs"] else []
    parts += [f'"{one["note"]}"'] if one["note"] else []
    return "".join(f"  {part}" for part in parts)


@click.command(cls=door.Command)
@click.argument("slug")
@click.argument("places", metavar="NUMBER|none")
@door.pass_door
def capacity(asked: door.Door, slug: str, places: str) -> None:
    """Say how many people a meeting holds, guests counted; none takes the limit away.

    More places are offered at once to those who wait. Nobody loses a place when there are fewer: there is no new one
    then until enough were given back.
    """
    from newsletter.core import errors
    from newsletter.service import places as service

    if places != "none" and not (places.isascii() and places.isdecimal()):
        raise errors.UsageError(f"'{places}' is no number of places", "Give a number, or none for no limit.")
    with asked.open() as opened:
        found = service.set_capacity(opened, slug, None if places == "none" else int(places[:9]))
    asked.show(found, lambda: _print_capacity(found))


def _print_capacity(found: dict[str, Any]) -> None:
    limit = f"holds {found['capacity']} people" if found["capacity"] else "has no limit"
    numbers = found["answers"]
    click.echo(f"{found['meeting']} {limit}; {numbers['people']} have a place, {numbers['waiting']} wait")
    if found["capacity"] and numbers["people"] > found["capacity"]:
        click.echo("  Nobody is sent away: there is no new place until enough were given back.")
