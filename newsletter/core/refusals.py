"""What the words of a refusal say: who or what is to blame. Servers write these words in many languages.

Codes lie more often than words: 5.1.1 is said of full mailboxes, 5.7.1 of addresses that do not exist (standards: RFC 3463
gives the codes, practice gives the words). Nothing here decides what follows; `answers.kind_of` does.
"""

import functools
import re
from typing import Literal

# full: no room; grey: try again later; big: our mail is too big; sender: our own address is refused; nobody: no such
# address; nowhere: no such domain; closed: the mailbox exists and takes nothing; policy: our mail or host is refused.
Blame = Literal["", "full", "grey", "big", "sender", "nobody", "nowhere", "closed", "policy"]

WORDS_LIMIT = 2_000  # characters of an answer that are looked at


@functools.lru_cache(maxsize=128)  # one report asks for the same words several times
def blame(text: str) -> Blame:
    """Say what the words of a server's answer complain of; empty when they say nothing. The first of the table wins."""
    words = " ".join(text[:WORDS_LIMIT].lower().replace("\u2019", "'").split())
    telling = _STANDARD.sub(" ", words)
    return _first(telling) or (_first(words) if telling != words else "")


def _first(words: str) -> Blame:
    return next((sort for sort, pattern in _table() if pattern.search(words)), "")


@functools.cache
def _table() -> tuple[tuple[Blame, re.Pattern[str]], ...]:
    """The patterns, made when the first refusal comes: most runs meet none, and they take some milliseconds."""
    return tuple((sort, re.compile(words)) for sort, words in _TABLE)


# The words of the RFC for 550 and 553 (RFC 5321 4.2.3) say no more than the code: whatever else is said beats them.
_STANDARD = re.compile(
    r"requested (?:mail )?action not taken[:,]? (?:mailbox unavailable|mailbox name not allowed)"
)


def _any(*alternatives: str) -> str:
    return "|".join(alternatives)


_WHO = r"\b(?:users?|recipients?|mail ?box(?:es)?|address(?:es)?|accounts?|person|e-?mail address|mail address|user name|name)"

