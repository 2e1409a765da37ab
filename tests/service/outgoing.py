"""What the tests of sending share: a site whose relay is a peer of ours, members by the thousand, an edition."""

from pathlib import Path

from newsletter import site as sites
from newsletter.core import tokens
from newsletter.service import progress, queueing, sending
from tests import conftest

EDITION = """\
+++
kind = "recap"
subject = "Meeting 1: a small room"
preheader = "What we talked about, and the next date in September"
+++
Dear {{ first_name | "friend" }},

we met on Thursday and talked. [Slides](https://example.org/slides) are there.
"""
# Without an organiser: the report after a run would be one more mail.
TOML = conftest.NEWSLETTER_TOML.partition("[[organiser]]")[0]
LIST_TOML = conftest.LIST_TOML


def relay_toml(port: int, extra: str = "", sending_extra: str = "") -> str:
    """newsletter.toml with the relay on a port; extra lines for [smtp] and [sending]."""
    text = TOML.replace("port = 2525", f"port = {port}\n{extra}")
    return text + f"\n[sending]\n{sending_extra}\n" if sending_extra else text


def fill(site: sites.Site, people: list[str], slug: str = "south-hants-it", state: str = "confirmed") -> None:
    """Put people on a list, without the ledger: these tests are about what happens afterwards."""
    list_id = site.store.list_ids[slug]
    now = site.clock.iso()
    with site.store.write():
        for address in people:
            key = address.casefold()
            mac = site.tokens.address_mac(key)
            site.store.execute(
                """INSERT INTO member (address, key, mac, mailbox_mac, name, first_name, fields, created_at)
                VALUES (?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING""",
                (address, key, mac, mac, f"Ann {address[:5]}", "Ann", "{}", now),
            )
            member = site.store.value("SELECT id FROM member WHERE key = ?", (key,))
            site.store.execute(
                """INSERT INTO subscription (list, member, state, since, basis, source, consent)
                VALUES (?,?,?,?,?,?,?)""",
                (list_id, member, state, now, "consent", "sign-up sheet", 0),
            )


def people(count: int, domain: str = "example.org") -> list[str]:
    """So many addresses."""
    return [f"member{n}@{domain}" for n in range(count)]


def edition(
    site: sites.Site, text: str = EDITION, slug: str = "south-hants-it", stem: str = "2018-06-29-recap"
) -> Path:
    """Write an edition's file."""
    path = site.root / "lists" / slug / "editions" / f"{stem}.md"
    path.write_text(text, encoding="utf-8")
    return path


def queue(site: sites.Site, **order: object) -> queueing.Plan:
    """Write the edition and queue it."""
    return queueing.queue(site, edition(site), queueing.Order(**order))  # type: ignore[arg-type]


def send(site: sites.Site, **how: object) -> sending.Ended:
    """Send what is due now."""
    return sending.run(site, wait=False, **how)  # type: ignore[arg-type]


def numbers(site: sites.Site, edition_id: str = "south-hants-it/2018-06-29-recap") -> progress.Numbers:
    """The edition's numbers; they must add up."""
    found = progress.numbers(site, edition_id)
    parts = found.due + found.sending + found.sent + found.deferred + found.failed + found.unclear
    assert found.audience == parts + sum(found.skipped.values())
    return found


def states(site: sites.Site) -> dict[str, str]:
    """The state of each address's delivery."""
    return {row["address"]: row["state"] for row in site.store.rows("SELECT address, state FROM delivery")}


def return_token(mail_sender: str) -> tuple[str, str] | None:
    """Purpose and token of an envelope sender."""
    return tokens.from_mailbox(mail_sender)
