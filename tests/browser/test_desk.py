"""An organiser at the desk, in a real browser on this machine: the cookie holds without TLS here, and scripts see none of it."""

from tests.browser.conftest import NARROW
from tests.town import Town

CHAIR = "chair@example.org"


def sign_in(place: Town, visitor) -> None:
    """From the form to the mail to the desk."""
    visitor.page.goto(place.url + "/desk")
    visitor.page.get_by_label("E-mail address").fill(CHAIR)
    visitor.page.wait_for_timeout(2100)
    visitor.press("Send me the link")
    visitor.page.goto(place.link(place.mail(CHAIR, "desk"), "/desk/"))
    visitor.press("Sign in")


def test_the_way_in_and_out(place: Town, visit) -> None:
    """Chromium takes a __Host- cookie on loopback; the desk is fair on every size; signing out takes the cookie away."""
    chair = visit(NARROW, "dark")
    sign_in(place, chair)
    assert "Signed in as The chair" in chair.text()
    (cookie,) = chair.page.context.cookies()
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"]) == ("__Host-desk", True, True)
    assert cookie["sameSite"] == "Strict" and chair.page.evaluate("document.cookie") == ""
    assert chair.faults(place.url) == ["a cookie"]

    chair.press("Sign out")

    assert "You are signed out" in chair.text() and chair.page.context.cookies() == []
    chair.page.goto(place.url + "/desk")
    assert "For organisers only" in chair.text()