_FULL = _any(
    r"over[- ]?(?:the )?(?:\w+ )?quota", r"quota (?:has been |is |usage )?(?:exceed|full|reached|violation)",
    r"quota[- ]full", r"quota (?:wurde )?(?:bereits )?überschritten", r"over[- ]?drawn \w+ (?:\w+ )?quota", r"disk ?space quota", r"exceed\w* (?:\w+ ){0,3}allowed size", r"exceed\w* (?:\w+ ){0,4}quota", r"out of quota", r"disk ?quota", r"userdisk quota",
    r"(?:mail ?box|in-?box|mail ?folder|mail ?dir|mail ?store|account)\S*(?: \S+){0,2} (?:is |are |appears to be )?(?:\w+ )?full\b",
    r"full mail ?box", r"mail ?box full", r"mailbox_?full", r"mailbox (?:size|storage) limit",
    r"insufficient (?:\w+ )?(?:storage|space)", r"(?:not|n't have) (?:have )?enough (?:\w+ )?(?:storage|space)",
    r"(?:not|n't have) enough (?:free |disk |storage )*(?:space|room)", r"no space left", r"out of (?:storage|space)",
    r"(?:disk|storage|mail|mailbox)[ -]?(?:space|storage|allocation)? (?:is )?(?:has )?(?:been )?(?:full|exceeded|used up)",
    r"storage (?:limit|allocation|allotment)", r"space has been used up", r"too much mail data",
    r"(?:allowed|disk|mailbox|storage) (?:space )?(?:limit|quota) (?:\w+ )?(?:exceeded|reached)",
    r"exceed\w* (?:\w+ ){0,5}(?:disk space|storage|receiving limits|local limit|allowed for mail delivery)",
    r"too many messages on the server", r"mailbox (?:has )?exceed", r"mailbox has reached", r"recipientquotaexceeded",
    r"too many (?:recipients|connections|messages|sessions|concurrent)", r"rate[- ]limit(?!.{0,60}(?:reputation|spam))", r"\bstorequota\b", r"box (?:is )?too full",
    # French, German, Spanish and Portuguese, Italian, Dutch, Russian, Japanese, Chinese, Czech, Polish
    r"bo[iî]te (?:\S+ ){0,4}pleine", r"quota (?:d[eu] \S+ )?d[ée]pass", r"postfach (?:\S+ ){0,4}(?:voll|überfüllt|ueberfuellt)",
    r"(?:speicherplatz|speicherquote|kontingent) (?:\S+ ){0,5}(?:erschöpft|überschritten|ueberschritten|aufgebraucht)",
    r"(?:buz[oó]n|casilla|cuota|caixa) (?:\S+ ){0,5}(?:llen[oa]|excedid[oa]|cheia)", r"excedid[oa] (?:\S+ ){0,3}(?:cuota|quota|espacio)",
    r"casella (?:\S+ ){0,4}piena", r"(?:mailbox|postvak) (?:\S+ ){0,3}vol\b", r"ящик (?:\S+ ){0,4}(?:переполнен|заполнен)", r"переполнен",
    r"превышен\w* (?:\S+ )?(?:квот|лимит)", r"メールボックス(?:が|の)?\S{0,12}(?:一杯|いっぱい|満杯|超え|オーバー|容量)", r"容量\S{0,6}(?:超|オーバー)",
    r"(?:邮箱|郵箱|信箱)\S{0,10}(?:已满|已滿|满了|滿)", r"(?:空间|空間|容量)\S{0,4}(?:不足|已满|已滿)", r"schránka je plná", r"skrzynka (?:\S+ )?(?:jest )?pełna",
)  # fmt: skip
_GREY = _any(
    r"too many hops", r"(?:mail|routing) loop", r"loops? back", r"due to (?:a )?loop", r"hop count", r"not found, try again", r"name server reply", r"host ?name lookup failure", r"too many (?:\"|')?received", r"gr[ea]y\W?list", r"postgrey", r"temporarily (?:deferred|rejected|delayed)(?! due to)", r"deferred for a while",
    r"(?:please )?(?:try|retry) (?:again )?(?:in|after) \d+",
)  # fmt: skip
_BIG = _any(
    r"(?:message|mail|e-?mail)(?:'s)? (?:size |length |is |was |file size )?(?:\w+ )?(?:is )?(?:exceeds|exceeded|too (?:big|large|long))",
    r"(?:message|mail) (?:is )?(?:too(?! old)|larger than)", r"exceed\w* (?:\w+ ){0,4}(?:maximum|max\.?|fixed|allowed|allowable|databytes) (?:\w+ ){0,3}(?:size|limit)",
    r"(?:maximum|max) (?:message|mail) size", r"(?:message|mail) size (?:limit|exceed)", r"size limit (?:for|of) (?:the|this) message",
    r"over maximum size", r"nachricht (?:\S+ ){0,4}zu gro(?:ß|ss)", r"message trop (?:gros|volumineux)", r"recipsizelimit", r"too large",
)  # fmt: skip
_SENDER = _any(
    r"sender (?:e-?mail |ip )?(?:address )?(?:is )?(?:\S+ )?(?:rejected|refused|denied|not (?:allowed|permitted|accepted|exist)|unknown|invalid|verif\w+ failed|blocked|banned)",
    r"sender \S+ (?:rejected|refused|denied|blocked)", r"(?:invalid|unknown|bad|unroutable|unresolvable|unauthenticated|unauthorized) sender",
    r"(?:could not|unable to|cannot|can't) verify sender", r"sender verif\w+ (?:failed|error)", r"\b(?:ptr|rdns|reverse dns|reverse lookup|reverse host ?name)\b", r"client host rejected", r"sender callout", r"verification failed for <",
    r"sender (?:\S+ )?has (?:a )?null mx", r"domain of sender", r"(?:after|in reply to) (?:pipelined )?mail from\b", r"sender'?s? domain", r"envelope sender", r"mail from (?:\S+ )?(?:rejected|refused|denied|not accepted)",
    r"\bbadmailfrom\b", r"\bbatv\b|backscatter|unsigned dsn|third-party dsns|returned mail not accepted", r"purported responsible", r"bogus mail from", r"senderfilter", r"sender not pre-approved", r"empty (?:e-?mail address|envelope sender)",
    r"different address or alias", r"sender address (?:has|domain)", r"not allowed to send (?:e-?mail |mail )?(?:from|for)", r"address book only", r"fully qualified e-?mail address required", r"registered gateway user", r"(?:list of senders|specific e-?mail addresses)", r"bouncedeny", r"not accepting (?:any )?(?:mail|messages|e-?mail) (?:with|from|containing)", r"closed mailing list", r"your e-?mail address (?:has been|is) (?:black|block)", r"not (?:a )?subscribed to this (?:group|list)",
    r"(?:only|not) (?:accept\w*|allowed) (?:\w+ ){0,5}(?:members|subscribers)", r"non-?member", r"members[- ]only", r"not (?:a )?member of",
    r"sendernotauthenticated", r"emetteur (?:invalide|inconnu)", r"absender (?:\S+ ){0,3}(?:abgelehnt|gesperrt|nicht)",
    r"sender (?:is )?(?:on|in) (?:\w+ ){0,3}list", r"not owned by user", r"recipient preferences|recipient'?s preferences|rcp-p[23]\b|blocked by the recipient|user rules", r"null sender", r"from: domain is invalid",
    r"(?:posting|send|post) to (?:this|the) (?:mailing ?list|group|distribution)", r"permission to (?:post|send)", r"投稿する権限がない",
)  # fmt: skip
_NOBODY = _any(
    rf"no (?:such|valid|matching) {_WHO}", r"no such (?:local )?(?:user|mailbox|person|local part|alias|e-?mail|login|name)", r"no mail ?box (?:here|by|found|available|exists)",
    r"no account (?:by|with)", r"no user (?:by|with|here)", r"no one (?:at|by) ", r"no longer (?:valid|active|exists|employed|works|with|at|has|a valid|in use|available|accepts)",
    r"(?:is )?no longer (?:on|at) (?:this|our) (?:server|system)", r"has left (?:the|our) (?:company|organi[sz]ation)", r"no mail box available",
    rf"{_WHO} (?:\S+ ){{0,3}}(?:is |was |were |are )?(?:un ?known|not (?:be )?found|not (?:a )?known|non-?existent|nonexistant)",
    rf"{_WHO} (?:\S+ ){{0,3}}(?:(?:does|do|did) not|doesn'?t|don't|not|no longer) (?:seem to |appear to )?exist",
    rf"{_WHO} (?:is |was )?(?:in)valid", rf"{_WHO} (?:\S+ )?(?:is )?not (?:listed|recogni[sz]ed|local|present|here|ok\b|available|valid|on this)",
    r"mail ?box (?:\S+ )?(?:is )?(?:currently )?unavail?i?able", r"mailbox [^ ]+@[^ ]+ unavailable", r"mailbox not available", r"mailbox is inactive", r"mailbox name (?:not allowed|invalid)",
    r"un ?known (?:or (?:illegal|invalid) )?(?:virtual )?(?:e-?mail )?(?:users?\b|recipients?|mail ?box|address(?! error \d)|local[- ]part|account|alias|person|login|destination address|rcpt)",
    r"(?:invalid|bad|illegal|wrong|nonexistent|non-existent|incorrect|erroneous|undefined)(?: or \w+)? (?:destination |final |virtual |local |e-?mail )?(?:users?\b|recipient|mail ?box|address|rcpt|alias|local part|account)",
    r"(?:user|account|recipient) (?:unavailable|rejected: user)", r"doesn'?t have (?:a|an|any) (?:\S+ )?(?:account|mailbox)",
    r"(?:does|do|did) not (?:have|own) an? (?:\S+ )?(?:account|mailbox)", r"(?:does not|doesn'?t|not) (?:seem to |appear to )?(?:exist|like recipient)",
    r"not (?:listed|found) in (?:\S+ ){0,5}(?:directory|address book|name|table|list of users|database)", r"not listed in (?:\S+ )?(?:public|domino|lotus|name|address)",
    r"(?:is )?not (?:a|an) (?:known|valid|active|existing|local|registered|legal) (?:\w+ )?(?:user|mail ?box|address|recipient|account|e-?mail)", r"not our customer",
    r"not (?:active|valid) (?:address|user|recipient|account)", r"addresses were unknown", r"recipient name is not recogni[sz]ed", r"no matches to nameserver query",
    r"user'?s e-?mail name is not found", r"(?:wasn'?t|was not|couldn'?t be|could not be) found (?:at|in|on) ", r"(?:could ?n[o']?t|cannot|can'?t|unable to|not) (?:be )?(?:find|found|locate|match\w*|resolve) (?:\w+ ){0,3}(?:user|recipient|mailbox|account|address book)",
    r"can'?t accept user", r"not e-?mail address", r"(?:does|did) not (?:exactly )?match an? (?:\S+ )?e-?mail address", r"does not have a final e-?mail delivery point", r"recipient (?:is )?not accepted", r"envelope recipient has been denied", r"domain or user isn'?t in my list", r"badrecipientto", r"not in my validrcptto", r"\bno .{1,60} in name directory", r"recip(?:ient)?notfound", r"recipientnotfound", r"adr\.ex?recip", r"recipient (?:\S+ ){1,3}not found", r"<[^ <>@]{1,80}@[^ <>@]{1,120}> not found", r"rejected: un?known",
    r"badrcptto", r"bad[-_ ]recipient", r"bad destination (?:mail ?box|e-?mail) address", r"address rejected: ?(?:user ?unknown|invalid)", r"no longer on (?:this |the |our )?server", r"(?:user|mailbox|account|recipient) (?:has )?moved", r"has been replaced by", r"address rejected(?:\.?$|[ ,]+\(?<?[^ ]+@)",
    r"email account that you tried to reach (?:does|is not)", r"destination server rejected recipients", r"following recipients was undeliverable",
    r"undeliverable address", r"invalid (?:final delivery )?user ?id", r"unknown to (?:us|this|our)", r"no valid recipients", r"recipients? (?:address(?:es)? )?(?:must exist|not ok)", r"missing home directory",
    r"(?:user|account|mailbox) (?:has been |was )?(?:deleted|removed|terminated|cancell?ed|closed)", r"account (?:is )?(?:has )?(?:been )?closed",
    r"vdeliver\w*: (?:invalid|unknown)", r"not a (?:valid )?(?:user|mailbox)\b", r"address (?:is )?(?:\w+ )?wrong or no longer", r"could not deliver mail to this user.{0,40}not exist",
    # German, French, Spanish, Italian, Portuguese, Dutch, Russian, Polish, Czech, Japanese, Chinese, Korean
    r"empf[äa]e?nger(?:adresse|name)?(?:\S+ |\s){0,4}(?:unbekannt|nicht|existiert)", r"(?:adresse|benutzer|postfach|mailbox|konto|nutzer|user) (?:\S+ ){0,3}(?:existiert nicht|nicht gefunden|unbekannt|nicht vorhanden|ungültig|gibt es nicht)",
    r"(?:adresse|utilisateur|destinataire|bo[iî]te|compte) (?:\S+ ){0,6}(?:invalide|inconnue?|n'existe|introuvable|inexistante?)", r"n'existe pas", r"utilisateur inconnu", r"destinataire inconnu",
    r"no existe", r"(?:usuario|destinatario|direcci[oó]n|cuenta|buz[oó]n) (?:\S+ ){0,4}(?:desconocid|inexistente|no (?:existe|v[aá]lid|encontrad))",
    r"nessun (?:utente|account)", r"(?:utente|destinatario|indirizzo|casella) (?:\S+ ){0,4}(?:sconosciut|inesistente|non (?:esiste|valid|trovat))", r"non esiste",
    r"(?:usu[aá]rio|destinat[aá]rio|endere[cç]o|conta) (?:\S+ ){0,4}(?:desconhecid|inexistente|inv[aá]lid|n[aã]o (?:existe|encontrad))", r"n[aã]o existe",
    r"(?:gebruiker|adres|geadresseerde|ontvanger) (?:\S+ ){0,3}(?:onbekend|bestaat niet|niet gevonden)", r"(?:не существует|несуществующ|не найден|неизвестн\w+ (?:получател|пользовател|адрес))", r"(?:такого|такой) (?:\S+ )?(?:пользовател|адрес|ящик)\S* нет", r"нет такого",
    r"(?:użytkownik|adres|odbiorca) (?:\S+ ){0,3}(?:nie istnieje|nieznany)", r"nie istnieje", r"neexistuje", r"(?:宛先|あて先|メールアドレス|ユーザ|アドレス)\S{0,16}(?:存在しません|見つかりません|不明|ありません|間違)", r"リストにありません", r"存在しない", r"見つかりません",
    r"nicht im (?:\S+ ){0,2}(?:domino|verzeichnis|adressbuch)", r"(?:ne figure|n'est) pas (?:\S+ ){0,4}(?:l')?(?:annuaire|carnet)", r"no (?:figura|aparece|est[aá]) (?:\S+ ){0,4}(?:directorio|libreta)", r"non (?:\S+ ){0,3}(?:rubrica|elenco)",
    r"(?:用户|用戶|收件人|地址|邮箱|郵箱|信箱|帐号|账号|帳號)\S{0,12}(?:不存在|不正确|错误|有误|未找到|無效|无效)", r"不存在", r"(?:사용자|수신자|주소)\S{0,10} ?\S{0,10}(?:없|존재하지)",
)  # fmt: skip
_NOWHERE = _any(
    r"(?:host|domain)(?: or domain)?(?: name)? (?:\S+ ){0,2}(?:is )?(?:unknown|not found|(?:does not|doesn't) exist|invalid|not known)(?!.{0,80}try again)", r"un?known (?:host|domain|mail host)", r"no such (?:host|domain)",
    r"(?:invalid|bad|nonexistent|non-existent) (?:destination )?(?:host|domain)", r"name or service not known", r"unrout[e]?able (?:mail )?(?:address|domain)", r"no route to (?:domain|address)",
    r"couldn'?t find any host (?:named|by that name)", r"(?:could ?n[o']t|cannot|can'?t) (?:find|resolve) (?!your)(?:\w+ ){0,3}(?:host|domain|mx|mail exchange\w*)(?!.{0,60}(?:temporar|try again))",
    r"all host address lookups failed permanently", r"mx records? point\w* to non-?existent", r"nonexistentdomain", r"nxdomain", r"domain (?:must exist|is unknown)", r"mail domain mentioned in email address is unknown",
    r"(?:dns |remote )?domain (?:\S+ )?(?:does ?n[o']t|doesn'?t) exist", r"no (?:mx|mail server|mail exchanger)s? (?:record )?(?:found|exist|for (?:domain|host))", r"does(?: not|n'?t) (?:accept|receive) (?:any )?(?:e-?)?mail\b", r"\bnullmx\b", r"null mx",
    r"the account or domain may not exist", r"domain (?:\S+ )?(?:wurde )?(?:nicht gefunden|existiert nicht|unbekannt)", r"domaine (?:\S+ ){0,3}(?:inconnu|n'existe|inexistant)",
    r"domain name not found", r"domain is not reachable", r"dns server returned answer with no data", r"illegal host/domain name", r"address has no (?:mx|mail) ", r"no valid mx", r"(?:mx|srv) record\w* (?:\w+ ){0,3}indicated no smtp service",
)  # fmt: skip
_CLOSED = _any(
    r"(?:user|account|mail ?box|recipient|address|e-?mail)\S* (?:\S+ ){0,5}(?:has been |is |was |been |temporarily |currently |administrativel?e?y )*(?:disabled|suspend\w*|deactivated|inactivated|locked|frozen|blocked temporarily|blocked due|expired|on hold|barred|limited)",
    r"(?:disabled|suspended|deactivated|inactive|locked|expired|dormant|frozen) (?:mail ?box|account|user|recipient|e-?mail)", r"invalid/inactive", r"(?:is|mailbox) (?:a )?(?:currently )?(?:deactivated|suspended|disabled|inactive)",
    r"user (?:is )?(?:inactive|not active)", r"account (?:is )?(?:inactive|not active)", r"not accepting (?:any )?(?:messages|mail)", r"not being accepted", r"suspend\w* the service", r"temporarily unavailable",
    r"mailbox (?:temporarily|currently) ", r"gesperrt", r"deaktiviert", r"stillgelegt", r"заблокирован", r"отключен",
)  # fmt: skip
# Words that beat "not found": providers say both of an account that its owner may open again.
_SURELY_CLOSED = _any(
    r"(?:user\(s\)|the) account is (?:disabled|temporarily limited|suspended|inactive)", r"account (?:that you tried to reach )?is disabled", r"account (?:has been|is) (?:temporarily )?suspended",
    r"invalid/inactive", r"archived recipient", r"destinataire archiv",
)  # fmt: skip
_POLICY = _any(
    r"\bspam", r"anti-?spam", r"\bspm\b", r"denied \(mode", r"junk ?mail", r"unsolicited", r"unwanted", r"(?:weren'?t|were not) sent\. please (?:contact|try)", r"ask your postmaster", r"bulk (?:e-?)?mail", r"black\W?list", r"block\W?list", r"blocked (?:by|using|due|for|because|since|at|from|-)", r"(?:was|been|is|are) block(?:ed)?\b", r"\bblocked\b",
    r"reputation", r"polic(?:y|ies)", r"\b(?:dmarc|dkim|spf|rbl|dnsbl|surbl|uribl|ptr|rdns)\b", r"reverse dns", r"senderbase", r"sender policy", r"banned", r"listed (?:at|by|in|on) (?!public|name|the)", r"(?:relay|relaying)(?: \S+)? (?:access )?(?:denied|not|prohibited|disallowed|refused)",
    r"(?:unable|not (?:allowed|permitted|configured|authori[sz]ed)) to relay", r"relay\w* (?:operation )?(?:rejected|denied)", r"as a relay", r"open relay", r"rcpthosts", r"access denied", r"unauthenticated", r"requires authentication", r"authentica\w+ (?:is )?(?:required|failed|failure|invalid)", r"authrequired", r"not authori[sz]ed",
    r"virus(?!wall)", r"malware", r"phish", r"suspicious", r"content (?:\w+ )?(?:reject|filter|den|block)", r"(?:message|mail|email) (?:content |was )?(?:rejected|refused|filtered|denied)", r"rejected (?:as|by|due to|for|because of) (?:\w+ ){0,3}(?:content|filter|polic|abuse|rule|security|local)", r"rejected (?:the |your |this )?(?:message|mail|e-?mail)", r"not allowed to (?:send|connect)", r"ip name lookup", r"has no permission", r"client host rejected", r"(?:find|resolve|determine) your", r"your access .{0,80}rejected", r"administrative prohibition",
    r"prohibited", r"forbidden", r"not permitted", r"go away", r"firewall", r"complaints?", r"user refuses|user reject|refuse to receive|refused by (?:the )?(?:recipient|user)", r"attachments? (?:\S+ ){0,4}(?:not|type|block|forbid|prohib|reject)", r"(?:illegal|banned|forbidden|dangerous) attachment", r"too many spam", r"abus(?:e|ive|ix)\b",
    r"\bhelo\b", r"\bubl\b|\bube\b|\bsbl\b|\bxbl\b", r"not accept\w* (?:mail|e-?mail|messages|connections) from", r"protocol violation", r"header error", r"bare lf|bare linefeed", r"does not comply|not compliant|non-compliant|rfc ?(?:2?822|5322)", r"missing (?:or invalid )?(?:message-id|date|from)|message-id (?:header )?missing", r"tls (?:is )?required|must issue a starttls",
    r"account is protected", r"restricted sms", r"rule imposed", r"headers? (?:are|is) not accepted", r"low priority", r"multiple addresses", r"not accept messages containing", r"mass mailer", r"captcha", r"throttling failure|sending rate|try again slower",
    r"relay quota", r"frequency limited", r"denied \[[^\]]{1,80}\] \(mode", r"too many errors from", r"credentials", r"executable files", r"insecure mail relay", r"not relay\b", r"verification failure", r"dead domain", r"requires confirmation|confirm this mail server", r"(?:from|by) your ip\b", r"not accepting connections", r"bad ip\b", r"invalid ip\b",
    r"network not allowed", r"dynamic ip", r"no access from", r"server of your isp", r"(?:refused|rejected|denied) - see", r"open proxy", r"service refused", r"8-bit data", r"infected", r"not subscribed to ses",
    r"refusé|rejeté", r"wegen (?:\S+ ){0,3}(?:spam|richtlinie)", r"отклонен\w* (?:\S+ ){0,3}(?:спам|политик)", r"спам", r"垃圾邮件|垃圾郵件", r"迷惑メール",
)  # fmt: skip
_TABLE: tuple[tuple[Blame, str], ...] = (
    ("full", _FULL),
    ("grey", _GREY),
    ("big", _BIG),
    ("sender", _SENDER),
    ("closed", _SURELY_CLOSED),
    ("nobody", _NOBODY),
    ("nowhere", _NOWHERE),
    ("closed", _CLOSED),
    ("policy", _POLICY),
)
