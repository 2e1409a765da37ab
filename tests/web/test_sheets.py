"""Paper at the desk: what is printed, and the grid with a scan that is uploaded."""

import re

from newsletter.service import members
from tests.people import dump
from tests.service import evening
from tests.service.evening import SOUTH
from tests.web.desks import Browser

GRID = f"/desk/sheet/{SOUTH}"


def upload(chair: Browser, scan: bytes, **fields: str):
    """Post the grid with a file, as a browser does."""
    sent = {"form_token": chair.form_token, **fields}
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in sent.items()
    ]
    head = '--b\r\nContent-Disposition: form-data; name="scan"; filename="C:\\\\x\\\\sheet.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    body = "".join(parts).encode() + head.encode() + scan + b"\r\n--b--\r\n"
    return chair._kept(
        chair.server.post(GRID, body, "multipart/form-data; boundary=b", f"Cookie: {chair.cookie}\r\n")
    )


def code(chair: Browser) -> str:
    """The code of a sheet that is printed now."""
    return chair.post(GRID, print="yes").body.partition("Code of these words: ")[2][:14]


def test_papers_bring_their_own_style(site, serve) -> None:
    """And nothing else may be used; they are for who is signed in."""
    evening.meet(site)
    server = serve(site)
    chair = Browser(server).sign_in(site)
    for path in (f"/desk/poster/{SOUTH}", "/desk/names/backups"):
        answer = chair.get(path)
        assert answer.status == 200 and "script" not in answer.headers["content-security-policy"]
        assert re.search(r"style-src 'sha256-[\w+/=]+'", answer.headers["content-security-policy"])
        assert server.get(path).status == 403 and chair.get(path[:-1]).status == 404


def test_a_sheet_is_typed_in(site, serve) -> None:
    """Two good lines and a bad one with a scan of a megabyte; the bad one is corrected, with the scan that is on file."""
    chair = Browser(serve(site)).sign_in(site)
    chair.get(GRID)
    head = {"code": code(chair), "day": "2018-06-28", "collector": "Grace", "where": "fair"}
    lines = {
        "address.1": "ada@example.org",
        "name.1": "Ada",
        "address.2": "ben@",
        "address.5": "cleo@example.org",
    }

    answer = upload(chair, b"\xff\xd8" + b"x" * 1_000_000, **head, **lines)

    assert (
        answer.status == 400 and "2 added to the list." in answer.body and "No e-mail address." in answer.body
    )
    assert 'value="ben@"' in answer.body and 'value="ada@example.org"' not in answer.body
    kept = re.search(r'name="kept" value="(\w{64})"', answer.body)
    assert kept
    answer = chair.post(GRID, **head, kept=kept[1], **{"address.1": "ben@example.org"})
    assert answer.status == 200 and "1 added to the list." in answer.body
    assert {row["evidence"] for row in site.store.rows("SELECT evidence FROM consent")} == {kept[1]}
    assert site.store.value("SELECT name FROM evidence") == "sheet.jpg"
    event = site.store.row("SELECT json FROM consent_payload ORDER BY seq DESC LIMIT 1")
    assert '"by":"chair@example.org"' in event["json"]


def test_the_head_is_checked_before_any_line(site, serve) -> None:
    """No code, no day, no collector, no line: all of it is said, and what was typed stays."""
    chair = Browser(serve(site)).sign_in(site)
    chair.get(GRID)
    before = dump(site)

    answer = chair.post(GRID, code="x", day="2030-01-01", **{"address.1": "ada@example.org"})

    assert answer.status == 400 and 'value="ada@example.org"' in answer.body
    assert all(words in answer.body for words in ("none of this list", "still to come", "who collected"))
    assert "No line was filled in" in chair.post(GRID, code="x").body
    assert [row for row in dump(site) if '"session"' not in row] == [
        row for row in before if '"session"' not in row
    ]


def test_only_who_is_signed_in_may_upload(site, serve) -> None:
    """A stranger's file is refused as too large before it is read; an organiser's over 20 MB too; without its token 403."""
    server = serve(site)
    stranger, chair = Browser(server), Browser(server).sign_in(site)
    assert upload(stranger, b"x" * 100_000).status == 413
    assert server.post(GRID, b"", None, f"Cookie: {chair.cookie}\r\nX: " + "y\r\n").status in (400, 403)
    chair.get(GRID)
    chair.form_token = "0" * 64

    assert upload(chair, b"x" * 100_000).status == 403
    assert members.search(site, "", 5) == []
