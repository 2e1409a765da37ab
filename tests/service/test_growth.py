"""How a list has grown, told by the ledger: who came by which way, who went, how many there were on each day."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest

from newsletter.core import clock, growth
from newsletter.service import (
    confirming,
    forgetting,
    imports,
    joining,
    members,
    passes,
    queueing,
    signup,
    undo,
)
from newsletter.service import growth as service
from newsletter.store import subscriptions
from tests import conftest
from tests.people import add_member, add_message
from tests.service import asking, outgoing

SLUG = "south-hants-it"


def month(first: str = "2018-06-01", last: str = "2018-06-30") -> growth.Period:
    """A period by its two days."""
    return growth.Period(date.fromisoformat(first), date.fromisoformat(last))


def leave(site, member: int) -> None:
    """Leave by the link in a mail."""
    signup.leave(site, site.tokens.make("leave", add_message(site, SLUG), member), "page")


def test_ways_and_ends_are_counted(site):
    """One added by hand, two by the web, one of them leaves: joined 3, left 1, on the list 2."""
    add_member(site, "ada@example.org", SLUG)
    asking.join(site, "ben@example.org")
    leave(site, asking.join(site, "cy@example.org"))

    found = service.of_list(site, SLUG, month())

    assert (found.members, found.before, found.joined, found.left) == (2, 0, 3, 1)
    assert found.ways == {"web": 2, "hand": 1}
    assert found.ends == {"unsubscribed": 1}
    assert found.sources == {"paper sheet": 1, "web form /join": 1}


def test_who_confirms_came_by_the_way_of_the_asking(site):
    """Somebody typed their address at the booth and confirmed by the mail: that is the booth, not the web page."""
    made = passes.open_booth(site, SLUG)
    when = site.clock.iso()
    wording = site.store.value("SELECT wording FROM pass ORDER BY id DESC LIMIT 1")
    shown = joining.Shown("booth", when, wording, "booth on 2018-06-29", {})
    asking.ask(site, "ada@example.org", shown=shown)
    confirming.confirm(site, asking.token(site, "confirm", "join"))

    found = service.of_list(site, SLUG, month())

    assert made and found.ways == {"booth": 1} and found.joined == 1


def test_a_request_is_nobody_yet(site):
    """Who asked on the web and has not confirmed is not on the list; a pause is no leaving."""
    asking.ask(site, "ada@example.org")
    ben = add_member(site, "ben@example.org", SLUG)
    members.pause(site, "ben@example.org", date(2018, 8, 1))

    found = service.of_list(site, SLUG, month())

    assert ben and (found.members, found.joined, found.left) == (1, 1, 0)


def test_an_undone_import_never_was(site, tmp_path: Path):
    """An import that was taken back is neither joined nor left; who was spared still counts."""
    file = tmp_path / "people.csv"
    file.write_text("email\nada@example.org\nben@example.org\n")
    plan = imports.apply(
        site,
        imports.Request(
            file, SLUG, source="paper sheet", given_on=date(2018, 6, 28), statement="the chair, by hand"
        ),
    )
    members.pause(site, "ada@example.org", date(2018, 8, 1))
    undo.undo(site, plan.batch)

    found = service.of_list(site, SLUG, month())

    assert (found.members, found.joined, found.left) == (1, 1, 0)
    assert found.ways == {"import": 1}


def test_days_are_those_of_the_list(site, ticking):
    """23:30 UTC on 30 June is July in London: the period goes by the list's own calendar."""
    ticking.moment = clock.parse("2018-06-30T23:30:00Z")
    add_member(site, "ada@example.org", SLUG)

    assert service.of_list(site, SLUG, month()).joined == 0
    assert service.of_list(site, SLUG, month("2018-07-01", "2018-07-31")).joined == 1


def test_forgetting_keeps_the_numbers(site):
    """A forgotten member came and went; the curve keeps the days in between."""
    ada = add_member(site, "ada@example.org", SLUG)
    forgetting.forget(site, ada, "person", "page", everything=False)

    found = service.of_list(site, SLUG, month())

    assert (found.members, found.joined, found.left, found.ends) == (0, 1, 1, {"erased": 1})


def test_the_curve_ends_at_what_the_list_says(site, ticking):
    """After months of random coming and going, the curve is at every day what the list said on that day."""
    chance, here, said = random.Random(7), [], {}
    for number in range(60):
        ticking.moment += timedelta(days=chance.randrange(1, 5))
        if here and chance.random() < 0.3:
            leave(site, here.pop(chance.randrange(len(here))))
        else:
            here.append(add_member(site, f"m{number}@example.org", SLUG))
        said[ticking.moment.date()] = sum(
            count
            for state, count in subscriptions.counts(site.store, site.store.list_ids[SLUG]).items()
            if growth.is_on(state)
        )
    last = ticking.moment.date()

    for first in (last, last - timedelta(days=20), last - timedelta(days=500)):
        points = service.of_list(site, SLUG, growth.Period(first, last)).curve
        assert points[-1].members == len(here) and points[-1].day == last
        assert len(points) <= growth.POINTS and points[0].day >= first
        for point in points:
            known = [count for day, count in said.items() if day <= point.day]
            assert point.members == (known[-1] if known else 0)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "We are 2 of 100. That is 2 more since 30 May 2018. They came by the organisers (1) and the web page (1)."),
        ("de", "Wir sind 2 von 100. Das sind 2 mehr seit dem 30. Mai 2018. Sie kamen über die Leitung (1) und die Webseite (1)."),
        ("fr", "Nous sommes 2 sur 100. Soit 2 de plus depuis le 30 mai 2018. Ils sont arrivés par les organisateurs (1) et la page web (1)."),
    ],
)  # fmt: skip
def test_the_sentence_for_a_recap(make_site, language: str, sentence: str):
    """The number, the goal, how many more, and by which ways, in the list's language."""
    site = make_site(list_toml=conftest.LIST_TOML + f'goal = 100\nlanguage = "{language}"\n')
    add_member(site, "ada@example.org", SLUG)
    asking.join(site, "ben@example.org")

    assert service.sentence(site, SLUG) == sentence


def test_since_the_last_recap(site, ticking):
    """Without a period: from the day after the last recap; those who came before it are no news."""
    add_member(site, "ada@example.org", SLUG)
    queueing.queue(site, outgoing.edition(site), queueing.Order())
    ticking.moment += timedelta(days=40)
    add_member(site, "ben@example.org", SLUG)

    found = service.of_list(site, SLUG)

    assert found.period == month("2018-06-30", "2018-08-08")
    assert (found.before, found.joined, found.members) == (1, 1, 2)
