"""Socitm 2010, by the real command, the real pages and a real SMTP server: the President's weekly letter to three lists.

A member of several lists gets one copy and can leave one list without losing the letter. What everybody may read is
on the web with a feed; what the board and the Futures group got, only their own members read there.
"""

import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from newsletter import shipped
from newsletter.mail import catcher
from tests.flows import group as story
from tests.flows.group import Group, address, some, text_of

PRESIDENT, FUTURES, BOARD = "socitm-president", "socitm-futures", "socitm-board"
# m01 to m30 get the letter as members of the society; of them ten are in the Futures group, five on the board, two in
# both. Three more sit on the board alone.
ON = {PRESIDENT: some(1, 30), FUTURES: some(5, 14), BOARD: some(13, 17) | some(31, 33)}
ALL = 33
FIRST = "2010-03-28-a-full-week"
SECOND = """\
This was a quieter week, and I spent it listening. Three councils showed me what they share already, and none of them had
been asked about it before.

## What I bring back

Sharing begins with a list of what each of us has. The [list that Northampton made](https://example.org/list) is a start.
"""


@pytest.fixture
def society(tmp_path: Path) -> Iterator[Group]:
    """The three lists as they are shipped, filled from the society's own files, and a server that takes every mail."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    root = tmp_path / "site"
    for slug in ON:
        shutil.copytree(shipped.folder("lists") / slug, root / "lists" / slug)
    for name in ("new", "cur", "tmp"):
        (root / "returns" / name).mkdir(parents=True)
    with catcher.catching(tmp_path / "caught") as taken:
        toml = story.TOML.format(slug="socitm", web=port, smtp=taken.port)
        (root / "newsletter.toml").write_text(toml, encoding="utf-8")
        found = Group(root, PRESIDENT, ALL, f"http://127.0.0.1:{port}", taken)
        for slug, who in ON.items():
            file = tmp_path / f"{slug}.csv"
            file.write_text(
                "email,name\n" + "".join(f"{address(one)},Pat {one.upper()}\n" for one in sorted(who))
            )
            found.chair(
                "2010-03-28T08:00:00Z", "member", "import", file, "--list", slug, "--basis", "membership",
                "--source", "membership roll of 2010", "--until", "2011-01-31", "--apply",
            )  # fmt: skip
        yield found


def test_the_letter_of_every_week(society: Group) -> None:
    """Two letters, one leaving between them, and what of it can be read by whom."""
    _first_letter(society)
    with society.serving("2010-03-29T18:00:00Z"):
        _nothing_private_is_open(society)
        _leave_the_board_alone(society)
    _second_letter(society)
    with society.serving("2010-04-05T18:00:00Z"):
        _the_archive(society)


def _first_letter(society: Group) -> None:
    plan = society.chair("2010-03-29T07:00:00Z", "send", society.editions / f"{FIRST}.md")

    assert "Goes to    33" in plan
    assert society.have("A full week") == some(1, ALL), "one copy each, also of those on two or three lists"
    of_three, of_board = society.mails("m13", "A full week")[0], society.mails("m31", "A full week")[0]
    assert "socitm-president" in of_three["List-Id"]
    assert "president@socitm.example.org" in of_three["From"]
    foot = " ".join(text_of(of_three).split())
    assert "The President’s letter, Socitm Futures and Socitm board" in foot
    assert "Dear Pat," in text_of(of_three)
    assert "socitm-board" in of_board["List-Id"]
    assert "board@socitm.example.org" in of_board["From"]
    assert of_three["List-Archive"] == f"<{society.url}/archive/{PRESIDENT}/>"
    assert of_board["List-Archive"] is None, "the board's archive is nobody's but the board's"


def _nothing_private_is_open(society: Group) -> None:
    """A stranger reads the President's letters; of the other lists not one address opens."""
    assert _status(f"{society.url}/archive/{PRESIDENT}/{FIRST}") == 200
    for slug in (FUTURES, BOARD):
        for rest in ("", "/", "/feed.xml", f"/{FIRST}", f"/{PRESIDENT}_{FIRST}", "/?q=week", f"/{'a' * 40}/"):
            assert _status(f"{society.url}/archive/{slug}{rest}") == 404, (slug, rest)
    assert _web_link(society, "m01") == f"{society.url}/archive/{PRESIDENT}/{FIRST}"
    mine = _web_link(society, "m31")
    assert re.fullmatch(rf"{society.url}/archive/{BOARD}/[a-z2-7]{{40}}/{PRESIDENT}_{FIRST}", mine)
    assert "Partners in Professionalism" in _page(mine)
    assert _status(mine.replace(BOARD, FUTURES)) == 404, "of the board, not of the Futures group"


