"""An organiser at the desk, in a real browser on this machine: the cookie holds without TLS here, and scripts see none of it."""

from newsletter.service import members, sessions
from tests.browser.conftest import DESKTOP, NARROW
from tests.service import evening
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


def test_what_is_printed_and_typed_is_fair(place: Town, visit, tmp_path) -> None:
    """Poster, names, sheet and grid on a narrow phone and a desk; a sheet is one page; a line is typed in with its scan."""
    evening.meet(place.site)
    found = []
    for size, scheme in ((NARROW, "dark"), (DESKTOP, "light")):
        chair = visit(size, scheme)
        chair.page.goto(sessions.link(place.site, CHAIR))
        chair.press("Sign in")
        for path in ("poster/south-hants-it", "names/backups", "sheet/south-hants-it"):
            chair.page.goto(f"{place.url}/desk/{path}")
            found += [f"{path}: {one}" for one in chair.faults(place.url) if one != "a cookie"]
    chair.press("Print an empty sheet")
    found += [one for one in chair.faults(place.url) if one != "a cookie"]
    assert found == []
    assert chair.page.pdf().count(b"/Type /Page\n") == 1
    code = chair.text().partition("Code of these words: ")[2][:14]

    scan = tmp_path / "sheet.jpg"
    scan.write_bytes(b"\xff\xd8 a photograph")
    chair.page.goto(f"{place.url}/desk/sheet/south-hants-it")
    for label, text in (
        ("Code of its words", code),
        ("Day on the sheet", "2018-06-28"),
        ("Collected by", "Grace"),
    ):
        chair.page.get_by_label(label).fill(text)
    chair.page.get_by_label("Scan or photo").set_input_files(scan)
    chair.page.get_by_label("E-mail address 1", exact=True).fill("zoe@example.org")
    chair.press("Save these lines")

    assert "1 added to the list." in chair.text()
    assert members.show(place.site, "zoe@example.org")["subscriptions"][0]["state"] == "attested"
