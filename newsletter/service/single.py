"""Hand one mail over at once, without a row of it: trial copies, reports to organisers, tests of the relay.

What the throttle counts is counted here too, so that a single mail never breaks a relay's limit.
"""

import asyncio
import contextlib

from newsletter import settings, site
from newsletter.core import answers, errors
from newsletter.mail import connect, pace, smtp
from newsletter.service import bay, crew, paces, signing
from newsletter.store import outbox

PATIENCE = 60.0  # seconds that a single mail waits for its turn


def relay_of(opened: site.Site, name: str | None) -> settings.Relay:
    """The relay of that name, else the first."""
    return next((one for one in opened.config.relays if one.name == name), opened.config.relays[0])


def hand_over(
    opened: site.Site, relay: settings.Relay, sender: str, recipient: str, body: bytes
) -> answers.Answer:
    """Hand a mail (final bytes) to a relay, or to the next one while none has begun to take it; return the good answer.

    Raises RelayError when there is no connection or a refusal (MailRefusedError when trying again makes no sense),
    PausedError when a relay's limits leave no room soon.
    """
    others = [one for one in opened.config.relays if one.name != relay.name]
    failed: list[str] = []
    for one in (relay, *others):
        found = _try(opened, one, sender, recipient, body)
        if found.stage == "dot" and 200 <= found.answer.code < 300:
            return found.answer
        failed.append(f"relay {one.name} did not take the mail: {found.answer}")
        if found.stage not in _OURS:
            # It is about this mail or its recipient, or it may have arrived: no other relay is asked.
            if found.answer.code >= 500 or not found.answer.code:
                raise errors.MailRefusedError("; ".join(failed), "See: newsletter check")
            break
    raise errors.RelayError("; ".join(failed), "See: newsletter check")


# Where a refusal, or silence, is about us and not about the mail.
_OURS = ("connect", "mail")


def _try(opened: site.Site, relay: settings.Relay, sender: str, recipient: str, body: bytes) -> "_One":
    if relay.sign and (signer := signing.signer(opened)):
        body = signer.sign(body) + body
    route = bay.route(relay, crew.own_name(opened))
    return asyncio.run(_at_its_turn(opened, relay, route, _One(sender, recipient, body)))


class _One:
    """A bay with one parcel."""

    def __init__(self, sender: str, recipient: str, body: bytes) -> None:
        self.over = asyncio.Event()
        self.stage: str = "connect"
        self.answer = answers.Answer(0)
        self.domain = recipient.rpartition("@")[2]
        self._parcel: smtp.Parcel | None = smtp.Parcel(1, sender, recipient)
        self._body = body

    def next_parcel(self) -> smtp.Parcel | None:
        parcel, self._parcel = self._parcel, None
        return parcel

    def ready(self, link: smtp.Link, parcel: smtp.Parcel) -> None:
        link.send(parcel, [self._body])

    def answered(self, parcel: smtp.Parcel, stage: answers.Stage, answer: answers.Answer) -> None:
        self.stage, self.answer = stage, answer
        self.over.set()

    def lost(self, parcel: smtp.Parcel, reason: str, *, accused: bool) -> None:
        self.answer = answers.Answer(0, "", reason)
        if parcel.dot_written:
            self.stage = "dot"
        self.over.set()

    def idle(self, link: smtp.Link) -> None:
        """There is nothing else to do."""

    def closed(self, link: smtp.Link, reason: str) -> None:
        self.over.set()


async def _at_its_turn(opened: site.Site, relay: settings.Relay, route: connect.Route, one: _One) -> _One:
    """Wait until the relay's limits have room, send, and count it."""
    own = pace.Pace(relay.limits)
    if own.limited:
        paces.restore(opened, relay.name, own, asyncio.get_running_loop().time())
        await _wait(own, relay, one.domain)
    sent = await _send(route, crew.context(relay, route), one)
    if sent.stage == "dot":
        at = f"{int(opened.clock.source()) + 1}"
        with opened.store.write(durable=False):
            for domain in ("", one.domain):
                outbox.add_sent(opened.store, relay.name, domain, at, 1)
    return sent


async def _wait(own: pace.Pace, relay: settings.Relay, domain: str) -> None:
    now = asyncio.get_running_loop().time()
    until = now + max(own.wait(now), own.wait_for(domain, now))
    if until - now > PATIENCE:
        raise errors.PausedError(
            f"the limits of relay {relay.name} are used up for another {until - now:.0f} s",
            "Try again after that time.",
        )
    await asyncio.sleep(until - now)


async def _send(route: connect.Route, context: crew.Context, one: _One) -> _One:
    line = await connect.open_line(route, context)
    if isinstance(line, connect.NoLine):
        one.answer = answers.Answer(line.answer.code, line.answer.status, f"{line}")
        return one
    link = smtp.Link(one, line, route)
    link.feed()
    while not one.over.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(one.over.wait(), 0.5)
        link.check(asyncio.get_running_loop().time())
    if not link.dead:
        await link.quit()
    return one
