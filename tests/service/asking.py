"""Joining, confirming and links, as the pages and the mails make them, for tests."""

from newsletter import site as sites
from newsletter.core import tokens
from newsletter.service import confirming, joining

SOUTH = "south-hants-it"


def ask(opened: sites.Site, address: str, *slugs: str, **more: object) -> None:
    """Post the join form."""
    joining.ask(opened, joining.Wanted(address, slugs or (SOUTH,), **more))  # type: ignore[arg-type]


def number(opened: sites.Site, kind: str) -> tuple[int, int]:
    """Number and member of the newest request of a kind."""
    row = opened.store.row("SELECT id, member FROM request WHERE kind = ? ORDER BY id DESC LIMIT 1", (kind,))
    assert row is not None, f"there is no request '{kind}'"
    return row["id"], row["member"]


def token(opened: sites.Site, purpose: tokens.Purpose, kind: str) -> str:
    """The token of the newest request of a kind."""
    return opened.tokens.make(purpose, *number(opened, kind))


def join(opened: sites.Site, address: str, *slugs: str, **more: object) -> int:
    """The whole way onto lists; return the member's number."""
    ask(opened, address, *slugs, **more)
    confirming.confirm(opened, token(opened, "confirm", "join"))
    return number(opened, "join")[1]


def fresh(opened: sites.Site, member: int) -> str:
    """A fresh link's token, as if it had been asked for now."""
    from newsletter.service import mypage

    row = opened.store.row("SELECT address FROM member WHERE id = ?", (member,))
    assert row is not None
    mypage.ask_fresh(opened, row["address"])
    return token(opened, "fresh", "fresh")


def me(opened: sites.Site, member: int) -> str:
    """The token of my page's link in the newest mail to a member."""
    found = opened.store.value(
        "SELECT message FROM delivery WHERE member = ? ORDER BY id DESC LIMIT 1", (member,)
    )
    return opened.tokens.make("me", found or 1, member)


def state(opened: sites.Site, member: int, slug: str = SOUTH) -> str:
    """The state of a subscription, or nothing."""
    found = opened.store.value(
        "SELECT state FROM subscription s JOIN list l ON l.id = s.list WHERE s.member = ? AND l.slug = ?",
        (member, slug),
    )
    return str(found or "")


def kinds(opened: sites.Site) -> list[str]:
    """The kinds of all mails queued, oldest first."""
    rows = opened.store.rows("SELECT g.kind FROM delivery d JOIN message g ON g.id = d.message ORDER BY d.id")
    return [row["kind"] for row in rows]
