"""The bay of one relay: it hands jobs to connections as fast as the limits allow, and decides what each answer does."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Literal, Protocol

from newsletter import settings
from newsletter.core import answers, clock, errors, words
from newsletter.mail import connect, pace, smtp
from newsletter.service import books, health, jobs, turns
from newsletter.store import outbox

AHEAD = 19  # jobs that are prepared together with the next one
_NEVER = float("-inf")
OUT_SECONDS = 300.0  # how long a relay that does not answer is left alone while another one stands in


# Why a relay is out: it said no to us, it does not answer, or it dislikes the mails themselves, which another relay would
# only dislike too.
Cause = Literal["refused", "silent", "mails"]


class Office(Protocol):
    """The run that a bay belongs to."""

    workshop: jobs.Workshop
    books: books.Books
    stopping: bool
    version: int  # changes when the gate may say something else than before

    def lease(self) -> bool:
        """Put due jobs on the bays; False when there is none now."""

    def gate(self, job: jobs.Job) -> words.SkipReason | None:
        """Ask the gate about a job that was asked for in another version."""

    def halt(self, relay: str, reason: str, cause: "Cause") -> None:
        """Hear that the relay does not want us: another one takes over, or the run ends."""

    @property
    def has_spare(self) -> bool:
        """Whether there is another relay to take over."""

    def now(self) -> str:
        """The site's time as UTC ISO text."""

    def later(self, seconds: float) -> str:
        """The site's time so many seconds from now."""

    def jitter(self) -> float:
        """A number in [0, 1)."""


