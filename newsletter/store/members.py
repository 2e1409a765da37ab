"""Members: the person's row, found by id or by the key of the address."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any

from newsletter.core import addresses, texts
from newsletter.store import engine


def add(
    store: engine.Store, address: addresses.Address, macs: tuple[bytes, bytes], name: str, first_name: str,
    fields: Mapping[str, str], now: str,
) -> int:  # fmt: skip
    """Insert a member; return the id. `macs` are the keyed hashes of the address and of its mailbox without +tag."""
    cursor = store.execute(
        """INSERT INTO member (address, key, mac, mailbox_mac, name, first_name, fields, created_at)
        VALUES (?,?,?,?,?,?,?,?)""",
        (address.text, address.key, *macs, name, first_name, _json(fields), now),
    )
    assert cursor.lastrowid is not None
    return cursor.lastrowid


def by_key(store: engine.Store, key: str) -> sqlite3.Row | None:
    """The member whose address has this key."""
    return store.row("SELECT * FROM member WHERE key = ?", (key,))


def by_id(store: engine.Store, member: int) -> sqlite3.Row | None:
    """The member of this id, if their row is there."""
    return store.row("SELECT * FROM member WHERE id = ?", (member,))


def change(store: engine.Store, member: int, name: str, first_name: str, fields: Mapping[str, str]) -> None:
    """Write a member's name and fields."""
    store.execute(
        "UPDATE member SET name = ?, first_name = ?, fields = ? WHERE id = ?",
        (name, first_name, _json(fields), member),
    )


def change_address(
    store: engine.Store, member: int, address: addresses.Address, macs: tuple[bytes, bytes], now: str
) -> None:
    """Write a member's address; another address than before starts with a health of its own."""
    store.execute(
        "UPDATE member SET health = 'ok', health_reason = '', health_at = NULL, well_at = ? WHERE id = ? AND key <> ?",
        (now, member, address.key),
    )
    store.execute(
        "UPDATE member SET address = ?, key = ?, mac = ?, mailbox_mac = ? WHERE id = ?",
        (address.text, address.key, *macs, member),
    )


def erase(store: engine.Store, member: int) -> None:
    """Wipe everything personal of a member; the row stays, so that tokens of old mails find an erased person."""
    store.execute(
        """UPDATE member SET address = '', key = NULL, mac = NULL, mailbox_mac = NULL, name = '', first_name = '',
        fields = '{}', health = 'ok', health_reason = '', health_at = NULL, well_at = NULL WHERE id = ?""",
        (member,),
    )
    store.execute(
        "DELETE FROM consent_payload WHERE seq IN (SELECT seq FROM consent WHERE member = ?)", (member,)
    )


def suspects(store: engine.Store, after: int, limit: int) -> list[int]:
    """Members whose address is suspect, by id."""
    found = store.rows(
        "SELECT id FROM member WHERE health = 'suspect' AND id > ? ORDER BY id LIMIT ?", (after, limit)
    )
    return [row["id"] for row in found]


def set_health(store: engine.Store, member: int, health: str, reason: str, now: str) -> None:
    """Write what the address's bounces say about it."""
    store.execute(
        """UPDATE member SET health = ?1, health_reason = ?2, health_at = ?3,
        well_at = CASE WHEN ?1 = 'ok' THEN ?3 ELSE well_at END WHERE id = ?4""",
        (health, reason, now, member),
    )


def find(store: engine.Store, words: str, limit: int) -> list[sqlite3.Row]:
    """Members whose address or name holds all the words, by name; capitals and accents make no difference."""
    store.connection.create_function("folded", 1, texts.folded, deterministic=True)
    parts = texts.folded(words).split()
    where = " AND ".join("instr(folded(address || ' ' || name), ?)" for _ in parts) or "1"
    sql = f"SELECT * FROM member WHERE key IS NOT NULL AND {where} ORDER BY name, key LIMIT ?"  # noqa: S608 - only ?s
    return store.rows(sql, (*parts, limit))


def on_list(store: engine.Store, list_id: int, state: str | None) -> Iterator[sqlite3.Row]:
    """Members of a list with their subscription, by key, streaming."""
    return iter(
        store.execute(
            """SELECT member.*, subscription.state, subscription.since, subscription.until, subscription.basis,
            subscription.source FROM subscription JOIN member ON member.id = subscription.member
            WHERE subscription.list = ? AND (? IS NULL OR subscription.state = ?) AND subscription.state <> 'erased'
            ORDER BY member.key""",
            (list_id, state, state),
        )
    )


def fields(row: sqlite3.Row) -> dict[str, str]:
    """The fields of a member's row."""
    found: dict[str, str] = json.loads(row["fields"])
    return found


def _json(values: Mapping[str, Any]) -> str:
    return json.dumps({key: values[key] for key in sorted(values) if values[key]}, ensure_ascii=False)
