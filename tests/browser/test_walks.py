"""What members do, as they do it: on a phone without scripts and on a desk, from the form to the mail and back."""

import io
import zipfile

import pytest

from newsletter.core import errors
from newsletter.core import rsvps as rules
from newsletter.service import members, places, questions, queueing, rsvps
from tests.browser.conftest import DESKTOP, PHONE
from tests.people import add_member
from tests.service import coming, outgoing, wondering
from tests.town import Town

ADA = "ada@example.org"
WHO = [
    pytest.param({"size": PHONE, "scripts": False, "scheme": "dark"}, id="phone"),
    pytest.param({"size": DESKTOP}, id="desk"),
]


def states(place: Town, address: str = ADA) -> dict[str, str]:
    return {one["list"]: one["state"] for one in members.show(place.site, address)["subscriptions"]}


def recap(place: Town, *slugs: str) -> str:
    """Ada is a member of these lists and got a recap of the last one; return its text."""
    add_member(place.site, ADA, *slugs, name="Ada Lovelace")
    queueing.queue(place.site, outgoing.edition(place.site), queueing.Order())
    return place.mail(ADA, "Meeting 1")


@pytest.mark.parametrize("who", WHO)
def test_join_to_welcome(place: Town, visit, who) -> None:
    """Two boxes, an address, a slip on the way; the mail's button; the welcome mail with the receipt."""
    ada = visit(**who)
    page = ada.page
    page.goto(place.url)
    page.goto(place.url + "/join")
    assert not page.get_by_label("Futures").is_checked()
    page.get_by_label("Futures").check()
    page.get_by_label("South Hants IT").check()
    page.get_by_label("E-mail address").fill("ada@")
    page.get_by_label("Name").fill("Ada Lovelace")
    page.wait_for_timeout(2100)
    ada.press("Yes, sign me up")
    assert "does not look like an e-mail address" in ada.text()
    assert page.get_by_label("Futures").is_checked()
    page.get_by_label("E-mail address").fill(ADA)
    ada.press("Yes, sign me up")
    assert "look into your mailbox" in ada.text()

    page.goto(place.link(place.mail(ADA), "/c/"))
    assert states(place) == {"futures": "requested", "south-hants-it": "requested"}
    ada.press("Yes, put me on the list")

    assert "You are on the list" in ada.text()
    assert states(place) == {"futures": "confirmed", "south-hants-it": "confirmed"}
    welcome = place.mail(ADA, count=2)
    assert place.link(welcome, "/leave/")
    assert members.show(place.site, ADA)["name"] == "Ada Lovelace"


@pytest.mark.parametrize("who", WHO)
def test_leave_and_undo(place: Town, visit, who) -> None:
    """One press leaves, without login, typing or reason; one press brings everything back."""
    ada = visit(**who)
    ada.page.goto(place.link(recap(place, "south-hants-it"), "/leave/"))
    ada.press("Leave now")
    assert "You have left" in ada.text() and states(place) == {"south-hants-it": "unsubscribed"}

    ada.press("Undo: stay on the list")

    assert "You are back" in ada.text() and states(place) == {"south-hants-it": "attested"}


@pytest.mark.parametrize("who", WHO)
def test_answer_an_invitation(place: Town, visit, who) -> None:
    """From the mail's button: yes with two guests and a note; the receipt's link changes it to no."""
    add_member(place.site, ADA, "south-hants-it", name="Ada Lovelace")
    coming.invite(place.site)
    ada = visit(**who)
    page = ada.page
    page.goto(place.link(place.mail(ADA, "second meeting"), "/rsvp/") + "/maybe")
    assert "You chose “Maybe” in the mail" in ada.text()
    assert "Thursday 13 September 2018, 18:00 to 19:00" in ada.text() and ADA not in ada.text()
    page.get_by_label("Guests you bring").select_option("2")
    page.get_by_label("Afterwards: drinks downstairs").select_option("yes")
    page.get_by_label("What you eat, or need to get in").fill("no nuts")
    page.get_by_label("A note to the organisers").fill("See you,")
    page.get_by_label("A note to the organisers").press("Enter")
    page.get_by_label("A note to the organisers").press_sequentially("friends")
    ada.press("Yes, I come")
    assert "Thank you, noted" in ada.text()

    receipt = place.mail(ADA, "Your answer")
    assert "guests: 2" in receipt and "nuts" not in receipt
    page.goto(place.link(receipt, "/rsvp/"))
    assert "Your answer so far: yes, I come; guests: 2" in ada.text()
    ada.press("No, I cannot")

    assert "perhaps next time" in ada.text()
    (found,) = rsvps.answers(place.site, coming.SLUG)["answers"]
    assert (found["answer"], found["guests"], found["drinks"]) == ("no", 2, "yes")
    assert (found["needs"], found["note"]) == ("no nuts", "See you, friends")


@pytest.mark.parametrize("who", WHO)
def test_wait_for_a_place_and_take_it(place: Town, visit, who) -> None:
    """Full: the page says so before and after; the offer's button leads to one press, and the place is there."""
    ben = add_member(place.site, "ben@example.org", "south-hants-it", name="Ben")
    add_member(place.site, ADA, "south-hants-it", name="Ada Lovelace")
    message = coming.invite(place.site)
    places.set_capacity(place.site, coming.SLUG, 1)
    rsvps.answer(place.site, coming.token(place.site, ben), rules.Rsvp("yes"))
    ada = visit(**who)
    ada.page.goto(place.link(place.mail(ADA, "second meeting"), "/rsvp/") + "/yes")
    assert "The meeting is full" in ada.text()
    ada.press("Yes, I come")
    assert "You are on the waiting list" in ada.text() and "Your turn in the queue: 1" in ada.text()
    assert "Your turn in the queue: 1" in place.mail(ADA, "waiting list")

    rsvps.answer(place.site, coming.token(place.site, ben, message), rules.Rsvp("no"))
    ada.page.goto(place.link(place.mail(ADA, "A place is free"), "/rsvp/") + "/yes")
    assert "A place is free for you. We keep it until" in ada.text()
    ada.press("Yes, I take it")

    assert "You have a place." in ada.text()
    assert "you have a place" in place.mail(ADA, "Your answer")


