"""What a person's own short words by mail ask for: to leave, or to come to a meeting. English, German and French.

Nobody is taken off a list by mistake, so only a text that says it and hardly anything else counts. Pure functions.
"""

import re
from typing import Literal

Coming = Literal["yes", "no", "maybe"]

TEXT_LIMIT = 20_000  # characters of a text that are looked at
_WORDS_LIMIT = 25  # a longer text says more than "take me off", so a person has to read it
_LENGTH_LIMIT = 300  # characters of such a text
_COMING_LIMIT = 40

# Where a mail program begins the text that is answered.
_QUOTE = re.compile(
    r"^[ \t]*(?:"
    r"-{2,} ?(?:original (?:message|appointment)|urspr\S{1,6}ngliche nachricht|message d'origine|forwarded message)"
    r"|_{10,}[ \t]*$"
    r"|(?:from|von|de) ?:[^\n]{1,300}@"
    r"|on [^\n]{4,200}wrote:|am [^\n]{4,200}schrieb|le [^\n]{4,200}a [ée]crit"
    r"|on [^\n]{4,200}\n[^\n]{0,100}wrote:|am [^\n]{4,200}\n[^\n]{0,100}schrieb|le [^\n]{4,200}\n[^\n]{0,100}a [ée]crit"
    r"|>)",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNATURE = re.compile(
    r"^-- ?$|^(?:sent from my |von meinem |envoy[ée] de mon |get outlook for )", re.I | re.M
)


def own_words(text: str) -> str:
    """What a person wrote above the mail they answer, without it and without the signature."""
    text = text[:TEXT_LIMIT].replace("\r\n", "\n").replace("\u00a0", " ")
    for pattern in (_QUOTE, _SIGNATURE):
        found = pattern.search(text)
        text = text[: found.start()] if found else text
    return text.strip()


_PLEASE = (
    r"(?:(?:hi|hello|hey|dear|hallo|guten (?:tag|morgen|abend)|bonjour|bonsoir)\b[^.,!\n]{0,30}[.,!\n]\s*)?"
    r"(?:please|pls|bitte|merci de|svp|s'il vous pla[iî]t)?[,:]?\s*"
)
_OUR = r"(?:the|your|this|that|my|der|dem|den|des|diesem?r?|ihrem?|eurem?|la|le|l'|votre|cette|ce|of)"
# What somebody can be on and off: a list of ours, named as people name it. Any other word might be a dinner.
_LIST = (
    r"(?:(?:mailing|e-?mail|mail|distribution)?[ -]?list|mailings?|(?:e-?)?mails?|newsletters?|subscription|(?:e-?mail-?)?verteiler|(?:mailing|e-?mail-?)?liste"
    r"|rundbriefe?s?|infolettre|lettre|liste de diffusion|(?:[\w-]+ ){1,3}(?:mailing[ -]?list|list|newsletter|liste|verteiler))"
)
_OFF = rf"(?:from|off|out of|aus|vom|von|de|des|du)(?: {_OUR}){{0,2}} {_LIST}"
_LEAVE = (
    rf"unsubscribe(?: me)?(?: (?:{_OFF}|from [\w-]+))?",
    rf"(?:remove|delete) (?:me|my (?:e-?mail )?(?:address|name|e-?mail))(?: {_OFF}){{0,2}}",
    rf"(?:take|drop) (?:me|my (?:e-?mail )?(?:address|name|e-?mail)) (?:off|{_OFF})(?: {_OFF})?",
    rf"(?:i )?(?:want|would like|wish|like) to (?:unsubscribe|be removed|leave (?:the|this|your) (?:mailing )?list)(?: {_OFF})?",
    r"i (?:do not|don't|no longer) (?:want|wish)(?: to (?:get|receive|have))? (?:these|this|any|your|more|e-?mails?|mails?|newsletters?|any ?more|further|\s)++",
    r"(?:stop|cease)(?: (?:sending me|mailing me|these|this|e-?mails?|mails?|the|your|newsletters?|emailing me))*",
    r"no more (?:e-?mails?|mails?|newsletters?)",
    r"opt[ -]?out",
    rf"(?:newsletter )?(?:abbestellen|abmelden|abmeldung|austragen|l[öo]schen)(?: {_OFF})?",
    r"(?:ich )?(?:m[öo]chte|will)(?: (?:mich|den|diesen|ihren|euren|newsletter|mails?|e-mails?|vom|von|der|dem|liste|verteiler|gerne))*"
    r" (?:abmelden|abbestellen|austragen|k[üu]ndigen)",
    r"(?:ich )?(?:m[öo]chte|will) (?:keinen?|keinerlei|nicht)(?: (?:newsletter|mails?|e-mails?|weiteren|mehr|diesen?|ihren?|euren?))* (?:erhalten|bekommen|haben)",
    rf"(?:tragen sie|tragt?|melden sie|meldet?) (?:mich|meine (?:adresse|e-?mail-?adresse|mailadresse))(?: bitte)?(?: {_OFF})? (?:aus|ab)",
    rf"(?:nehmen sie|nimm|nehmt) (?:mich|meine (?:adresse|e-?mail-?adresse|mailadresse))(?: bitte)? {_OFF}(?: (?:heraus|raus|runter|herunter))?",
    rf"(?:streichen sie|streicht?|l[öo]schen sie|l[öo]scht?) (?:mich|meine (?:adresse|e-?mail-?adresse|mailadresse))(?: bitte)?(?: {_OFF})?",
    rf"mich (?:bitte )?{_OFF} (?:l[öo]schen|austragen|streichen|nehmen|abmelden|entfernen)",
    r"keine (?:weiteren )?(?:e-?mails?|mails?|newsletter)(?: mehr)?(?: (?:senden|schicken))?",
    r"d[ée]sabonnement|d[ée]sinscription",
    rf"(?:(?:veuillez |pouvez-vous )?me )?(?:d[ée]sabonner|d[ée]sinscrire)(?: {_OFF})?",
    rf"(?:(?:veuillez |pouvez-vous )?me (?:retirer|supprimer)|(?:d[ée]sinscrivez|d[ée]sabonnez|retirez|supprimez)[- ]moi)(?: {_OFF})?",
    rf"(?:retirer|supprimer|retirez|supprimez) mon (?:nom|adresse)(?: e-?mail)?(?: {_OFF})?",
    rf"je ne (?:souhaite|veux|d[ée]sire) plus (?:recevoir|avoir)(?: (?:de|vos|ces|cette|ce|votre|la|le|les|d')*[ ']?{_LIST})?",
    rf"je (?:souhaite|veux|voudrais|d[ée]sire) (?:(?:me d[ée]sabonner|me d[ée]sinscrire)(?: {_OFF})?|ne plus recevoir(?: (?:de|vos|ces|cette|ce|votre) {_LIST})?)",
    r"(?:remove|signoff|abmelden|stop|unsub|leave|cancel subscription)",
)
_NAME = r"(?-i:[A-ZÀ-ÖØ-Þ][^\W\d_]{0,30}(?:[ .-]{1,2}[A-ZÀ-ÖØ-Þ][^\W\d_]{0,30}){0,2})"
# Thanks, a greeting, and a name where a name stands: behind a mark or on a line of its own.
_POLITE = (
    r"(?:[\s.!,;:]*+\b(?:thank you|thanks|many thanks|cheers|regards|best|kind regards|best regards|best wishes|danke|vielen dank"
    r"|mfg|lg|gru(?:ss|ß)|gr[üu](?:ss|ß)e|viele gr[üu](?:ss|ß)e|mit freundlichen gr[üu](?:ss|ß)en|merci(?: beaucoup| d'avance)?|cordialement"
    rf"|bien [àa] vous|please|bitte)\b[^\n.!?]{{0,30}})*+(?:[ .!,;:-]*[\n.!,;:][\s.!,;:-]*(?:{_NAME}|(?<=\n)[^\W\d_]{{1,30}}))?[\s.!]*"
)
_LEAVES = re.compile(rf"\s*{_PLEASE}(?:{'|'.join(_LEAVE)}){_POLITE}", re.IGNORECASE).fullmatch
_IS_POLITE = re.compile(_POLITE, re.IGNORECASE).fullmatch
# One can be taken off these, too, and stay a member.
_OF_A_MEETING = re.compile(
    r"\b(?:guests?|attendees?|participants?|speakers?|waiting|meetings?|events?|dinner|drinks|evening|talk|rota|agenda|g[äa]ste\w*|teilnehm\w*|warte\w*"
    r"|treffens?|termins?|veranstaltung\w*|abends?|vortrag\w*|invit[ée]s|attente|r[ée]unions?|rencontres?|soir[ée]es?|date)\b",
    re.IGNORECASE,
)
# Whoever writes one of these wants something else, or the opposite.
_NOT = re.compile(
    r"\b(?:don'?t|do not|not|never|without|nicht|ne pas|n'est pas|instead of|how|why|when|wie|warum|wann|comment|pourquoi"
    r"|colleague|kolleg\w+|coll[eè]gue|if|unless|wenn|falls|si vous|accident\w*|versehentlich|erreur|again|wieder)\b|\?",
    re.IGNORECASE,
)
_NOT_ANY_MORE = re.compile(
    r"\b(?:do not|don'?t|not|nicht|ne plus)\b(?= (?:want|wish|mehr|longer)\b)", re.IGNORECASE
)
_SUBJECT = re.compile(r"^\s*(?:(?:re|aw|fwd?|wg|tr|antw|sv)(?:\[\d+\])?\s*:\s*)*", re.IGNORECASE)


def wants_to_leave(subject: str, words: str) -> bool:
    """Tell whether a mail's subject and own words ask to be taken off, and for nothing else."""
    subject = _SUBJECT.sub("", subject[:200], count=1).strip()
    words = "\n".join(" ".join(line.split()) for line in words.splitlines() if line.strip())
    if (
        len(words) > _LENGTH_LIMIT
        or len(words.split()) > _WORDS_LIMIT
        or _says_otherwise(words)
        or _says_otherwise(subject)
    ):
        return False
    if words and _LEAVES(words):
        return not _OF_A_MEETING.search(words)
    bare = _IS_POLITE("\n" + words) is not None
    return (
        bare and 0 < len(subject) < 80 and not _OF_A_MEETING.search(subject) and _LEAVES(subject) is not None
    )


def _says_otherwise(text: str) -> bool:
    return _NOT.search(_NOT_ANY_MORE.sub("", text)) is not None


# Answers to an invitation, most careful first: whoever says "maybe" or "not" has not promised.
_COMING: tuple[tuple[Coming, str], ...] = (
    (
        "maybe",
        r"maybe|perhaps|might (?:make it|come|join|be there)|not sure|tentative|vielleicht|eventuell|unter vorbehalt"
        r"|wei(?:ss|ß) (?:ich )?(?:es )?noch nicht|peut-[êe]tre|pas s[ûu]re?",
    ),
    (
        "no",
        r"can(?:'|’)?t (?:make it|come|attend|join|be there)|cannot (?:make it|come|attend|join|be there)"
        r"|(?:won(?:'|’)?t|will not|not) (?:be able|be there|come|coming|attend|make it|be joining)|unable to (?:come|attend|join)"
        r"|count me out|have to (?:decline|skip|miss)|must decline|regrets|sorry,? (?:i )?can(?:'|’)?t"
        r"|(?:kann|schaffe?|komme|werde|bin) (?:es |da |am \w+ |leider |dieses mal |diesmal )*(?:nicht|verhindert)|muss (?:leider )?absagen"
        r"|leider (?:nicht|verhindert)|sage (?:leider )?ab"
        r"|ne (?:peux|pourrai|viendrai|serai|suis) pas|je ne (?:peux|pourrai|viendrai|serai) |emp[êe]ch[ée]e?|absente?",
    ),
    (
        "yes",
        r"count me in|i(?:'|’)?(?:ll| will) (?:be there|come|attend|join|make it)|i(?:'|’)?m (?:in|coming)|i am (?:in|coming)|see you (?:there|then)"
        r"|i (?:can )?(?:come|attend|accept) ?(?:gladly|with pleasure)?|will (?:attend|be there|join)|happy to (?:come|join|attend)|looking forward to (?:it|seeing)"
        r"|(?:ich )?(?:komme|nehme (?:gerne )?teil|bin dabei|sage (?:gerne )?zu)|bin (?:gerne |auf jeden fall )?dabei|gerne dabei|zusage"
        r"|je (?:viens|viendrai|serai (?:l[àa]|pr[ée]sente?)|participe(?:rai)?)|comptez sur moi|avec plaisir",
    ),
)
_COMINGS = tuple((answer, re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE)) for answer, pattern in _COMING)


def coming(words: str) -> Coming | None:
    """Read an answer to an invitation out of a person's own words, or None when there is none or they say more.

    It is only ever proposed: the chair decides.
    """
    words = " ".join(words.split())
    if not words or len(words.split()) > _COMING_LIMIT or "?" in words:
        return None
    return next((answer for answer, pattern in _COMINGS if pattern.search(words)), None)
