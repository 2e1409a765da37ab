"""A copy of everything that is kept about one person, for that person: you.json and you.html."""

import json
from typing import Any

from newsletter import site
from newsletter.core import chain, errors
from newsletter.service import papers, signup
from newsletter.store import (
    answers,
    attendance,
    ledger,
    members,
    questions,
    returns,
    rsvps,
    subscriptions,
    suppressions,
)


def make(opened: site.Site, member: int) -> bytes:
    """The copy as a ZIP. Raises NotFoundError when the person was forgotten."""
    told = {**tell(opened, member), "questions": _answers(opened, member)}
    language = signup.language_of(opened, [one["list"] for one in told["subscriptions"]])
    files = {
        "you.html": papers.page(
            opened,
            "you.html",
            language,
            {
                "told": told,
                "when": _whens(opened, told),
                "kept": [papers.kept(opened, language, act["kept"]) for act in told["history"]],
            },
        ),
        "you.json": json.dumps(told, ensure_ascii=False, indent=1).encode(),
    }
    return papers.zipped(files, opened.clock.now())


def tell(opened: site.Site, member: int) -> dict[str, Any]:
    """All that is kept about a person as plain values, but for what the person alone may see. Raises NotFoundError when the person was forgotten."""
    row = members.by_id(opened.store, member)
    if row is None or not row["key"]:
        raise errors.NotFoundError("nothing is known of this person any more")
    return {
        "site": opened.config.site.name,
        "contact": opened.config.site.contact,
        "now": opened.clock.iso(),
        "address": row["address"],
        "name": row["name"],
        "first_name": row["first_name"],
        "fields": members.fields(row),
        "health": row["health"],
        "health_reason": row["health_reason"],
        "known_since": row["created_at"],
        "subscriptions": _subscriptions(opened, member),
        "suppressed": [
            {"scope": one["scope"], "reason": one["reason"], "at": one["at"]}
            for one in suppressions.of(opened.store, (row["mac"], row["mailbox_mac"]))
        ],
        "history": history(opened, member),
        "evidence": _lines(opened, member, row["address"]),
        "mails": mails(opened, member),
        "rsvps": [
            {
                key: one[key]
                for key in ("title", "starts", "answer", "guests", "drinks", "note", "needs", "place", "at")
            }
            for one in rsvps.of_member(opened.store, member)
        ],
        "attended": [
            {key: one[key] for key in ("title", "starts", "at")}
            for one in attendance.of_member(opened.store, member)
        ],
        "bounces": [
            {"at": one["at"], "kind": one["kind"], "status": one["status"], "text": one["text"]}
            for one in returns.bounces(opened.store, member)
        ],
    }


def _answers(opened: site.Site, member: int) -> list[dict[str, Any]]:
    """What a person answers to questions that are open. No organiser is shown it: the page promises so."""
    return [
        {key: one[key] for key in ("question", "choice", "line", "at")}
        for one in questions.of_member(opened.store, member)
    ]


def _subscriptions(opened: site.Site, member: int) -> list[dict[str, Any]]:
    return [
        {
            "list": row["slug"],
            "title": _title(opened, row["slug"]),
            "state": row["state"],
            "since": row["since"],
            "until": row["paused_until"] or row["until"],
            "basis": row["basis"],
            "source": row["source"],
        }
        for row in subscriptions.of_member(opened.store, member)
    ]


def history(opened: site.Site, member: int) -> list[dict[str, Any]]:
    """Every event of the ledger about a person, with what is still kept of its personal part."""
    return [
        {
            "number": event["seq"],
            "at": event["effective_at"],
            "recorded_at": event["recorded_at"],
            "list": event["slug"] or "",
            "title": _title(opened, event["slug"] or ""),
            "step": event["step"],
            "state": event["state"],
            "actor": event["actor"],
            "channel": event["channel"],
            "basis": event["basis"],
            "until": event["until"],
            "wording": ledger.wording(opened.store, event["wording"]) if event["wording"] else "",
            "evidence": event["evidence"] or "",
            "receipt": chain.receipt(event["seq"], event["hash"]),
            "kept": json.loads(event["json"]) if event["json"] else None,
        }
        for event in ledger.of_member(opened.store, member)
    ]


def mails(opened: site.Site, member: int) -> list[dict[str, Any]]:
    """Every mail to a person: when, what, and what the receiving server said."""
    return [
        {
            "at": row["changed_at"],
            "address": row["address"],
            "kind": row["kind"],
            "subject": row["subject"],
            "state": row["state"],
            "reason": row["reason"] or "",
            "answer": f"{row['code'] or ''} {row['answer'] or ''}".strip(),
        }
        for row in answers.sent_to(opened.store, member)
    ]


def _lines(opened: site.Site, member: int, address: str) -> list[dict[str, Any]]:
    """Of evidence, a person's own lines only: a sheet shows others too."""
    found = []
    for row in ledger.evidence_of(opened.store, member):
        try:
            text = row["content"].decode("utf-8")
        except UnicodeDecodeError:
            text = ""
        own = [line for line in text.splitlines() if address.casefold() in line.casefold()]
        found.append({"name": row["name"], "sha256": row["hash"], "lines": own})
    return found


def _title(opened: site.Site, slug: str) -> str:
    known = opened.config.lists.get(slug)
    return known.title if known else slug


def _whens(opened: site.Site, told: dict[str, Any]) -> dict[str, str]:
    """Each time that the page shows, written for people."""
    times = [told["now"], told["known_since"]]
    for key in ("history", "mails", "subscriptions", "rsvps", "questions", "attended"):
        times += [one.get("at") or one.get("since") for one in told[key]]
    return {at: papers.when(opened, at) for at in times if at}
