"""Slips in well-known mail domains: gmial.com was meant to be gmail.com.

A hint, never a verdict: the address may exist. Two domains are near when striking out one letter of each can make them
equal, which covers a letter too many, too few, wrong, or two of them swapped.
"""

from functools import lru_cache

_KNOWN = (
    "aol.com bluewin.ch btinternet.com comcast.net free.fr freenet.de gmail.com gmx.at gmx.ch gmx.de gmx.net "
    "googlemail.com hotmail.co.uk hotmail.com hotmail.de hotmail.fr icloud.com laposte.net libero.it live.com "
    "mail.com me.com msn.com ntlworld.com orange.fr outlook.com outlook.de outlook.fr posteo.de proton.me "
    "protonmail.com rogers.com sbcglobal.net sfr.fr shaw.ca sky.com sympatico.ca t-online.de talktalk.net "
    "tiscali.co.uk verizon.net virginmedia.com wanadoo.fr web.de yahoo.ca yahoo.co.uk yahoo.com yahoo.de yahoo.fr "
    "ymail.com zoho.com"
).split()
# Domains that exist and only look like a slip.
_REAL = frozenset(
    [*_KNOWN, "email.com", "gmx.com", "gmx.fr", "gmx.us", "live.fr", "live.de", "mac.com", "yahoo.es"]
)
_SHORTEST = 7  # characters: in shorter names one letter is too much of the whole


def _strikes(domain: str) -> set[str]:
    """The domain and every form of it with one character struck out."""
    return {domain} | {domain[:i] + domain[i + 1 :] for i in range(len(domain))}


_NEAR: dict[str, str] = {}
for _domain in _KNOWN:
    if len(_domain) >= _SHORTEST:
        for _form in _strikes(_domain):
            _NEAR.setdefault(_form, _domain)


@lru_cache(maxsize=20_000)
def meant(domain: str) -> str | None:
    """The well-known domain that was probably meant by this one (lower case), or None."""
    if domain in _REAL or len(domain) < _SHORTEST - 1 or len(domain) > 20:
        return None
    for form in (domain, *sorted(_strikes(domain))):
        found = _NEAR.get(form)
        if found and not _another_country(domain, found):
            return found
    return None


def _another_country(domain: str, known: str) -> bool:
    """Tell whether the two differ in the country's letters alone: yahoo.co.kr is no slip of yahoo.co.uk."""
    name, _, ending = domain.rpartition(".")
    known_name, _, known_ending = known.rpartition(".")
    return name == known_name and len(ending) == len(known_ending) == 2
