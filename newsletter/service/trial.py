"""Send one copy of an edition for trial: over the real relay, to one address, without any row of it."""

import asyncio
import contextlib
from pathlib import Path

from newsletter import site
from newsletter.core import addresses, answers, errors
from newsletter.mail import connect, smtp
from newsletter.service import consent, crew, desk, editions, previews, sending


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
    slug = found.lists[0].relay
    relay = next((one for one in opened.config.relays if one.name == slug), opened.config.relays[0])
    route = desk.route(relay, sending.own_name(opened))
    receive = opened.config.receive
    sender = receive.bounce_address if receive else found.lists[0].from_address
    trial = asyncio.run(_send_one(route, crew.context(relay, route), sender, address.text, body))
    if trial.stage != "dot" or trial.answer.code >= 400:
        raise errors.RelayError(
            f"relay {relay.name} did not take the trial copy: {trial.answer}", "See: newsletter check"
        )
    return trial.answer


class _Trial:
    """A desk with one parcel."""

    def __init__(self, sender: str, recipient: str, body: bytes) -> None:
        self.over = asyncio.Event()
        self.stage: str = "connect"
        self.answer = answers.Answer(0)
        self._parcel: smtp.Parcel | None = smtp.Parcel(1, sender, recipient)
        self._body = body

    def next_parcel(self) -> smtp.Parcel | None:
        parcel, self._parcel = self._parcel, None
        return parcel

    def ready(self, link: smtp.Link, parcel: smtp.Parcel) -> None:
        link.send(parcel, self._body)

    def answered(self, parcel: smtp.Parcel, stage: answers.Stage, answer: answers.Answer) -> None:
        self.stage, self.answer = stage, answer
        self.over.set()

    def lost(self, parcel: smtp.Parcel, reason: str, *, accused: bool) -> None:
        self.answer = answers.Answer(0, "", reason)
        self.over.set()

    def idle(self, link: smtp.Link) -> None:
        """There is nothing else to do."""

    def closed(self, link: smtp.Link, reason: str) -> None:
        self.over.set()


async def _send_one(
    route: connect.Route, context: crew.Context, sender: str, recipient: str, body: bytes
) -> _Trial:
    trial = _Trial(sender, recipient, body)
    line = await connect.open_line(route, context)
    if isinstance(line, connect.NoLine):
        trial.answer = answers.Answer(line.answer.code, line.answer.status, f"{line}")
        return trial
    link = smtp.Link(trial, line, route)
    link.feed()
    while not trial.over.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(trial.over.wait(), 0.5)
        link.check(asyncio.get_running_loop().time())
    if not link.dead:
        await link.quit()
    return trial
