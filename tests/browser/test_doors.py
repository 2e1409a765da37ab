"""Two phones at one door, with and without a network: they agree in the end; the page is fair, and keeps no name too long."""

from newsletter.service import attendance, passes
from tests.browser import wire
from tests.browser.conftest import DESKTOP, NARROW, PHONE, Visitor
from tests.people import dump
from tests.service import evening
from tests.service.evening import SLUG
from tests.town import Town


def link(place: Town) -> str:
    """A new link to the door of the tests' meeting."""
    return passes.open_door(place.site, SLUG).link


def name(visitor: Visitor, who: str):
    return visitor.page.get_by_role("button", name=who)


def ready(visitor: Visitor, words: str) -> None:
    visitor.page.get_by_role("status").get_by_text(words).wait_for(timeout=8_000)


def online(visitor: Visitor) -> None:
    visitor.page.evaluate("dispatchEvent(new Event('online'))")


def test_two_phones_at_one_door(place: Town, visit) -> None:
    """One of them has no network for a while, is reloaded, ticks and unticks, adds a walk-in; then both show the same."""
    evening.meet(place.site)
    first, second = visit(PHONE), visit(PHONE)
    with wire.between(place.url) as line:
        first.page.goto(link(place).replace(place.url, line.url))
        second.page.goto(link(place))
        for phone in (first, second):
            ready(phone, "also works without a network")
        name(first, "Ada Smith").click()
        ready(first, "Here: 1. This page")

        line.cut()
        name(first, "Ben Smith").click()
        first.page.get_by_label("Name", exact=True).fill("Walter Walk-in")
        first.page.get_by_role("button", name="Add").click()
        ready(first, "Waiting for a network: 2.")
        first.page.reload()
        ready(first, "Here: 3. Waiting for a network: 2.")
        assert name(first, "Ada Smith").get_attribute("aria-pressed") == "true"
        online(second)
        ready(second, "Here: 1.")
        name(second, "Ben Smith").click()
        ready(second, "Here: 2. This page")
        name(second, "Ben Smith").click()
        name(second, "Cleo Smith").click()
        ready(second, "Here: 2. This page")
        assert attendance.tell(place.site, SLUG)["names"] == ["Ada Smith", "Cleo Smith"]

        line.mend()
        online(first)
        ready(first, "Here: 3. This page")
        online(second)
        ready(second, "Here: 3. This page")

    for phone in (first, second):
        pressed = phone.page.locator("[aria-pressed=true]").all_inner_texts()
        assert sorted(text.split("\n")[0] for text in pressed) == [
            "Ada Smith",
            "Cleo Smith",
            "Walter Walk-in",
        ]
    assert attendance.tell(place.site, SLUG)["names"] == ["Ada Smith", "Cleo Smith", "Walter Walk-in"]


def test_heads_and_a_sign_up(place: Town, visit) -> None:
    """Heads are counted; a walk-in who wants the mails agrees to the words, and gets the confirm mail."""
    evening.meet(place.site)
    phone = visit(PHONE, "dark")
    phone.page.goto(link(place))
    phone.page.get_by_label("Or count heads").fill("23")
    phone.press("Save the count")
    ready(phone, "Heads counted: 23.")
    phone.page.get_by_label("Name", exact=True).fill("Walter Walk-in")
    phone.page.get_by_text("Wants our mails").click()
    assert "may e-mail me its recaps" in phone.text()
    phone.page.get_by_label("E-mail address").fill("walter@example.org")
    phone.press("Add")

    assert place.mail("walter@example.org")
    ready(phone, "Here: 1. Heads counted: 23. This page")
    assert attendance.tell(place.site, SLUG)["people"] == 23


def test_after_its_end_no_name_stays(place: Town, visit) -> None:
    """A link that was taken back shows no name, and its page forgets those it knew."""
    evening.meet(place.site)
    phone = visit(PHONE)
    where = link(place)
    phone.page.goto(where)
    name(phone, "Ada Smith").click()
    ready(phone, "Here: 1. This page")
    passes.take_back(place.site, lambda one: True)

    phone.page.reload()
    phone.page.get_by_text("has taken this link back").wait_for()
    phone.page.wait_for_function("!JSON.stringify(localStorage).includes('Smith')")

    kept = "caches.open('newsletter').then((one) => one.keys()).then((all) => all.map((one) => one.url))"
    assert where not in phone.page.evaluate(kept)


def test_a_door_is_fair(place: Town, visit) -> None:
    """On every size, light and dark, with and without scripts; opening it changes nothing."""
    evening.meet(place.site)
    where = link(place)
    place.settle()
    before, found = dump(place.site), []
    for size, scheme in ((NARROW, "light"), (PHONE, "dark"), (DESKTOP, "light")):
        phone = visit(size, scheme)
        phone.page.goto(where)
        ready(phone, "also works")
        phone.page.get_by_text("Wants our mails").click()
        found += phone.faults(place.url)
    plain = visit(NARROW, scripts=False)
    plain.page.goto(where)
    assert found == [] and dump(place.site) == before

    name(plain, "Ada Smith").click()

    assert "Here: 1." in plain.text()
