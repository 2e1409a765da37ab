"""Reading on the web: from the foot of a mail to the page, its picture, a search, and on paper; with no script."""

from pathlib import Path

import pytest

from newsletter.service import queueing
from tests.browser.conftest import DESKTOP, PHONE, Visitor
from tests.compose import composing
from tests.people import add_member, dump
from tests.service import outgoing
from tests.town import Town

ADA = "ada@example.org"
PICTURE = "\n\n![The room](room.png)\n\nSouthampton was warm.\n"
WHO = [
    pytest.param({"size": PHONE, "scripts": False, "scheme": "dark"}, id="phone"),
    pytest.param({"size": DESKTOP}, id="desk"),
]


def sent(place: Town, slug: str) -> str:
    """Ada got an edition of a list; return where it can be read."""
    add_member(place.site, ADA, slug, name="Ada Lovelace")
    path = outgoing.edition(place.site, outgoing.EDITION + PICTURE, slug)
    Path(path.parent, "room.png").write_bytes(composing.png(900, 90))
    queueing.queue(place.site, path, queueing.Order())
    text = place.mail(ADA, "Meeting 1")
    place.settle()
    return text.partition("Read on the web:")[2].split()[0]


def width_of_picture(visitor: Visitor) -> int:
    """How wide the one picture was loaded; 0 when it was not."""
    return int(visitor.page.get_by_role("img").evaluate("one => one.naturalWidth"))


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("slug", ["south-hants-it", "futures"])
def test_from_the_mail_to_the_page_and_on(place: Town, visit, who, slug: str) -> None:
    """Public or by the member's own link: the page, its picture, all editions, a search that finds and one that does not."""
    ada = visit(**who)
    page = ada.page
    link = sent(place, slug)
    before = dump(place.site)

    page.goto(link)
    assert "Dear friend," in ada.text()
    if who.get("scripts", True):
        assert width_of_picture(ada) == 900
    page.get_by_role("link", name="All editions").click()
    assert page.get_by_role("heading", level=1).inner_text().endswith(": all editions")
    page.get_by_label("Search in all editions").fill("southamp")
    ada.press("Search")
    assert page.locator("mark").inner_text() == "Southampton"
    results = page.url
    page.get_by_role("link", name="Meeting 1: a small room").click()
    page.wait_for_url(link)
    page.goto(results)  # Chromium's way back to a page that was put aside is at times not ready
    page.get_by_label("Search in all editions").fill("nowhere")
    ada.press("Search")
    assert "Nothing was found" in ada.text()

    assert (slug == "futures") == (len(link.removeprefix(place.url).split("/")) == 5)
    assert dump(place.site) == before


def test_on_paper(place: Town, visit) -> None:
    """The edition alone: no search, no way to join, and each link's address behind its words."""
    ada = visit(DESKTOP, "dark")
    ada.page.goto(sent(place, "south-hants-it"))
    ada.page.emulate_media(media="print")

    assert not ada.page.get_by_role("link", name="Join the list").is_visible()
    assert not ada.page.get_by_role("link", name="All editions").is_visible()
    behind = ada.page.get_by_role("link", name="Slides").evaluate(
        "one => getComputedStyle(one, '::after').content"
    )
    assert "https://example.org/slides" in behind
    ground = ada.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert ground == "rgb(255, 255, 255)"
