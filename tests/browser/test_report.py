"""The report at the desk, in a real browser: fair on every size and scheme, its plots within the page, its table reachable."""

from datetime import timedelta

from newsletter.core import clock
from newsletter.service import meetings, members
from tests.browser.conftest import DESKTOP, NARROW, PHONE
from tests.browser.test_desk import sign_in
from tests.people import add_member
from tests.town import Town

LONG = "Maximiliane-Theodora von und zu Hohenstaufen-Liechtenstein"


def year(place: Town) -> None:
    """Two years of a list: people come every few weeks, some leave, one address does not work, a meeting with a long name."""
    opened = place.site
    for number in range(24):
        add_member(opened, f"m{number}@example.org", "south-hants-it", name=LONG)
    members.leave(opened, "m3@example.org", None)
    wanted = meetings.Wanted("first", f"{LONG} and the rest of us", "2018-06-28 18:00")
    meetings.new(opened, opened.mailing_list("south-hants-it"), wanted)
    at = clock.iso(opened.clock.now() - timedelta(days=400))
    with opened.store.write():
        opened.store.execute("DROP TRIGGER consent_unchanged")
        opened.store.execute("UPDATE consent SET recorded_at = ? WHERE member < 9", (at,))
        opened.store.execute(
            "UPDATE member SET health = 'dead', health_reason = ?, health_at = ? WHERE id = 1", ("x" * 90, at)
        )
        opened.store.execute("INSERT INTO headcount (meeting, count, at) VALUES (1, 12, ?)", (at,))


def test_the_report_is_fair(place: Town, visit) -> None:
    """From the desk to the report, every period, on a phone and at a desk, light and dark: axe-core finds nothing."""
    year(place)
    found, chair = [], visit()
    sign_in(place, chair)
    chair.page.get_by_role("link", name="Report: South Hants IT").click()
    for size, scheme in ((NARROW, "dark"), (PHONE, "light"), (DESKTOP, "light")):
        chair.page.set_viewport_size({"width": size[0], "height": size[1]})
        chair.page.emulate_media(color_scheme=scheme)
        for name in ("30 days", "All time", "1 year"):
            chair.page.get_by_role("link", name=name).click()
            faults = chair.faults(place.url)
            found += [f"{name} at {size[0]} {scheme}: {one}" for one in faults if one != "a cookie"]
        chair.page.get_by_text("The numbers as a table").click()
        assert chair.page.get_by_role("cell", name="16").first.is_visible()
        found += [f"table at {size[0]}: {one}" for one in chair.faults(place.url) if one != "a cookie"]
        plots = chair.page.locator("svg.plot").all()
        assert [one.get_attribute("aria-labelledby") for one in plots] == [
            "growth-title growth-text",
            "pairs-title pairs-text",
        ]
        for one in plots:
            box = one.bounding_box()
            assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= size[0]

    assert found == []
