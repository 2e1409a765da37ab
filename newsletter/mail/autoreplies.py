"""Automatic answers of people's programs: out of office, "we have received your mail", "prove that you are human".

RFC 3834 section 5 gives the field; what else counts is what vacation programs write, in the languages they speak.
"""

import re
from email.message import Message

from newsletter.mail import reading, senders, text_bounces, verdicts

_FIELDS = (
    "x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponder", "x-ms-exchange-inbox-rules-loop",
    "x-autoreply-from", "x-mail-autoreply", "x-vacation", "x-auto-response", "auto-reply", "x-automatic-reply", "x-away-message",
    "x-cron-vacation", "x-challenge", "x-boxbe", "x-zimbra-autoreply", "x-vacationreply", "x-pmx-autoreply", "x-cr-puzzleid", "x-tmda-confirm", "x-bluebottle-request", "x-trusted-delivery",
)  # fmt: skip
_SUBJECT = re.compile(
    r"^\W*(?:re: ?)?out[- ]of[- ](?:the[- ])?office(?: (?:auto-?\w*|reply|message|response|notification|notice))*\s*(?:[:(]|re:|$)|out of office (?:auto-?)?(?:reply|response)|^\W*ooo\s*:|\bauto(?:mated|matic(?:ally)?|matisch\w*)?[- _]?(?:generated )?(?:repl|respon|answer|antwort|r[ée]ponse|svar|antwoord|reactie)(?!\w* (?:systems?|times?|rates?)\b)|^\W*autoreply|automatic (?:reply|response|message)|auto-?responder|vacation (?:reply|message|notice|response|auto)|we have received your|(?:message|mail) received - auto"
    r"|abwesenheit(?:snotiz|sassistent|sbenachrichtigung)|abwesend:|automatische antwort|automatisk (?:svar|besked|melding|meddelelse)|eingangsbest[äa]tigung|empfangsbestätigung|réponse automatique|reponse automatique|message d'absence|accusé de réception|respuesta autom[aá]tica|risposta automatica|resposta autom[aá]tica|automatisch (?:antwoord|bericht)|autosvar|automaattinen|automaatne vastus|autom[aā]tisk[aā] atbilde|automatinis atsakymas|automatski odgovor|samodejni odgovor|automatick[aá] odpove|resposta autom[aà]tica|автоматичен отговор|trả lời tự động|balasan otomatis|ตอบกลับอัตโนมัติ|odpowiedź automatyczna|automatyczna odpowiedź|automatická odpov|automatikus válasz|otomatik yanıt|răspuns automat|автоматическ\w+ ответ|автоответ|автоматична відповідь|αυτόματη απάντηση|自動(?:応答|返信|回覆|回复|返答)|自动(?:回复|答复|回覆)|자동 ?(?:회신|응답)|מענה אוטומטי|رد تلقائي|תשובה אוטומטית",
    re.IGNORECASE,
)  # fmt: skip
# What people write themselves, too: it needs another sign.
_PERHAPS = re.compile(
    r"\b(?:vacation|holidays?|leave|away)\b|thank you for (?:your (?:e-?mail|message|mail)|contacting)|abwesen|urlaub|nicht erreichbar|absen(?:ce|t)|en congé|ausen(?:te|cia)|de vacaciones|assen(?:te|za)|in ferie|de f[eé]rias|niet aanwezig|vakantie|frånvaro|fraværende|ikke til stede|poissa|nieobecno|nepřítomn|отсутств|отпуск|不在|休暇|休假|外出中|부재중",
    re.IGNORECASE,
)  # fmt: skip
# Said by programs and by people: the words of the mail tell.
_AWAY = re.compile(
    r"out[- ]of[- ](?:the[- ])?office|^\W*ooo\b|^\W*auto\s?:|away from (?:my|the) (?:mail|e-?mail|office|desk|computer)|nicht im (?:büro|buero|haus)|hors du bureau|fuera de (?:la )?oficina|fuori (?:sede|ufficio)|fora do escrit[oó]rio|afwezig",
    re.IGNORECASE,
)  # fmt: skip
_NO_REPLY = re.compile(r"no-?reply@|do-?not-?reply@", re.IGNORECASE)
_MACHINE = re.compile(
    r"automat(?!ion|ed test|isier|isation)|auto[- ]?(?:repl|gener|respon)|自動|自动|자동", re.IGNORECASE
)
_WORDS = re.compile(
    r"(?:i am|i'm|i will be|am|is) (?:currently )?(?:out of (?:the )?office|away (?:from|on|until)|on (?:annual |maternity |parental |sick )?(?:vacation|holidays?|leave)|travell?ing)|out of (?:the )?office (?:until|from|on|starting|through|today|this week|and|with)|i will (?:have )?(?:no|limited) access|will (?:respond|reply) (?:to your \w+ )?(?:when|upon|on|as soon)|limited access to (?:my )?e-?mail|automatic(?:ally)? (?:generated )?(?:repl|response)|bin (?:ich )?(?:bis|vom|zur zeit|derzeit|ab|nicht)|nicht im (?:büro|haus|dienst)|im urlaub|abwesend|je suis (?:absent|en congé|actuellement)|absente? (?:du|jusqu)|estoy (?:fuera|ausente|de vacaciones)|estaré|sono (?:assente|fuori|in ferie)|estou (?:ausente|fora|de férias)|ben (?:afwezig|ik)|в отпуске|отсутств|不在|休暇|自动回复|自動返信",
    re.IGNORECASE,
)  # fmt: skip
# Programs that ask the sender to prove that a person wrote: nobody reads that mail, and we answer no machine.
_CHALLENGE = re.compile(
    r"verify#|\bboxbe\b|spam ?arrest|spamblocker|suspect e-?mail|challenge[- ]response|mail ?blocks|human verification|message (?:is )?(?:waiting|held|pending) (?:for )?(?:your )?(?:confirmation|approval|verification|authentication)|sender (?:verification|authentication) required|unverified sender|verification required|requires verification",
    re.IGNORECASE,
)  # fmt: skip
# What a person may ask for, too: the program's mail has a link or a button beside it.
_CONFIRM = re.compile(
    r"(?:please |must )?(?:confirm|verify|validate) (?:your|that) (?:message|e-?mail|mail|address|delivery|you)|confirm (?:delivery|message|receipt)",
    re.IGNORECASE,
)  # fmt: skip
# Whole sentences of Lotus Notes, which puts no sign into the header: nobody types them so.
_NOTES = re.compile(
    r"\s{0,20}(?:i will be out of the office starting .{4,40} and will not return until |ich werde ab .{4,40} nicht im büro sein\.? .{0,20}ich kehre zurück|je serai absente?(?:\(e\))? (?:à partir )?du .{4,40} (?:et je serai de retour|au) )",
    re.IGNORECASE,
)  # fmt: skip
_QUIET_PRECEDENCE = ("bulk", "junk", "list")