class Bay:
    """Jobs, connections and pace of one relay. It is what mail.smtp calls a bay."""

    def __init__(self, office: Office, relay: settings.Relay, list_paces: dict[int, pace.Pace]) -> None:
        self.relay = relay
        self.links: set[smtp.Link] = set()
        self.idlers: set[smtp.Link] = set()
        self.flying: dict[int, jobs.Job] = {}
        self.pace = pace.Pace(relay.limits)
        self.turns = turns.Turns(self.pace, list_paces, office.lease, self._may_go)
        self.hiring = asyncio.Event()  # set while there may be work for one more connection
        self.fruitless = 0  # connections in a row that brought no last word about any mail
        self.out_until = _NEVER  # the loop's time until which another relay stands in
        self._office = office
        self._limited = self.pace.limited or bool(list_paces)
        self._alike = ("", 0)
        self._loop = asyncio.get_running_loop()
        self._alarm: asyncio.TimerHandle | None = None

    @property
    def load(self) -> int:
        """Jobs in memory that have not gone."""
        return self.turns.load

    @property
    def is_out(self) -> bool:
        """Whether the relay is left alone now."""
        return self.out_until != _NEVER and self.out_until > self._loop.time()

    def leave_out(self, cause: Cause) -> None:
        """Leave the relay alone: for the rest of the run, or when it only did not answer, for a while."""
        self.out_until = self._loop.time() + OUT_SECONDS if cause == "silent" else float("inf")
        self.fruitless = 0

    def known(self) -> Iterator[int]:
        """The deliveries in memory: they must not be leased again."""
        yield from (job.id for job in self.turns)
        yield from self.flying

    def put(self, leased: Iterable[jobs.Job], *, first: bool = False) -> None:
        """Take leased jobs, behind the others or before them."""
        self.turns.put(leased, first=first)
        self.hiring.set()

    def wake(self) -> None:
        """Let idle connections look for work."""
        idlers, self.idlers = self.idlers, set()
        for link in idlers:
            link.feed()

    # ---- what mail.smtp calls

    def next_parcel(self) -> smtp.Parcel | None:
        """Hand out the next job whose turn it is."""
        if self._office.stopping or self.is_out:
            return None
        job = self.turns.first() if self.turns.is_free else self.turns.take(self._loop.time())
        if isinstance(job, jobs.Job):
            if not job.sender:
                self._office.workshop.prepare([job, *islice(self.turns.row, AHEAD)])
            self.flying[job.id] = job
            return smtp.Parcel(job.id, job.sender, job.address, job.token)
        if job is not None:
            self._wake_in(job)
        return None

    def ready(self, link: smtp.Link, parcel: smtp.Parcel) -> None:
        """Stamp the mail and let its intent be committed."""
        job = self.flying[parcel.number]
        try:
            job.body = self._office.workshop.write(job)
        except errors.NewsletterError as problem:
            self._give_up_writing(link, job, problem)
            return
        if self.relay.sign:
            self._let_sign(link, parcel, job)
        else:
            self._office.books.await_body((link, parcel, job, self.relay.name))

    def _let_sign(self, link: smtp.Link, parcel: smtp.Parcel, job: jobs.Job) -> None:
        """Sign in a thread: a signature is 300 us of one core, in which the loop serves the other connections."""

        def go_on(done: "asyncio.Future[list[bytes]]") -> None:
            if link.dead or done.cancelled():
                return  # the parcel has come back already
            problem = done.exception()
            if isinstance(problem, errors.NewsletterError):
                self._give_up_writing(link, job, problem)
                return
            job.body = done.result()
            self._office.books.await_body((link, parcel, job, self.relay.name))

        signing = self._loop.run_in_executor(
            self._office.workshop.signers, self._office.workshop.sign, job.body
        )
        signing.add_done_callback(go_on)

    def _give_up_writing(self, link: smtp.Link, job: jobs.Job, problem: errors.NewsletterError) -> None:
        self._end(job)
        text = f"the mail cannot be written: {problem.message}"
        self._write(job, "failed", None, answers.Answer(0, "", text))
        link.fail("the mail cannot be written")

    def answered(self, parcel: smtp.Parcel, stage: answers.Stage, answer: answers.Answer) -> None:
        """Do what the server's last word about a mail means."""
        job = self._end(self.flying[parcel.number])
        self.fruitless = 0
        if stage == "dot" and 200 <= answer.code < 300:
            self._accept(job, answer)
            return
        verdict = answers.judge(stage, answer)
        self._brake(verdict, job, answer)
        match verdict.outcome:
            case "failed":
                self._write(job, "failed", None, answer, tried=1)
                self._note_bounce(job, verdict.kind, answer)
            case "deferred" if stage == "mail":
                # MAIL speaks of the connection more often than of the mail, so a new one may do.
                self._again(job, answer)
            case "halt":
                self._put_back(job)
                self._office.halt(self.relay.name, f"{_AT.get(stage, stage)} refused: {answer}", "refused")
            case _:
                self._defer(job, answer, verdict.kind)
        if verdict.kind == "policy":
            self._count_alike(stage, answer)

    def lost(self, parcel: smtp.Parcel, reason: str, *, accused: bool) -> None:
        """A connection broke: what may have arrived is unclear, the rest is due as before."""
        job = self.flying.get(parcel.number)
        if job is None:
            return
        self._end(job, used=parcel.dot_written)
        answer = answers.Answer(0, "", reason[: answers.TEXT_LIMIT])
        job.body = []
        if job.is_gone:
            return
        if parcel.dot_written:
            self._be_unclear(job, answer)
        elif accused:
            self._again(job, answer)
        else:
            self._put_back(job)

    def idle(self, link: smtp.Link) -> None:
        """Remember who has nothing to do."""
        self.idlers.add(link)

    def closed(self, link: smtp.Link, reason: str) -> None:
        """Forget a connection; a new one may be needed."""
        self.links.discard(link)
        self.idlers.discard(link)
        if reason and not link.sent:
            self.fruitless += 1
        self.hiring.set()

    def _may_go(self, job: jobs.Job) -> bool:
        if job.gated == self._office.version:
            return True  # nothing can have changed since it was asked last
        refused = self._office.gate(job)
        if refused is not None:
            self._write(job, "skipped", None, answers.Answer(0), reason=refused)
        return refused is None and not job.is_gone

    def _wake_in(self, seconds: float) -> None:
        if self._alarm is None:
            self._alarm = self._loop.call_later(max(seconds, 0.001), self._ring)

    def _ring(self) -> None:
        self._alarm = None
        self.wake()

    # ---- what becomes of a job

    def _end(self, job: jobs.Job, *, used: bool = True) -> jobs.Job:
        del self.flying[job.id]
        if self._limited:
            self.turns.free(job, self._loop.time(), used=used)
        if used and self.pace.limited:
            sent = self._office.books.sent
            for domain in ("", job.domain) if self.pace.by_domain else ("",):
                sent[self.relay.name, domain] = sent.get((self.relay.name, domain), 0) + 1
        return job

    def _accept(self, job: jobs.Job, answer: answers.Answer) -> None:
        """The server has taken the mail: the way it nearly always goes."""
        self._alike = ("", 0)
        self.pace.good("" if self.pace.is_free else job.domain, self._loop.time())
        text = f"{answer.status} {answer.text}" if answer.status else answer.text
        self._office.books.accept((answer.code, text, self._office.now(), job.id))
        if job.kind.mail_class == "C":
            self._keep_proof(job, answer)

    def _defer(self, job: jobs.Job, answer: answers.Answer, kind: answers.Kind = "") -> None:
        """Try again after a growing wait, until the list gives up."""
        rule = job.terms.sending
        wait = answers.next_wait(job.attempts + 1, rule.retry_first, rule.retry_max, self._office.jitter())
        due_at = self._office.later(wait)
        if due_at > jobs.deadline(job, rule):
            text = f"given up after {timedelta(seconds=rule.give_up)}: {answer.text}"
            self._write(job, "failed", None, answers.Answer(answer.code, answer.status, text), tried=1)
            if answer.code:  # silence is the relay's trouble more often than the address's
                self._note_bounce(job, kind or "soft", answer)
        else:
            self._write(job, "deferred", due_at, answer, tried=1)

    def _be_unclear(self, job: jobs.Job, answer: answers.Answer) -> None:
        rule = job.terms.sending
        job.unclears += 1
        repeat = answers.may_repeat(rule.on_unclear, job.unclears, own_death=False)
        due_at = self._office.later(rule.unclear_wait) if repeat else None
        self._write(job, "unclear", due_at, answer, tried=1)

    def _again(self, job: jobs.Job, answer: answers.Answer) -> None:
        """Try once more at once, over another connection; the second time it waits like any other."""
        job.losses += 1
        if job.losses > 1:
            self._defer(job, answer)
        elif job.on_row == "sending":
            self._put_back(job)
        else:
            # Behind all others, so that nobody waits for one who breaks connections.
            self.turns.put_last(job)
            self.hiring.set()

    def _put_back(self, job: jobs.Job) -> None:
        """Nothing happened to this job: it is the next one again."""
        if job.on_row == "sending":
            self._write(job, "due", job.due_at, answers.Answer(0))
        else:
            self.put([job], first=True)

    def _write(
        self, job: jobs.Job, state: words.DeliveryState, due_at: str | None, answer: answers.Answer, *,
        tried: int = 0, reason: words.SkipReason | None = None,
    ) -> None:  # fmt: skip
        text = f"{answer.status} {answer.text}".strip()
        row: outbox.Settled = (
            state, due_at, job.attempts + tried, job.unclears, answer.code or None, text, self.relay.name,
            self._office.now(), reason, job.id,
        )  # fmt: skip
        self._office.books.settle(row)

    def _note_bounce(self, job: jobs.Job, kind: answers.Kind, answer: answers.Answer) -> None:
        """What a server said of an address counts like a report that comes back, and more surely."""
        if kind:
            self._office.books.bounces.append(
                health.Refusal(job.message, job.member, kind, answer.status, answer.text)
            )

    def _keep_proof(self, job: jobs.Job, answer: answers.Answer) -> None:
        """Keep a confirm mail as it was sent: whoever must prove a consent shows its very bytes."""
        text = f"{answer.code} {answer.status} {answer.text}".strip()
        pieces = self._office.workshop.write(job)
        mail = b"".join(self._office.workshop.sign(pieces) if self.relay.sign else pieces)
        self._office.books.proofs.append((job.member, mail, text))

    def _brake(self, verdict: answers.Verdict, job: jobs.Job, answer: answers.Answer) -> None:
        now = self._loop.time()
        match verdict.slow:
            case "provider":
                self.pace.slow(now, job.domain)
            case "relay":
                self.pace.slow(now)
            case "quota":
                self.pace.hold(now, answers.quota_window(answer))

    def _count_alike(self, stage: answers.Stage, answer: answers.Answer) -> None:
        like = answers.likeness(stage, answer)
        self._alike = (like, self._alike[1] + 1 if self._alike[0] == like else 1)
        if self._alike[1] >= answers.ALIKE_LIMIT:
            self._office.halt(
                self.relay.name,
                f"{self._alike[1]} mails in a row were refused alike, and not for their recipients: {answer}",
                "mails",
            )


_AT: dict[answers.Stage, str] = {
    "mail": "the sender address was",
    "rcpt": "our login was",
    "data": "our login was",
}


def route(relay: settings.Relay, own_name: str) -> connect.Route:
    """How to reach a relay, as mail.connect wants it."""
    return connect.Route(
        host=relay.host,
        port=relay.port,
        security=relay.security,
        ca_file=relay.ca_file,
        username=relay.username or "",
        password=relay.password.value if relay.password else "",
        own_name=own_name,
        answer_timeout=relay.answer_timeout,
        dot_timeout=relay.dot_timeout,
        message_deadline=relay.message_deadline,
    )


def iso_after(now: str, seconds: float) -> str:
    """UTC ISO text so many seconds later."""
    return clock.iso(clock.parse(now) + timedelta(seconds=seconds))
