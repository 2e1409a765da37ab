"""Find whom the text of a report says it could not reach. Texts of strangers: every pattern is bounded.

Four strengths, the strongest that finds anybody decides: a field that names them, a line that begins with the address, a
sentence about it, and last an address that the returned mail was written to.
"""

import bisect
import itertools
import re
from dataclasses import dataclass

from newsletter.mail import reading, verdicts

_ONE = reading.ADDRESS.pattern
_LABEL = (
    r"(?:(?:final|original|intended|failed|invalid|bad|unknown|affected|envelope)[- ])?(?:recipients?|addressee|rcpt)(?:\(s\))?(?: e-?mail)?(?:[- ]?address(?:es)?)?(?: name)?|to|address|user|username|mailbox|e-?mail(?: address)?"
    r"|(?:failed|bad|invalid|undeliverable|delivered) (?:addresses|address|to)|rcpt to|original address|empfänger(?:adresse)?|an|destinataire|adresse|à|destinatario|destinatário|destinatari|para|a|получатель|адрес|адресат|宛先|收件人|to be delivered to"
)  # fmt: skip
_LINES = (
    re.compile(r"^.{0,120}(?:smtp|rfc-?822)=([\w.!#$%&*+/?^{|}~-]{1,80}@[\w.-]{1,120}\w)", re.IGNORECASE),
    re.compile(rf"^[ \t>*•#=|-]{{0,12}}[<\[\"']?(?:mailto:|smtp:|rfc822;)?\s?({_ONE})(?:[ \t]?[<(](?:mailto:|smtp:)?[^<>()\s]{{3,200}}[>)])?[>\]\"']?\.{{0,3}}[ \t]*[:;,]?[ \t]*$", re.IGNORECASE),
    re.compile(rf"^[ \t]{{0,8}}\"?[^\"<>\n]{{0,80}}\"? ?[<(\[](?:mailto:|smtp:)?({_ONE})[>)\]][ \t]*[:;,.]?[ \t]*$", re.IGNORECASE),
    re.compile(rf"^[ \t*•-]{{0,12}}\[(?:smtp:)?({_ONE})\]", re.IGNORECASE),
    re.compile(rf"^[ \t>*•|-]{{0,12}}<(?:mailto:|smtp:)?({_ONE})>[ \t]*[:(,;.\-–]?", re.IGNORECASE),
    re.compile(rf"^[ \t*•-]{{0,12}}\"?({_ONE})\"?(?:\.\.\.|[ \t]*[:;\[(–]|[ \t]+(?:-|on\b|\[|\(|\S+ ))", re.IGNORECASE),
    re.compile(rf"^[ \t*•-]{{0,12}}(?:{_LABEL})[ \t]*[:=][ \t]*(?:rfc822;|smtp;|smtp:)?[ \t]*(?:\"[^\"]{{0,60}}\"[ \t]*)?[<\[(']?(?:mailto:|smtp:)?({_ONE})", re.IGNORECASE),
    re.compile(rf"^[ \t]{{0,8}}[45]\d\d[ -](?:[45]\.\d{{1,3}}\.\d{{1,3}} )?<?({_ONE})>?(?:\.\.\.|:|,| is| does| -|$|\s)", re.IGNORECASE),
    re.compile(rf"^[ \t]{{0,12}}(?:[^<>@\n]{{1,60}} )?<({_ONE})>[ \t]*(?:[:(]|\.\.\.)", re.IGNORECASE),
)  # fmt: skip
_SENTENCE = re.compile(
    rf"(?:\b(?:to|for|generated from|expanded from|recipients?|users?|mailbox|address(?:es)?|account|named?|errors:|adresse|an|à|para|a|di|für|person|e-?mail|rcpt to|reach|following recipient\(s\))|[:(=])[ \t]{{0,12}}[:(]?\n?[ \t]{{0,12}}[<\[\"'(]{{0,2}}(?:mailto:|smtp:)?({_ONE})",
    re.IGNORECASE,
)  # fmt: skip
# Lines that name somebody else: who wrote, whom to ask, ids.
_OTHERS = re.compile(
    r"^[ \t>*-]{0,8}(?:from|sender|reply-to|message-?id|return-path|references|in-reply-to|mail from|envelope-?from|reporting-mta|original[- ]sender|sender[- ]address|sender-mta|original-envelope-id|absender|von|expéditeur|de|remitente|da|mittente|от|cc|list-\w+|subject|betreff|x-[\w-]+)[ \t]*[:=<]"
    r"|\bmail from:|message-?id|<<< 250|>>> mail|(?:please|contact|e-?mail|write|mailto|assistance|questions?|help|support|bitte|kontakt|forward(?:ed)? (?:this|to)|report (?:this|it)|postmaster|send (?:mail|a message|an e-?mail)) [^@\n]{0,80}\S+@\S+ ?(?:for|if|and|with|or|to|\.|$)|\bby \S+@|sent by|message (?:sent )?from|mail from|originally from|your message from|sender <",
    re.IGNORECASE,
)  # fmt: skip
_SUMMARY = re.compile(
    r"(?:^[ \t*>-]{0,12}(?:from|to|cc|bcc|subject|sent|date|message-?id|received on|von|an|betreff|gesendet|de|à|objet|envoyé)[ \t]*:[^\n]{0,500}\n(?:[ \t]*\n)?(?:[ \t]{2,}[^\s:]{1,100}\n){0,3}){3,}",
    re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
_ROLES = re.compile(r"(?:post_?master|mailer-?daemon|mail-?daemon|mdaemon|abuse|no-?reply|donotreply|do-not-reply|support|help-?desk|hostmaster|webmaster|mail-?admin|noc|[\w.]{1,60}-(?:ctl|request|owner|admin|bounces|help|(?:un)?subscribe))@", re.IGNORECASE)  # fmt: skip
_IDS = re.compile(
    r"^(?!\d{6,15}@)(?:[0-9a-f.$-]{12,}|[\w.$-]*\d{6,}[\w.$-]*[a-z]{2,}\d[\w.$-]*)@", re.IGNORECASE
)

_BEFORE = 200  # characters of a line before an address that tell whose it is
_IN_MID = re.compile(r"\b(?:if|or|e\.g\.,?|try|to try) *$", re.IGNORECASE)  # a sentence that goes on below
_PARAGRAPH = re.compile(
    rf"^<({_ONE})>:(?:\n| )|(?:following|to the) (?:recipient|address)[^\n@]{{0,60}}:[ \t]*\n\s{{0,20}}<?({_ONE})>?[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_BARE = re.compile(
    r"following (?:recipient|user|addresse?)s?\b[^\n]{0,200}:[ \t]*\n((?:[ \t]{1,12}[a-z0-9][\w.+-]{0,63}[ \t]{0,8}(?:\n|\Z)){1,20})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Named:
    """One address that a report names, and the words that go with it."""

    address: str
    words: str


def find(text: str, others: frozenset[str], written_to: list[str]) -> list[Named]:
    """Whom the text of a report names as not reached.

    `others`: addresses in small letters that are surely not meant (our own, the reporter's); `written_to`: those in the
    returned mail's To and Cc, in small letters.
    """
    summaries = _summaries(text)
    lines = _beginning_lines(text)
    first = [one for one in lines if not any(begin <= one[1] < end for begin, end in summaries)]
    sentences = _in_sentences(text, summaries)
    known = [one for one in sentences if one[0].lower() in written_to]
    for candidates in (first, known, sentences, lines):
        named = _meant(candidates, others, written_to)
        if named:
            places = sorted((at, address.lower()) for address, at in named)
            return [Named(address, _words(text, at, address, places)) for address, at in _once(named)]
    return []


def bare(text: str, domain: str) -> list[Named]:
    """The failed users that a provider names without their domain, which is its own: indented below "recipients:"."""
    found = _BARE.search(text)
    names = found[1].split() if found else []
    return [Named(f"{name}@{domain}", text) for name in names]


def of_paragraphs(text: str) -> list[Named]:
    """Whom the paragraphs of the commonest forms name, whoever that is: people write to themselves, too."""
    found = [(one[1] or one[2], one.start()) for one in _PARAGRAPH.finditer(text)]
    return [Named(address, text[at : at + 1_500]) for address, at in found if "..." not in address]


def _beginning_lines(text: str) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    position, before = 0, ""
    for line in text.split("\n"):
        if "@" in line and len(line) < 1_000 and not _OTHERS.search(line) and not _IN_MID.search(before):
            match = next((match for pattern in _LINES if (match := pattern.match(line))), None)
            if match:
                found.append((match[1].rstrip("."), position))
        position, before = position + len(line) + 1, line
    return found


def _summaries(text: str) -> list[tuple[int, int]]:
    """Where a report sums up the returned mail in lines of To, Subject, Sent: whom that names may well have got it."""
    return [found.span() for found in _SUMMARY.finditer(text)]


def _in_sentences(text: str, summaries: list[tuple[int, int]]) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = []
    for match in _SENTENCE.finditer(text):
        if any(start <= match.start(1) < end for start, end in summaries):
            continue
        begin = max(text.rfind("\n", 0, match.start(1)) + 1, match.start(1) - _BEFORE)
        if not _OTHERS.search(text[begin : match.end(1) + 2].split("\n")[0]):
            found.append((match[1].rstrip("."), match.start(1)))
    return found


def _meant(
    candidates: list[tuple[str, int]], others: frozenset[str], written_to: list[str]
) -> list[tuple[str, int]]:
    """The candidates without those who are somebody else."""
    return [
        (address, at)
        for address, at in candidates
        if address.lower() in written_to
        or not (address.lower() in others or _ROLES.match(address) or _IDS.match(address) or "..." in address)
    ]


def _once(named: list[tuple[str, int]]) -> list[tuple[str, int]]:
    first: dict[str, tuple[str, int]] = {}
    for address, at in named:
        first.setdefault(address.lower(), (address, at))
    return list(first.values())[: verdicts.RECIPIENTS_LIMIT]


def _words(text: str, at: int, address: str, places: list[tuple[int, str]]) -> str:
    """The words of one address: its own line and what follows, up to the place of the next other address."""
    after = itertools.islice(places, bisect.bisect_right(places, (at, address.lower())), None)
    end = next((start for start, other in after if other != address.lower()), len(text))
    return text[at : min(end, at + 1_500)]
