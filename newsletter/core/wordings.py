"""What a consent wording must say, and what of it is missing.

Organisation, content, frequency, how to leave and whom to ask: what regulators ask for when consent is to be proved.
"""

import re

_FREQUENCY = re.compile(
    r"\b(daily|weekly|fortnightly|monthly|quarterly|yearly|day|week|month|quarter|year|times?|occasional\w*|each|every|"
    r"täglich|wöchentlich|monatlich|vierteljährlich|jährlich|tag|woche|monat|quartal|jahr|mal|jede\w*|gelegentlich|"
    r"jour|semaine|mois|trimestre|an|année|fois|chaque|mensuel\w*|hebdomadaire\w*)\b",
    re.IGNORECASE,
)
_LEAVING = re.compile(
    r"\b(leave|unsubscribe|withdraw|opt out|stop|abmelden|widerruf\w*|austragen|désabonn\w*|désinscri\w*|retir\w*|quitter)\b",
    re.IGNORECASE,
)
_CONTENT = re.compile(
    r"\b(recaps?|invitations?|news\w*|letters?|notices?|reports?|meetings?|events?|einladung\w*|rückblick\w*|nachricht\w*|"
    r"brief\w*|mitteilung\w*|protokoll\w*|treffen|invit\w*|compte\w*|lettre\w*|nouvelles?|réunion\w*)\b",
    re.IGNORECASE,
)


def missing(wording: str, organisation: str, title: str, contact: str) -> tuple[str, ...]:
    """Return what a wording lacks, in words for the organiser; empty when it is complete."""
    lacks = []
    lower = wording.casefold()
    if not _names(lower, organisation) and not _names(lower, title):
        lacks.append(f"the organisation ({organisation})")
    if not _CONTENT.search(wording):
        lacks.append("what is sent (recaps, invitations, letters ...)")
    if not _FREQUENCY.search(wording):
        lacks.append("how often")
    if not _LEAVING.search(wording):
        lacks.append("how to leave")
    if contact.casefold() not in lower and "@" not in wording and "http" not in lower:
        lacks.append(f"whom to ask ({contact})")
    return tuple(lacks)


def _names(lower: str, name: str) -> bool:
    return bool(name) and name.casefold() in lower


def code(digest: str) -> str:
    """The short form of a wording's hash that stands on paper: 3f2a-9c1b-07de. 48 bits: two of a site do not share it."""
    return "-".join(digest[start : start + 4] for start in (0, 4, 8))


def read_code(typed: str) -> str:
    """What somebody typed off a paper as the beginning of a hash; empty when it is no code."""
    plain = re.sub(r"[\s-]", "", typed).lower()
    return plain if re.fullmatch("[0-9a-f]{12}", plain) else ""
