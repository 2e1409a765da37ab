"""One mailbox for all the spellings of its address.

An address is suppressed, and counted against our forms, by the mailbox it is delivered to: otherwise a plus tag or a dot
more would make a new victim. Two spellings are one mailbox where the provider says so in its own documentation.
"""

from newsletter.core import addresses

# Google Mail delivers without regard to dots, under either of its names.
DOTLESS = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}


def one(key: str) -> str:
    """The key of the mailbox behind an address's key: without +tag, and without dots where they do not count."""
    plain = addresses.without_tag(key)
    local, _, domain = plain.rpartition("@")
    if domain not in DOTLESS:
        return plain
    return f"{local.replace('.', '') or local}@{DOTLESS[domain]}"
