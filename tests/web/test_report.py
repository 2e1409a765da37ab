"""The report's page: for an organiser alone, for a period of their choice, with plots that say what they show."""

import asyncio
import re
import threading
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import growth
from newsletter.service import list_reports
from newsletter.web import lane, plots, report
from tests.conftest import LIST_TOML
from tests.people import add_member, dump
from tests.web.desks import Browser

SLUG = "south-hants-it"
WORDS = plots.Words("plot", "On the list", 'From <"2"> to 3', "1 May", "2 June", "goal 100")


def test_a_stranger_sees_nothing_of_it(site, serve) -> None:
    """T38: without a session the sign-in form and 403, whether the list is there or not, byte for byte alike."""
    add_member(site, "ada@example.org", SLUG)
    server = serve(site)

    answers = [server.get(f"/desk/report/{key}") for key in (SLUG, f"{SLUG}/all", "nothing", f"{SLUG}/x/y")]

    assert {answer.status for answer in answers} == {403}
    bodies = {re.sub(r'name="stamp" value="\w+"', "", answer.body) for answer in answers}
    assert len(bodies) == 1 and "South Hants IT<" not in bodies.pop()


def test_an_organiser_chooses_the_period(site, serve) -> None:
    """The desk leads there; each period is a link, the shown one is marked; looking changes nothing."""
    add_member(site, "ada@example.org", SLUG)
    desk = Browser(serve(site)).sign_in(site)
    before = dump(site)

    assert f'href="/desk/report/{SLUG}"' in desk.get("/desk").body
    for name in ("", *list_reports.PERIODS):
        body = desk.get(f"/desk/report/{SLUG}" + (f"/{name}" if name else "")).body
        (here,) = re.findall(r'href="/desk/report/([\w/-]+)" aria-current="page"', body)
        assert here == f"{SLUG}/{name or 'year'}" and "<h1>South Hants IT</h1>" in body
    assert dump(site) == before


@pytest.mark.parametrize("key", ["nothing", f"{SLUG}/decade", f"{SLUG}/year/x", "%00", "x" * 5_000])
def test_what_is_not_there(site, serve, key: str) -> None:
    """Another list or period: 404. A POST does nothing."""
    desk = Browser(serve(site)).sign_in(site)

    assert desk.get(f"/desk/report/{key}").status == 404
    assert desk.post(f"/desk/report/{SLUG}", anything="yes").status == 400


def test_it_holds_what_people_wrote_as_text(make_site, serve) -> None:
    """T04: names and sources from outside come escaped, in the plots too; no script, no style of its own, nobody's server."""
    opened = make_site(
        list_toml=LIST_TOML.replace('"South Hants IT"', "'<b>South & Hants</b>'") + "goal = 5\n"
    )
    number = add_member(opened, "ada@example.org", SLUG, name="<script>alert(1)</script>")
    with opened.store.write():
        opened.store.execute("UPDATE subscription SET source = '<img src=x>'")
        opened.store.execute(
            "UPDATE member SET health = 'dead', health_reason = '<i>gone</i>', health_at = ? WHERE id = ?",
            (opened.clock.iso(), number),
        )

    body = str(report.alone(opened, list_reports.of_list(opened, SLUG)).content)

    for bad in ("<script", "<img", "<b>", "<i>", ' style="', "@import", "javascript:"):
        assert bad not in body
    assert "&lt;img src=x&gt;" in body and "&lt;script&gt;" in body
    assert 'href="/desk' not in body  # alone, it leads nowhere


def parsed(svg: object) -> ElementTree.Element:
    return ElementTree.fromstring(str(svg))


def test_a_plot_names_itself() -> None:
    """Role, title and sentence, for who does not see it."""
    points = [growth.Point(date(2018, 5, 1), 2), growth.Point(date(2018, 6, 2), 3)]

    svg = parsed(plots.curve(points, 100, WORDS))

    assert svg.get("role") == "img" and svg.get("aria-labelledby") == "plot-title plot-text"
    assert [(one.tag, one.get("id"), one.text) for one in svg[:2]] == [
        ("title", "plot-title", "On the list"),
        ("desc", "plot-text", 'From <"2"> to 3'),
    ]
    assert [one.text for one in svg.iter("text")] == ["50", "100", "goal 100", "3", "1 May", "2 June"]


@given(st.lists(st.integers(0, 10**7), min_size=1, max_size=70), st.none() | st.integers(1, 10**7))
def test_a_curve_stays_in_its_frame(numbers: list[int], goal: int | None) -> None:
    """Whatever the numbers: well-formed, every point within the plot, the highest above the lowest."""
    points = [growth.Point(date(2018, 1, 1) + timedelta(days=n), one) for n, one in enumerate(numbers)]

    svg = parsed(plots.curve(points, goal, WORDS))

    line = next(one for one in svg.iter("path") if one.get("class") == "plot-line")
    spots = [tuple(map(int, spot.split(","))) for spot in re.findall(r"\d+,\d+", line.get("d") or "")]
    assert all(0 <= x <= 1000 and 0 <= y <= 1000 for x, y in spots)
    assert spots[0][0] == 0 and spots[-1][0] == 1000
    ys = [y for _, y in spots[: len(numbers)]]
    assert ys.index(min(ys)) == min(n for n, one in enumerate(numbers) if ys[n] == min(ys))
    assert all(0 <= int(one.get("y") or 0) <= plots.HEIGHT for one in svg.iter("text"))


@given(st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 5_000)), min_size=1, max_size=24))
def test_bars_stay_in_their_frame(numbers: list[tuple[int, int]]) -> None:
    """Each month that has a number has a bar of its own; those who left stand below those who came."""
    spans = [
        growth.Span(date(2018 + n // 12, n % 12 + 1, 1), joined, left)
        for n, (joined, left) in enumerate(numbers)
    ]

    svg = parsed(plots.pairs(spans, [str(one.first) for one in spans], WORDS))

    bars = list(svg.iter("rect"))
    assert len(bars) == sum(bool(joined) + bool(left) for joined, left in numbers)
    for one in bars:
        top, high = int(one.get("y") or 0), int(one.get("height") or 0)
        assert top >= 0 and top + high <= plots.HEIGHT - 16


def test_nobody_waits_for_a_report(site) -> None:
    """While one that takes long is made, other pages are answered."""
    go = threading.Event()

    async def both() -> tuple[str, bool]:
        running = lane.Lane(site)
        long = asyncio.create_task(running.aside(lambda opened: go.wait(10) and opened.root == site.root))
        await asyncio.sleep(0.05)
        quick = await running.read(lambda opened: "answered")
        go.set()
        done = await long
        await running.close()
        return quick, done

    assert asyncio.run(both()) == ("answered", True)
