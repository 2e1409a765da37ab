"""Bounces and complaints that Amazon SES reports as JSON, in mails of its notification service or in bare ones.

The relay that a group uses may be SES with its feedback sent to the bounce address this way.
"""

import json
from email.message import Message
from typing import Any

from newsletter.mail import delivery_status, reading, verdicts

_SIGNS = ("notificationType", "eventType")  # within the envelope their quotes are escaped


def find(message: Message) -> verdicts.Report | None:
    """Read a notification of SES; None when the mail is none."""
    text = reading.words(message)
    if not any(sign in text for sign in _SIGNS) or "mail" not in text:
        return None
    told = _object(text)
    sort = str(told.get("notificationType") or told.get("eventType") or "")
    if sort == "Complaint":
        who = _people(told.get("complaint"), "complainedRecipients")
        return verdicts.Report("complaint", verdicts.once([_address(one) for one in who if _address(one)]), reason="SES complaint")  # fmt: skip
    if sort == "Bounce":
        return _bounce(told.get("bounce"))
    return verdicts.Report("other", reason=verdicts.clean(f"SES notification: {sort}")) if sort else None


def _object(text: str) -> dict[str, Any]:
    """The first JSON object of a text, unwrapped from the envelope of the notification service; empty when broken."""
    begin = text.find("{")
    try:
        found, _ = (
            json.JSONDecoder(strict=False).raw_decode(text[begin:].replace("\n", " "))
            if begin >= 0
            else ({}, 0)
        )
        if isinstance(found, dict) and isinstance(found.get("Message"), str):
            found = json.loads(found["Message"], strict=False)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def fields(text: str) -> dict[str, str]:
    """The telling fields of the mail that a notification's text is about, names in lower case; empty when it is none."""
    mail = _object(text).get("mail") if any(sign in text for sign in _SIGNS) else None
    if not isinstance(mail, dict):
        return {}
    listed = mail.get("headers")
    found = {"return-path": str(mail.get("source", ""))[:2_000]}
    for one in listed[:200] if isinstance(listed, list) else []:
        if isinstance(one, dict):
            found.setdefault(str(one.get("name", "")).lower()[:80], str(one.get("value", ""))[:2_000])
    return found


def _people(told: Any, name: str) -> list[dict[str, Any]]:
    found = told.get(name) if isinstance(told, dict) else None
    return [one for one in found if isinstance(one, dict)][: verdicts.RECIPIENTS_LIMIT] if isinstance(found, list) else []  # fmt: skip


def _address(one: dict[str, Any]) -> str:
    return next(iter(reading.addresses(str(one.get("emailAddress", ""))[:400])), "")


def _bounce(told: Any) -> verdicts.Report:
    failed = [_judged(one) for one in _people(told, "bouncedRecipients")]
    if failed:
        return verdicts.worst(failed)
    return verdicts.Report("soft", reason="SES bounce without recipients")


def _judged(one: dict[str, Any]) -> verdicts.Report:
    words = str(one.get("diagnosticCode", ""))[:2_000].partition(";")
    answer = delivery_status.answer_of(0, words[2] or words[0], str(one.get("status", ""))[:10])
    address = _address(one)
    return verdicts.Report(
        delivery_status.kind_of(answer), (address,) if address else (), answer.status, answer.text
    )
