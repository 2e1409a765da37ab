"""Send one copy of an edition for trial: over the real relay, to one address, without any row of it."""

from pathlib import Path

from newsletter import site
from newsletter.core import addresses, answers, errors
from newsletter.service import consent, editions, previews, single


def send(opened: site.Site, path: Path, text: str) -> answers.Answer:
    """Send an edition to an address for trial; return the relay's answer.

    A member gets their own copy, anybody else one with made-up values. Raises RefusedError for a suppressed address or
    a refusal, RelayError, EditionError.
    """
    address = addresses.read(text)
    found = editions.open_edition(opened, path)
    list_id = opened.store.list_ids[found.lists[0].slug]
    if consent.suppression_scope(opened, address.key, list_id) == "all":
        raise errors.RefusedError(f"{address.text} is suppressed: no mail may go there, not even for trial")
    body = previews.trial_copy(opened, path, address.text)
    receive = opened.config.receive
    sender = receive.bounce_address if receive else found.lists[0].from_address
    relay = single.relay_of(opened, found.lists[0].relay)
    return single.hand_over(opened, relay, sender, address.text, body)