def _leave_the_board_alone(society: Group) -> None:
    """m13 opens the link of the mail, unticks two of three boxes and leaves the board; m31 leaves by one click."""
    link = _leave_link(society, "m13")
    page = _page(link)
    assert all(f'name="list.{slug}"' in page for slug in ON)
    with urlopen(link, urlencode({f"list.{BOARD}": "yes", "leave": "yes"}).encode()) as answer:
        assert answer.status == 200
    mine = _web_link(society, "m31")
    with urlopen(_leave_link(society, "m31"), b"List-Unsubscribe=One-Click") as answer:
        assert answer.status == 200
    assert _status(mine) == 404, "who left reads no longer what is the board's"


def _second_letter(society: Group) -> None:
    said = society.chair(
        "2010-04-05T06:00:00Z", "new", "letter", "--list", PRESIDENT, "--title", "A quieter week"
    )
    file = next(Path(word) for word in said.split() if word.endswith(".md"))
    head = file.read_text(encoding="utf-8").partition("Dear")[0]
    head = re.sub(
        r'preheader = "".*', 'preheader = "Three councils, and what they share without knowing it"', head
    )
    head = head.replace("subject", f'lists = ["{PRESIDENT}", "{FUTURES}", "{BOARD}"]\nsubject', 1)
    file.write_text(f'{head}Dear {{{{ first_name | "colleague" }}}},\n\n{SECOND}', encoding="utf-8")
    society.chair("2010-04-05T06:30:00Z", "send", file)

    assert society.have("A quieter week") == some(1, 30) | some(32, 33)
    assert len(society.mails("m13", "A quieter week")) == 1
    foot = " ".join(text_of(society.mails("m13", "A quieter week")[0]).split())
    assert "The President’s letter and Socitm Futures" in foot
    assert "Socitm board" not in foot


def _the_archive(society: Group) -> None:
    """Both letters, the newest first; the feed has them whole; the search finds them; the board has its own."""
    here = f"{society.url}/archive/{PRESIDENT}/"
    front = _page(here)
    assert front.index("A quieter week") < front.index("A full week")
    assert "Dear colleague," in _page(here + FIRST)
    assert "A full week" in _page(here + "?q=northampton+budget")
    assert "A quieter week" not in _page(here + "?q=northampton+budget")
    feed = _page(here + "feed.xml")
    assert feed.count("<entry>") == 2 and "@" not in feed
    board = _web_link(society, "m32")
    assert "A quieter week" in _page(board.rpartition("/")[0] + "/")
    assert "A quieter week" in _page(society.url + "/")


def _web_link(society: Group, who: str) -> str:
    found = re.search(rf"{society.url}/archive/\S+", text_of(society.mails(who)[-1]))
    assert found is not None
    return found[0]


def _leave_link(society: Group, who: str) -> str:
    found = re.search(rf"{society.url}/leave/[a-z2-7]{{40}}", text_of(society.mails(who)[-1]))
    assert found is not None
    return found[0]


def _page(url: str) -> str:
    with urlopen(url) as answer:
        return str(answer.read().decode())


def _status(url: str) -> int:
    try:
        with urlopen(url) as answer:
            return int(answer.status)
    except HTTPError as problem:
        return problem.code
