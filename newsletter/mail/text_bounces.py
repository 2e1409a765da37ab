"""Bounces written for people: what mail systems say when they do not speak RFC 3464, or not with all its fields.

Each system has its own form: qmail's paragraphs, Exim's indented lists, the transcripts of sendmail, the letters of
Exchange, Domino, GroupWise and dozens of providers. They are read by what the forms have in common, see failed_addresses.
"""

import re
from email.message import Message

from newsletter.core import answers, refusals
from newsletter.mail import delivery_status, failed_addresses, reading, returned, senders, verdicts

_SUBJECT = re.compile(
    r"undeliver|unzustellbar|undelivered|not (?:be )?deliver|non[- ]?(?:remis|delivery|deliverable|distribu)|failure notice|failed? (?:delivery|mail)|(?:delivery|mail|message|transmission|mailing|e-?mail|sending|host|user) (?:\w+ )?(?:fail|error|problem|refused|rejected|status|notification|report|delay|has been (?:delayed|returned))|fail(?:ure|ed) (?:to deliver|delivery|sending)|return(?:ed|ing) (?:mail|message|e-?mail|to sender)|delivery (?:status|report|notif|warning|incomplete|delayed|unsuccess|attempt)|nondeliver|mail (?:could|system error)|could not (?:be )?(?:deliver|sen[dt])|unable to (?:deliver|send)|error sending|there was an error|bounce|rejected|bad address|user unknown|unknown (?:user|recipient|address)|mailbox (?:\S+ ){0,2}(?:full|unavail)|over quota|message (?:not sent|delayed|cannot)|warning: (?:message|could)|message (?:\S+ )?(?:has been |was )?frozen|not member article|reject mail|error\(s\) in |DSN|delayed mail|mail (?:warning|nicht|non )|nicht (?:zugestellt|zustellbar)|zustell|rückläufer|fehlgeschlagen|mailzustellung|échec|echec|non remis|pas (?:pu|été)|erreur de (?:remise|distribution|livraison|messagerie)|retour (?:de courrier|à l)|retourné|no (?:se )?(?:ha |pudo |puede )?(?:podido )?(?:ser )?entreg|devuelto|error de (?:envío|entrega)|mancata consegna|non (?:è stato )?(?:recapitat|consegnat)|impossibile (?:recapitare|consegnare|inviare)|falha|não (?:foi )?entreg|onbestelbaar|niet (?:bezorgd|afgeleverd)|недостав|не доставлен|не может быть доставлен|nedoručit|niedostarcz|kan ikke|kunne ikke|ikke (?:leveres|levert)|toimitus|配信不能|配信でき|配信エラー|送信でき|エラー|返送|不達|退信|无法投递|無法投遞|投递失败|系统退信|退回|반송|배달",
    re.IGNORECASE,
)  # fmt: skip
_PHRASE = re.compile(
    r"(?:could ?n[o']t|can ?n[o']t|cannot|unable to|was not|were not|not been|has not been|failed to|wasn'?t|couldn'?t) (?:be )?(?:successfully )?(?:deliver|reach|sen[dt]|complete|send|relay|process)|not (?:be )?deliver|delivery (?:to|of|attempt)s? .{0,80}?(?:fail|unsuccess|been|not)|delivery (?:failed|failure|error|has failed)|undeliver|permanent (?:fatal )?error|fatal error|did not reach|following (?:address|recipient|destination|person|user|e-?mail|error|mail)|returned to (?:you|sender)|is being returned|message returned|return(?:ed|ing) (?:your )?(?:message|mail)|transcript of|remote host said|failure reasons|failed address|error (?:message|occurred|from)|rejected (?:by|the|your|recipient)|has been rejected|bounced|not a member of|trouble delivering|giv(?:ing|en) up|no such user|user (?:is )?unknown|unknown user|mailbox (?:is )?(?:full|unavailable)|over quota|nicht (?:zugestellt|zustellbar|ausgeliefert|gesendet)|konnte nicht|n'a (?:pas )?pu|pas (?:été|pu)|no (?:se )?(?:ha |pudo|puede)|non (?:è stato|può|consegn)|não (?:foi|pôde|pode)|не (?:доставлен|может|удалось|смогл)|недостав|送信できません|配信できません|届けできません|送信に失敗|配送できません|送れません|お届け|无法(?:投递|送达|发送)|無法|投递失败|退信|退回",
    re.IGNORECASE,
)  # fmt: skip
_WARNING = re.compile(
    r"(?:this is a |^\W*)(?:warning message only|delay)|warning: (?:message|could not send)|(?:has|have|been|is|was) (?:temporarily )?delayed|not yet been delivered|no action is required|will (?:keep|continue) (?:on )?(?:to )?(?:trying|try|retry)|do(?: not|n't) need to (?:re-?send|do anything)|delivery attempts will continue|wird (?:noch|weiter) versucht|sera (?:de nouveau|encore)|seguir[aá] intent|delivery (?:status notification )?\(?delay|still (?:being )?(?:trying|retried|in the queue)|will be retried|has been delayed|verzögert",
    re.IGNORECASE | re.MULTILINE,
)  # fmt: skip
_STILL = re.compile(r"do not resend.{0,80}attempts will continue", re.IGNORECASE | re.DOTALL)
_SUCCESS = re.compile(r"(?<!un)success|\(relayed?\)|has been delivered|delivery receipt", re.IGNORECASE)
_FINAL = re.compile(
    r"permanent(?:ly)?|given up|giving up|(?<!non-)fatal error|no longer (?:be )?retr|not be retried|returned to sender|has expired|being returned|couldn'?t be delivered",
    re.IGNORECASE,
)  # fmt: skip
# What servers answer and people do not write: a code with its status or at the beginning of a line.
_EVIDENCE = re.compile(
    r"(?<![\d.])[45]\d\d[ -]{1,3}#?[45]\.\d{1,3}\.\d|(?<![\w.])[45]\.\d{1,2}\.\d{1,3}(?![\w.])|^[ \t>*<]{0,12}[45]\d\d[ -]|(?:said|says|error|code|response|reply|smtp|answer)\b[^\n]{0,60}[:(\[ ]\s{0,12}[45]\d\d[ -]",
    re.MULTILINE | re.IGNORECASE,
)
_OWN_LIMIT = 16_000  # characters of a report's own words
_LOOKED_AT = 4_000  # characters of a text that decide whether it is a bounce


