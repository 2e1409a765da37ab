"""What our own mail host found out about who signed an inbound mail (Authentication-Results, RFC 8601). Pure functions.

Only the topmost field counts: our host writes it above all that a stranger may have written himself. A stranger who
writes one where our host writes none gains nothing, since a mail without any is judged by its token alone.
"""

import re
from typing import Literal

# signed: by the domain of From; unsigned: by nobody, by somebody else, or it fails; "": our host does not say.
Signed = Literal["", "signed", "unsigned"]

_COMMENT = re.compile(r"\([^()]{0,500}\)")
_RESULT = re.compile(r"dkim\s*=\s*([a-z]{1,20})\b(.{0,1000})", re.IGNORECASE | re.DOTALL)
_SIGNER = re.compile(r"header\.(?:d|i)\s*=\s*\"?(?:[^\s@;\"]{0,200}@)?([\w.-]{1,253})", re.IGNORECASE)
_LIMIT = 4_000  # characters


def signed(value: str, ours: str, near: tuple[str, ...], domain: str) -> Signed:
    """Tell whether a mail is signed by its From domain, by the topmost Authentication-Results field (`value`).

    `ours` is the name that our host signs that field with; where it is empty, a name that shares its domain with one of
    `near` is taken for it. `domain` is the one of From.
    """
    host, _, rest = _COMMENT.sub(" ", value[:_LIMIT]).partition(";")
    name = (host.split() or [""])[0].strip('"').lower()
    if not (name == ours.lower() if ours else any(_family(name) == _family(one) for one in near if one)):
        return "unsigned" if ours else ""
    found = [result for part in rest.split(";") if (result := _RESULT.match(part.strip()))]
    if any(result[1].lower() == "pass" and _signs(result[2], domain) for result in found):
        return "signed"
    return "unsigned" if found or ours else ""


def _signs(properties: str, domain: str) -> bool:
    """Whether the signer is the domain, or one above or below it (relaxed alignment, RFC 7489 3.1.1)."""
    for signer in (one.lower().rstrip(".") for one in _SIGNER.findall(properties)):
        own = domain.lower()
        if "." in signer and (signer == own or own.endswith(f".{signer}") or signer.endswith(f".{own}")):
            return True
    return False


def _family(host: str) -> tuple[str, ...]:
    """The last two labels of a host's name; a name without a dot stands for itself."""
    return tuple(host.lower().rstrip(".").split(".")[-2:])
