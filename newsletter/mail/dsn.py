"""What we ask of a server that offers DSN (RFC 3461): no report of success, no whole mail back, and our own names in it.

ENVID is the token of the return path, so that a report is ours also where a relay has replaced the envelope sender.
"""

_PLAIN = frozenset(range(33, 127)) - frozenset(b"+=")  # xchar (RFC 3461 4)
_LIMIT = 500  # characters of ORCPT (RFC 3461 4.2)


def of_mail(token: str) -> str:
    """The parameters of MAIL."""
    return f" RET=HDRS ENVID={token}" if token else " RET=HDRS"


def of_recipient(address: str) -> str:
    """The parameters of RCPT. An address outside ASCII is not named: not every server of DSN knows how (RFC 6533 3)."""
    named = f" ORCPT=rfc822;{_xtext(address)}" if address.isascii() else ""
    return " NOTIFY=FAILURE,DELAY" + (named if len(named) <= _LIMIT else "")


def _xtext(text: str) -> str:
    return "".join(chr(octet) if octet in _PLAIN else f"+{octet:02X}" for octet in text.encode())