def find(message: Message) -> verdicts.Report | None:
    """Read a bounce written for people; None when the mail does not look like one."""
    own, below = returned.cut(reading.words(message))
    own = own[:_OWN_LIMIT]
    if not is_bounce(message, own):
        return None
    stated = delivery_status.of_text(own)
    if stated is not None and delivery_status.says_enough(stated):
        return stated
    named = _named(message, own, below)
    if _is_warning(message, own):
        who = verdicts.once([one.address for one in named])
        return verdicts.Report("other", who, reason=verdicts.clean("no failure: " + reading.subject(message)))
    if not named:
        return _judged("", own, own)
    return verdicts.worst([_judged(one.address, one.words, own) for one in named])


def is_bounce(message: Message, own: str) -> bool:
    """Tell whether a mail says of itself that another one did not arrive: by whom it is from, its subject, its words."""
    if "x-failed-recipients" in message or str(message.get_param("report-type")).lower() == "delivery-status":
        return True
    phrase = bool(_PHRASE.search(own[:_LOOKED_AT]))
    told = _told(message)
    if senders.is_machine(message):
        return told or phrase
    if senders.passes_on(message):
        return phrase and senders.is_office(message) and bool(_EVIDENCE.search(own[:_LOOKED_AT]))
    if senders.is_office(message):
        explained = phrase or bool(refusals.blame(own))
        return (told and explained) or ((told or phrase) and _shows(message, own))
    return told and phrase and _shows(message, own)


