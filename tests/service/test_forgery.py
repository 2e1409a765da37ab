"""Every way to forge, against every member: nothing changes, or only what the owner of the token may do.

Each mail claims to come from a victim and names the victim's address wherever it can. What it carries is no token, a
broken one, or one of Mallory, a member too: the newest, one signed by a key since rotated, one of a mail of long ago.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from newsletter import site as sites
from newsletter.core import tokens
from newsletter.service import keys, returns
from newsletter.store import meetings
from tests.conftest import NOW, FixedClock, write_site
from tests.people import add_member
from tests.service import inbound

MAILS = Path(__file__).parent.parent / "mails"
SAMPLE_TOKEN = b"aeaaaaabaaaaaaln42i37ubqyz7rf5mbcsdrseyn"
VICTIMS = ("ada@example.org", "ben+news@example.net", "zoë@example.com")
UID = "south-hants-it-2018-09-13@lists.example.org"

Token = Callable[[tokens.Purpose], str]
Forgery = Callable[[str, Token], bytes]


def bounce(victim: str, token: Token) -> bytes:
    """A hard report about the victim's address; the token stands wherever one is looked for."""
    data = (MAILS / "dsn-postfix-hard-5.1.1.eml").read_bytes()
    data = data.replace(SAMPLE_TOKEN, token("return").encode())
    return data.replace(b"ada@example.org", victim.encode())


def complaint(victim: str, token: Token) -> bytes:
    return inbound.complaint(
        f"To: {victim}",
        f"Return-Path: <bounces+b{token('return')}@lists.example.org>",
        f"List-Unsubscribe: <http://127.0.0.1:8000/leave/{token('leave')}>",
    )


def leaving(victim: str, token: Token) -> bytes:
    to = tokens.mailbox(inbound.BOUNCES, "leave", token("leave"))
    return inbound.mail(victim, to, "unsubscribe", f"Unsubscribe {victim}")


def leaving_in_words(victim: str, token: Token) -> bytes:
    answered = f"In-Reply-To: <{token('return')}@lists.example.org>"
    return inbound.mail(victim, inbound.BOUNCES, "Re: Meeting 1", "Please remove me", answered)


def calendar(victim: str, token: Token) -> bytes:
    to = tokens.mailbox(inbound.BOUNCES, "reply", token("reply"))
    return inbound.calendar_reply(to, UID, victim).replace(b"ada@example.org", victim.encode())


def words(victim: str, token: Token) -> bytes:
    answered = f"In-Reply-To: <{token('return')}@lists.example.org>"
    return inbound.mail(victim, inbound.BOUNCES, "Re: Meeting 2", "Count me in!", answered)


FORGERIES = (bounce, complaint, leaving, leaving_in_words, calendar, words)


@dataclass(frozen=True)
class Town:
    """A site whose members were sent mail, and tokens by what is wrong with them."""

    site: sites.Site
    everybody: list[int]
    tokens: dict[str, Token]

    @property
    def mallory(self) -> int:
        return self.everybody[-1]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int], dict[str, Token]]:
    """Mail of long ago, a key that was rotated, and mail of today to Mallory and three victims."""
    ticking = FixedClock(NOW - timedelta(days=200))
    root = write_site(tmp_path_factory.mktemp("town") / "site", "futures", "south-hants-it")
    opened = sites.open_site(root, running=ticking)
    addresses = (*VICTIMS, "mallory@example.org")
    everybody = [add_member(opened, address, "south-hants-it", "futures") for address in addresses]
    mallory = everybody[-1]
    old = _sent(opened, mallory)
    before = opened.tokens
    keys.rotate(opened)
    opened.close()
    ticking.moment = NOW - timedelta(days=1)
    opened = sites.open_site(root, running=ticking)
    rotated = _sent(opened, mallory)
    ticking.moment = NOW
    new = [_sent(opened, member) for member in everybody]
    foreign = tokens.Tokens((tokens.Key(1, "token", b"x" * 32), tokens.Key(1, "suppression", b"x" * 32)))
    made: dict[str, Token] = {
        "none": lambda purpose: "x",
        "broken": _broken(_of(opened.tokens, new[0], everybody[0])),
        "foreign key": _of(foreign, new[0], everybody[0]),
        "another's": _of(opened.tokens, new[-1], mallory),
        "rotated key": _of(before, rotated, mallory),
        "long ago": _of(before, old, mallory),
    }
    opened.close()
    return root, everybody, made


@pytest.fixture
def town(built: tuple[Path, list[int], dict[str, Token]], tmp_path: Path) -> Iterator[Town]:
    """A copy of the town of its own for each test."""
    root, everybody, made = built
    shutil.copytree(root, tmp_path / "site")
    opened = sites.open_site(tmp_path / "site", running=FixedClock())
    yield Town(opened, everybody, made)
    opened.close()


