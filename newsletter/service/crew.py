"""Keep the connections of a relay open: one first, the others once it has proved good, none without work."""

import asyncio
import contextlib
import logging
import ssl
from urllib.parse import urlsplit

from newsletter import settings, site
from newsletter.core import answers, errors, logs
from newsletter.mail import connect, smtp
from newsletter.service import bay as bays

log = logging.getLogger("newsletter.sending")

# How often in a row a relay may fail us before the run pauses: seldom at first, since then it is the configuration.
FAILURES_AT_FIRST, FAILURES_LATER = 4, 12
FAILURES_WITH_SPARE = 2  # at first, where another relay can take over
CONNECT_SECONDS = 60.0  # what a connection may take to stand where another relay can take over
LONGEST_WAIT = 30.0
LOOK_SECONDS = 0.25
SLEPT_SECONDS = 1.0  # a loop that was not run for so long was stopped: SIGSTOP, a laptop's lid
IDLE_SECONDS = 5.0  # a connection without work is left after this time


Context = ssl.SSLContext | None


class Crew:
    """The connections of one bay."""

    def __init__(self, bay: bays.Bay, office: bays.Office, own_name: str) -> None:
        self._bay = bay
        self._office = office
        self._route = bays.route(bay.relay, own_name)
        self._context = context(bay.relay, self._route)
        self._proven = False  # a connection has stood in this run
        self._tasks = [asyncio.create_task(self._keep(number)) for number in range(bay.relay.connections)]

    async def _keep(self, number: int) -> None:
        """Hold one connection open as long as there is work for it."""
        while await self._is_needed(number):
            line = await self._open()
            if isinstance(line, connect.NoLine):
                self._note_failure(line)
                continue
            self._proven = True
            link = smtp.Link(self._bay, line, self._route)
            self._bay.links.add(link)
            link.feed()
            await self._until_over(link)

    async def _open(self) -> connect.Line | connect.NoLine:
        patience = CONNECT_SECONDS if self._office.has_spare else None
        try:
            async with asyncio.timeout(patience):
                return await connect.open_line(self._route, self._context)
        except TimeoutError:
            text = f"no connection within {CONNECT_SECONDS:.0f} s"
            return connect.NoLine("connect", answers.Answer(0, "", text), answers.Verdict("deferred"))

    async def _until_over(self, link: smtp.Link) -> None:
        """Wait until a connection has gone, and leave it when it had nothing to do for a while."""
        idle = 0.0
        while not link.dead:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(link.over.wait(), LOOK_SECONDS)
            idle = idle + LOOK_SECONDS if link.is_idle and not self._bay.load else 0.0
            if idle >= IDLE_SECONDS and link.is_idle:
                await link.quit()

    async def _is_needed(self, number: int) -> bool:
        """Wait for work; all but the first also for a first connection that has stood, and not while the relay fails.

        False when the run is over.
        """
        bay = self._bay
        while not self._office.stopping:
            await self._back_off()
            may = number == 0 or (self._proven and not bay.fruitless)
            if may and not bay.is_out and bay.load > len(bay.idlers):
                return True
            bay.hiring.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(bay.hiring.wait(), LOOK_SECONDS)
        return False

    async def _back_off(self) -> None:
        failures = self._bay.fruitless
        if failures >= FAILURES_LATER:
            self._office.halt(
                self._bay.relay.name,
                "one connection after the other broke before it brought a mail away",
                "silent",
            )
            self._proven = False
        elif failures > 1:
            await asyncio.sleep(min(0.25 * 2.0 ** (failures - 2), LONGEST_WAIT))

    def _note_failure(self, line: connect.NoLine) -> None:
        bay = self._bay
        logs.warning(log, "no connection", relay=bay.relay.name, stage=line.stage, why=str(line))
        bay.fruitless += 1
        if line.verdict.slow:
            bay.pace.slow(asyncio.get_running_loop().time())
        at_first = FAILURES_WITH_SPARE if self._office.has_spare else FAILURES_AT_FIRST
        refused = line.verdict.outcome == "halt"
        if refused or bay.fruitless >= (FAILURES_LATER if self._proven else at_first):
            self._office.halt(bay.relay.name, str(line), "refused" if refused else "silent")
            self._proven = False

    def check(self, now: float, slept: float) -> None:
        """Close the connections whose server takes too long; seconds that our own process slept do not count."""
        for link in list(self._bay.links):
            if slept > SLEPT_SECONDS:
                link.forgive(slept)
            link.check(now)

    async def end(self) -> None:
        """Leave: QUIT where nothing is owed, close the rest."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        links = list(self._bay.links)
        quitting = [link.quit() for link in links if link.is_idle]
        for link in links:
            if not link.is_idle:
                link.fail("the run was stopped")
        await asyncio.gather(*quitting, return_exceptions=True)


def context(relay: settings.Relay, route: connect.Route) -> Context:
    """The TLS settings of a relay, or None where it has none. Raises ConfigError when its ca_file is bad."""
    if relay.security == "none":
        return None
    try:
        return connect.tls_context(route)
    except (OSError, ssl.SSLError) as problem:
        raise errors.ConfigError(
            f"relay {relay.name}: ca_file {relay.ca_file} cannot be used: {answers.read(0, str(problem)).text}"
        ) from problem


def own_name(opened: site.Site) -> str:
    """The name that we give in EHLO: a real host name (RFC 5321 4.1.1.1)."""
    host = urlsplit(opened.config.site.base_url or "").hostname or ""
    if host and not settings.is_loopback(host):
        return host
    return opened.config.site.contact.rpartition("@")[2]