def _shows(message: Message, own: str) -> bool:
    """Whether a mail shows more of a failure than a person would who writes about one."""
    if any(part.get_content_type() in returned.TYPES for part in reading.own_parts(message)):
        return True
    return (
        bool(_EVIDENCE.search(own[:_LOOKED_AT]))
        or own.rstrip() != reading.words(message)[:_OWN_LIMIT].rstrip()
    )


def surely(message: Message) -> bool:
    """Tell whether a program that delivers mail wrote this, not a person's vacation program."""
    own = returned.cut(reading.words(message))[0]
    if not is_bounce(message, own):
        return False
    told = _told(message) and bool(_PHRASE.search(own[:_LOOKED_AT]))
    return told or senders.is_machine(message)


def _told(message: Message) -> bool:
    """Whether the subject speaks of a failure, and is no person's answer to such a mail."""
    return bool(_SUBJECT.search(reading.subject(message))) and not senders.passes_on(message)


def _is_warning(message: Message, own: str) -> bool:
    subject = reading.subject(message)
    if _SUCCESS.search(subject):
        return True
    final = re.search(r"\bfail|undeliver|return", subject, re.IGNORECASE) and not re.search(
        r"delay|warning", subject, re.IGNORECASE
    )
    if final and not _STILL.search(own[:_LOOKED_AT]):
        return False
    told = bool(_WARNING.search(subject)) or bool(_WARNING.search(own[:_LOOKED_AT]))
    return told and not _FINAL.search(own[:_LOOKED_AT])


def _named(message: Message, own: str, below: str) -> list[failed_addresses.Named]:
    fields = returned.fields(message, below)
    written_to = [one.lower() for one in reading.addresses(f"{fields['to']} {fields['cc']}")]
    failed = reading.addresses(reading.field(message, "x-failed-recipients"))
    if failed:
        return [failed_addresses.Named(one, _around(own, one)) for one in failed]
    ours = [reading.field(message, name) for name in ("to", "from", "delivered-to", "return-path")]  # fmt: skip
    ours += [fields[name] for name in ("from", "sender", "return-path", "reply-to")]
    others = frozenset(one.lower() for one in reading.addresses(" ".join(ours)))
    found = failed_addresses.find(own, others, written_to)
    if found:
        return found
    lists = reading.addresses(f"{fields['list-post']} {fields['x-beenthere']}")
    only = {one.lower(): one for one in reading.addresses(f"{fields['to']} {fields['cc']}") if one.lower() not in others}  # fmt: skip
    if len(only) == 1 and not any(one.lower() in only for one in lists):
        return [failed_addresses.Named(one, own) for one in only.values()]
    house = reading.addresses(reading.field(message, "from"))
    bare = failed_addresses.bare(own, house[0].rpartition("@")[2]) if house else []
    return bare or failed_addresses.of_paragraphs(own)


def _around(own: str, address: str) -> str:
    at = own.lower().find(address.lower())
    return own[max(at, 0) : max(at, 0) + 1_500]


def _judged(address: str, words: str, whole: str) -> verdicts.Report:
    """One failed address: its own words decide, and where they say nothing, those of the whole report."""
    beside = words.split("\n\n", 1)[0].partition(address)[2].lstrip("> :;,\n") if address else ""
    if refusals.blame(_flat(beside)):
        words = beside  # what stands with the address beats what a transcript makes of it further down
    answer = delivery_status.answer_of(0, _flat(words), "")
    if not answer.status and not refusals.blame(answer.text):
        wider = delivery_status.answer_of(0, _flat(whole), "")
        answer = answers.Answer(wider.code or answer.code, wider.status, wider.text)
    said = answers.Answer(answer.code, answer.status, _flat(words)[: refusals.WORDS_LIMIT])
    if not refusals.blame(said.text):
        said = answers.Answer(answer.code, answer.status, _flat(whole)[: refusals.WORDS_LIMIT])
    kind = delivery_status.kind_of(said)
    return verdicts.Report(kind, (address,) if address else (), answer.status, verdicts.clean(answer.text))


def _flat(text: str) -> str:
    return " ".join(text.split())