def _of(signer: tokens.Tokens, message: int, member: int) -> Token:
    return lambda purpose: signer.make(purpose, message, member)


def _broken(token: Token) -> Token:
    return lambda purpose: token(purpose)[:-1] + ("b" if token(purpose).endswith("a") else "a")


def _sent(opened: sites.Site, member: int) -> int:
    """A mail that went out to a member just now and invites to the meeting in September."""
    message = inbound.sent_mail(opened, member, "south-hants-it", "futures")
    with opened.store.write():
        meeting = meetings.by_uid(opened.store, UID)
        number = meeting["id"] if meeting else meetings.add(
            opened.store, "september", 1, "Meeting 2", "2018-09-13T17:00:00.000Z", "2018-09-13T18:00:00.000Z",
            "Hall", "", UID, opened.clock.iso(),
        )  # fmt: skip
        edition = f"south-hants-it/{message}"
        opened.store.execute(
            """INSERT INTO edition (id, kind, lists, subject, source, source_hash, meeting, state, send_at, queued_at, by)
            VALUES (?, 'invitation', '[]', '', '', ?, ?, 'done', '', '', '')""",
            (edition, edition, number),
        )
        opened.store.execute("UPDATE message SET edition = ? WHERE id = ?", (edition, message))
    return message


def known(opened: sites.Site, member: int, *, hints: bool = True) -> list[tuple[object, ...]]:
    """All that is kept of a member, but for the mails that are to go to them."""
    found = [tuple(row) for row in opened.store.rows("SELECT * FROM member WHERE id = ?", (member,))]
    tables = [row["name"] for row in opened.store.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]
    for table in sorted(set(tables) - {"delivery", "member"}):
        columns = {row["name"] for row in opened.store.rows(f"PRAGMA table_info('{table}')")}
        if "member" in columns:
            rows = opened.store.rows(f"SELECT * FROM {table} WHERE member = ?", (member,))
            # A proposed answer is a hint that a chair may look at; it has no effect by itself.
            found += [tuple(row) for row in rows if hints or table != "reply" or row["state"] != "proposed"]
    mac = opened.store.value("SELECT mac FROM member WHERE id = ?", (member,))
    return [
        *found,
        *(tuple(row) for row in opened.store.rows("SELECT * FROM suppression WHERE mac = ?", (mac,))),
    ]


@pytest.mark.parametrize("which", ["none", "broken", "foreign key", "another's", "rotated key", "long ago"])
@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
def test_no_forged_mail_touches_a_victim(town: Town, forge: Forgery, which: str) -> None:
    """T19, T23, B8, L14, I11: whoever the mail speaks of, only the owner of a valid token can be touched by it."""
    opened, mallory = town.site, town.mallory
    untouched = [
        one for one in town.everybody if one != mallory or which in ("none", "broken", "foreign key")
    ]
    before = [known(opened, member, hints=False) for member in untouched]

    for victim in VICTIMS:
        for _ in range(2):
            returns.take(opened, forge(victim, town.tokens[which]) + b"\r\n")

    assert [known(opened, member, hints=False) for member in untouched] == before
    asked = opened.store.rows(
        """SELECT d.member, count(*) AS n FROM delivery d JOIN message g ON g.id = d.message
        WHERE g.kind NOT IN ('recap', 'goodbye') AND d.member <> ? GROUP BY d.member""",
        (mallory,),
    )
    assert all(row["n"] == 1 for row in asked) and (not asked or forge in (leaving, leaving_in_words))


# What Mallory's own tokens may do for Mallory, so that the table above cannot pass because nothing works at all.
@pytest.mark.parametrize(
    ("forge", "which", "acts"),
    [
        (bounce, "another's", True),
        (bounce, "rotated key", True),
        (bounce, "long ago", False),
        (complaint, "another's", True),
        (complaint, "rotated key", True),
        (complaint, "long ago", True),
        (leaving, "another's", True),
        (leaving, "rotated key", True),
        (leaving, "long ago", True),
        (leaving_in_words, "long ago", True),
        (calendar, "rotated key", True),
        (words, "rotated key", True),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_token_does_what_its_owner_may_do(town: Town, forge: Forgery, which: str, acts: bool) -> None:
    """Tokens go on working after a rotation of keys; a report about a mail of 200 days ago is a replay."""
    opened, mallory = town.site, town.mallory
    before = known(opened, mallory)

    returns.take(opened, forge("mallory@example.org", town.tokens[which]))

    assert (known(opened, mallory) != before) == acts
