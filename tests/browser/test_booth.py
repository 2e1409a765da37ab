"""A booth in a real browser: off-line, reload, back on-line; nothing is lost and nothing doubled."""

from newsletter.service import members, passes
from tests.browser import wire
from tests.browser.conftest import NARROW, PHONE, Visitor
from tests.people import dump
from tests.town import Town

SOUTH = "south-hants-it"


def sign_up(visitor: Visitor, address: str, name: str = "") -> None:
    """One person at the booth, and on to the next."""
    page = visitor.page
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Name", exact=False).first.fill(name)
    page.get_by_role("button", name="Yes, sign me up").click()
    page.get_by_role("heading", name="Thank you").wait_for(timeout=8_000)
    page.get_by_role("button", name="Next person").click()


def people(place: Town) -> list[str]:
    return sorted(one["address"] for one in members.on_list(place.site, SOUTH, None))


def ready(visitor: Visitor, words: str) -> None:
    visitor.page.get_by_role("status").get_by_text(words).wait_for(timeout=8_000)


def test_offline_reload_online(place: Town, visit) -> None:
    """One with a network, two without, a reload in between, one more; back on-line all four are there, each once."""
    booth = visit(PHONE)
    page = booth.page
    with wire.between(place.url) as line:
        page.goto(passes.open_booth(place.site, SOUTH).link.replace(place.url, line.url))
        ready(booth, "also works without a network")
        sign_up(booth, "ada@example.org", "Ada Lovelace")
        ready(booth, "Sent from this device: 1.")

        line.cut()
        sign_up(booth, "ben@example.org")
        sign_up(booth, "cleo@example.org")
        ready(booth, "Waiting for a network: 2.")
        page.reload()
        ready(booth, "Waiting for a network: 2.")
        sign_up(booth, "dora@example.org")
        page.reload()
        ready(booth, "Waiting for a network: 3.")
        assert people(place) == ["ada@example.org"]
        line.mend()
        page.evaluate("dispatchEvent(new Event('online'))")
        ready(booth, "Sent from this device: 4.")

        page.reload()
        ready(booth, "Sent from this device: 4.")
    assert people(place) == [f"{name}@example.org" for name in ("ada", "ben", "cleo", "dora")]
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.includes('signup')).length") == 0
    for name in ("ada", "ben", "cleo", "dora"):
        place.mail(f"{name}@example.org")
    place.settle()
    assert all(len(place.mails(f"{name}@example.org")) == 1 for name in ("ada", "ben", "cleo", "dora"))


def test_an_answer_lost_on_its_way(place: Town, visit) -> None:
    """The server has it, the device never hears so: it is sent again, and counts once. The browser is killed in between."""
    booth = visit()
    page = booth.page
    page.goto(passes.open_booth(place.site, SOUTH).link)
    page.route(
        "**/booth/**",
        lambda route: (route.fetch(), route.abort()) if route.request.method == "POST" else route.continue_(),
    )
    sign_up(booth, "ada@example.org")
    ready(booth, "Waiting for a network: 1.")
    assert people(place) == ["ada@example.org"]
    page.unroute_all(behavior="wait")

    again = page.context.new_page()
    page.close()
    again.goto(passes.open_ones(place.site)[0].link)
    again.get_by_role("status").get_by_text("Sent from this device: 1.").wait_for(timeout=8_000)

    asked = place.site.store.value("SELECT count(*) FROM consent WHERE step = 'requested'")
    assert (people(place), asked) == (["ada@example.org"], 1)


def test_what_is_wrong_is_corrected(place: Town, visit) -> None:
    """An address that cannot be comes back to the helper, is corrected, and goes; another is thrown away."""
    booth = visit(NARROW, "dark")
    booth.page.goto(passes.open_booth(place.site, SOUTH).link)
    sign_up(booth, "postmaster@example.org")
    sign_up(booth, "ada@localhost")
    booth.page.get_by_text("postmaster@example.org: This address belongs to a job").wait_for()
    assert booth.faults(place.url) == []

    row = booth.page.get_by_role("listitem").filter(has_text="ada@localhost")
    row.get_by_role("button", name="Correct it").click()
    booth.page.get_by_label("E-mail address").fill("ada@example.org")
    booth.page.get_by_role("button", name="Yes, sign me up").click()
    booth.page.get_by_role("button", name="Throw it away").click()
    ready(booth, "Sent from this device: 1.")

    assert people(place) == ["ada@example.org"]
    assert booth.page.get_by_role("heading", name="To be corrected").count() == 0


def test_a_booth_is_fair(place: Town, visit) -> None:
    """The form, the thanks and the closed page, on a narrow phone and a desk; the next person sees nothing of the last."""
    link = passes.open_booth(place.site, SOUTH).link
    found = []
    for size, scheme in ((NARROW, "light"), (PHONE, "dark")):
        booth = visit(size, scheme)
        booth.page.goto(link)
        ready(booth, "also works")
        found += booth.faults(place.url)
        booth.page.get_by_label("E-mail address").fill("ada@example.org")
        booth.page.get_by_role("button", name="Yes, sign me up").click()
        booth.page.get_by_role("heading", name="Thank you").wait_for()
        found += booth.faults(place.url)
        booth.page.get_by_role("button", name="Next person").click()
        assert booth.page.get_by_label("E-mail address").input_value() == ""
    passes.take_back(place.site, lambda one: True)
    booth.page.goto(link)
    booth.complaints[:] = [one for one in booth.complaints if "status of 410" not in one]

    assert found + booth.faults(place.url) == []


def test_without_scripts_it_is_a_form(place: Town, visit) -> None:
    """One person after the other, by the server alone."""
    booth = visit(PHONE, scripts=False)
    booth.page.goto(passes.open_booth(place.site, SOUTH).link)
    for address in ("ada@example.org", "ben@example.org"):
        booth.page.get_by_label("E-mail address").fill(address)
        booth.press("Yes, sign me up")
        booth.page.get_by_role("link", name="Next person").click()

    assert people(place) == ["ada@example.org", "ben@example.org"]


def test_a_scanner_with_scripts_sends_nothing(place: Town, visit) -> None:
    """T17: it opens the page again and again, and nothing is posted."""
    link = passes.open_booth(place.site, SOUTH).link
    place.settle()
    before = dump(place.site)
    scanner = visit()
    for _ in range(3):
        scanner.page.goto(link)
        scanner.page.wait_for_timeout(200)

    assert dump(place.site) == before


def test_a_long_day_in_every_script(place: Town, visit) -> None:
    """Sixty people with long names in scripts that a form writes large: several sendings, none too large, each once."""
    booth = visit()
    with wire.between(place.url) as line:
        booth.page.goto(passes.open_booth(place.site, SOUTH).link.replace(place.url, line.url))
        ready(booth, "also works without a network")
        line.cut()
        booth.page.evaluate(
            """() => { for (let one = 0; one < 60; one++) {
            const id = device.number();
            device.keep("signup", id, {id, at: device.now(), address: `p${one}@example.org`, name: "王".repeat(190),
              fields: {company: "会社".repeat(300)}, wording: device.page.dataset.wording, collector: ""}); } }"""
        )
        line.mend()
        booth.page.evaluate("dispatchEvent(new Event('online'))")
        ready(booth, "Sent from this device: 60.")

    assert len(people(place)) == 60