@pytest.mark.parametrize("who", WHO)
def test_my_page(place: Town, visit, who) -> None:
    """From the leave page to one's own: a pause and its end, leave one list, join another."""
    ada = visit(**who)
    page = ada.page
    page.goto(place.link(recap(place, "futures", "south-hants-it"), "/leave/"))
    page.get_by_role("link", name="Go to your page").click()
    assert "a****@example.org" in ada.text() and ADA not in ada.text()

    page.get_by_label("Until").select_option(index=2)
    ada.press("Pause all mail")
    assert states(place) == {"futures": "paused", "south-hants-it": "paused"}
    page.get_by_role("button", name="End the pause").first.click()
    assert states(place) == {"futures": "attested", "south-hants-it": "paused"}
    ada.press("Leave Futures")
    assert states(place)["futures"] == "unsubscribed"
    page.get_by_label("The letter to members").check()
    ada.press("Join what is ticked")
    assert states(place)["members-letter"] in ("confirmed", "requested")


@pytest.mark.parametrize("who", WHO)
def test_see_change_and_be_forgotten(place: Town, visit, who) -> None:
    """Type the address, follow the link that comes, read what was agreed, change the name, copy all, and be forgotten."""
    recap(place, "south-hants-it")
    ada = visit(**who)
    page = ada.page
    page.goto(place.url + "/me")
    page.get_by_label("E-mail address").fill(ADA)
    page.wait_for_timeout(2100)
    ada.press("Send me the link")
    page.goto(place.link(place.mail(ADA, count=2), "/me/"))
    assert ADA in ada.text() and "you gave your consent" in ada.text()

    page.get_by_label("Name", exact=True).fill("Ada King")
    ada.press("Save")
    assert members.show(place.site, ADA)["name"] == "Ada King"
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download the copy").click()
    with zipfile.ZipFile(io.BytesIO(coming.value.path().read_bytes())) as copy:
        assert sorted(copy.namelist()) == ["you.html", "you.json"]
    page.get_by_label("Forget everything").check()
    ada.press("Forget me")
    assert "Really forget?" in ada.text() and members.find(place.site, ADA)
    ada.press("Yes, erase it all now")

    assert "You are forgotten" in ada.text()
    with pytest.raises(errors.NotFoundError):
        members.find(place.site, ADA)


def test_not_me(place: Town, visit) -> None:
    """Somebody else typed the address: the mail's other link blocks it, and no second mail can be asked for."""
    eve = visit()
    for number in range(2):
        eve.page.goto(place.url + "/join/futures")
        eve.page.get_by_label("E-mail address").fill(ADA)
        eve.page.wait_for_timeout(2100)
        eve.press("Yes, sign me up")
        if number == 0:
            text = place.mail(ADA)
            links = [link for link in place.links() if "/c/" in link]
            ada = visit(PHONE)
            for link in links:
                ada.page.goto(link)
                if "Block this address" in ada.text():
                    ada.press("Block this address")
                    break
            assert "is blocked" in ada.text() and text

    assert len(place.mails(ADA)) == 1


def test_by_keyboard_alone(place: Town, visit) -> None:
    """Tab and Enter are enough to leave, and the focus is always seen."""
    ada = visit()
    ada.page.goto(place.link(recap(place, "south-hants-it"), "/leave/"))
    for _ in range(10):
        ada.page.keyboard.press("Tab")
        ring = ada.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert ring != "none"
        if ada.page.evaluate("document.activeElement.tagName") == "BUTTON":
            break

    with ada.page.expect_navigation():
        ada.page.keyboard.press("Enter")

    assert states(place) == {"south-hants-it": "unsubscribed"}


@pytest.mark.parametrize("who", WHO)
def test_answer_a_question(place: Town, visit, who) -> None:
    """From a button of the mail: the choice is ticked, one press sends it; the same link changes it, and shows the result."""
    add_member(place.site, ADA, "south-hants-it", name="Ada Lovelace")
    wondering.ask(place.site, has_line=True)
    link = place.link(place.mail(ADA, "a small room"), "/ask/")
    ada = visit(**who)
    ada.page.goto(link + "/2")
    assert ada.page.get_by_label("The Parsons Table").is_checked()

    ada.press("Send my answer")

    assert "Your answer: The Parsons Table." in ada.text() and wondering.votes(place.site) == [0, 1, 0]
    ada.page.get_by_role("link", name="Change my answer").click()
    ada.page.get_by_label("Something else, in the line below").check()
    ada.page.get_by_label("A line of your own, if you like").fill("Tech & Tea")
    ada.press("Send my answer")
    assert wondering.votes(place.site) == [0, 0, 0]
    assert questions.close(place.site, "name")["lines"] == ["Tech & Tea"]
    ada.page.goto(link)
    assert "This question is closed." in ada.text() and "Answers in all: 1" in ada.text()