def find(message: Message) -> verdicts.Report | None:
    """Read an automatic answer; None when the mail is none, or when a mail system reports a failure with such signs."""
    subject = reading.subject(message)
    if not _is_automatic(message, subject):
        return None
    if "x-failed-recipients" in message or (not _SUBJECT.search(subject) and text_bounces.surely(message)):
        return None  # Exim, Exchange and others mark their bounces as automatic too (RFC 3834 2)
    return verdicts.Report("autoreply", reason=verdicts.clean(subject))


def _is_automatic(message: Message, subject: str) -> bool:
    submitted = reading.field(message, "auto-submitted").lower()
    precedence = reading.field(message, "precedence").lower()
    if submitted.startswith("auto-replied") or precedence == "auto_reply":
        return True
    if (
        any(name in message for name in _FIELDS)
        or reading.field(message, "x-apple-action").upper() == "VACATION"
    ):
        return True
    if reading.field(message, "x-autogenerated").lower().startswith(("reply", "vacation")):
        return True
    if submitted.startswith(("auto-generated", "auto-notified")) and not _is_of_a_list(message):
        return True
    if _SUBJECT.search(subject) and not re.match(r"\s*(?:re|aw|fwd?|wg|tr)\s*:", subject, re.IGNORECASE):
        return True
    quiet = precedence in _QUIET_PRECEDENCE or reading.field(message, "return-path") == "<>"
    if _SUBJECT.search(subject) and quiet:
        return True
    words = _own_words(message)
    away = bool(_WORDS.search(words))
    by_machine = quiet or (not senders.passes_on(message) and _is_by_a_machine(message, words))
    if (_PERHAPS.search(subject) and by_machine) or (_AWAY.search(subject) and (by_machine or away)):
        return True
    if _CHALLENGE.search(subject) or (
        _CONFIRM.search(subject)
        and (quiet or "http" in words or _NO_REPLY.search(reading.field(message, "from")))
    ):
        return True
    if quiet and away and not _is_of_a_list(message):
        return True
    return bool(_NOTES.match(" ".join(words[:400].split())))


def _own_words(message: Message) -> str:
    """The beginning of what a mail says itself, without the lines that it quotes."""
    lines = reading.words(message)[:4_000].splitlines()
    return "\n".join(line for line in lines if not line.startswith(">"))[:2_000]


def _is_by_a_machine(message: Message, words: str) -> bool:
    """Signs that say nothing alone, and enough beside a subject that speaks of absence."""
    return "x-auto-response-suppress" in message or bool(_MACHINE.search(words))


def _is_of_a_list(message: Message) -> bool:
    return "list-id" in message or "list-unsubscribe" in message
