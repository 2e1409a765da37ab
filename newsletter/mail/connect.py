"""Open a connection to an SMTP relay: greeting, EHLO, TLS, login, and QUIT at the end, all by aiosmtplib.

TLS is never opportunistic: `tls` and `starttls` are verified or there is no connection; `none` is for this machine.
What goes wrong is a value (`NoLine`), judged by the same rules as every other answer.
"""

import asyncio
import contextlib
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast

from newsletter.core import answers

if TYPE_CHECKING:
    import aiosmtplib

QUIT_TIMEOUT = 1.0  # seconds; a server that does not answer QUIT is left all the same


@dataclass(frozen=True, slots=True)
class Route:
    """How to reach one relay and how long to wait for it. Times are in seconds."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"] = "none"
    ca_file: Path | None = None
    username: str = ""
    password: str = ""
    own_name: str = ""  # for EHLO; empty: what the machine calls itself
    answer_timeout: float = 300.0
    dot_timeout: float = 600.0
    message_deadline: float = 900.0

    def __repr__(self) -> str:
        return f"Route({self.host}:{self.port}, {self.security})"


@dataclass(frozen=True, slots=True)
class Line:
    """An open connection, ready for MAIL: its transport and the extensions offered (in small letters)."""

    smtp: "aiosmtplib.SMTP"
    transport: asyncio.Transport
    offers: frozenset[str]


@dataclass(frozen=True, slots=True)
class NoLine:
    """Why there is no connection: at which stage, what was said, and what follows from it."""

    stage: answers.Stage
    answer: answers.Answer
    verdict: answers.Verdict

    def __str__(self) -> str:
        return f"{_AT[self.stage]}: {self.answer}"


_AT: dict[answers.Stage, str] = {
    "connect": "no connection",
    "ehlo": "EHLO refused",
    "starttls": "no verified TLS",
    "auth": "login refused",
}
_HALT = answers.Verdict("halt")
_LATER = answers.Verdict("deferred")


def tls_context(route: Route) -> ssl.SSLContext:
    """Make the TLS settings of a route: certificate and host name are checked, TLS 1.2 at least."""
    context = ssl.create_default_context(cafile=str(route.ca_file) if route.ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


async def open_line(route: Route, context: ssl.SSLContext | None) -> Line | NoLine:
    """Connect, greet, secure and log in. `context` is needed unless the route's security is "none"."""
    import aiosmtplib

    smtp = aiosmtplib.SMTP(
        hostname=route.host,
        port=route.port,
        use_tls=route.security == "tls",
        start_tls=False,
        tls_context=context,
        local_hostname=route.own_name or None,
        timeout=route.answer_timeout,
    )
    stage: answers.Stage = "connect"
    try:
        await smtp.connect()
        stage = "ehlo"
        await _greet(smtp, may_be_old=route.security == "none" and not route.username)
        if route.security == "starttls":
            stage = "starttls"
            await smtp.starttls()
            stage = "ehlo"
            await smtp.ehlo()
        if route.username:
            stage = "auth"
            await smtp.login(route.username, route.password)
    except (aiosmtplib.SMTPException, OSError, ValueError) as problem:
        _drop(smtp)
        return _why(stage, problem)
    except BaseException:
        _drop(smtp)
        raise
    if smtp.transport is None or smtp.transport.is_closing():
        return NoLine(stage, answers.Answer(0, "", "the server closed the connection"), _LATER)
    return Line(smtp, cast(asyncio.Transport, smtp.transport), frozenset(smtp.esmtp_extensions))


def _drop(smtp: "aiosmtplib.SMTP") -> None:
    """Close a connection that did not come to stand, without waiting for TLS to say goodbye."""
    transport = smtp.transport
    smtp.close()
    if transport is not None:
        cast(asyncio.Transport, transport).abort()


async def _greet(smtp: "aiosmtplib.SMTP", *, may_be_old: bool) -> None:
    """Say EHLO; HELO only to a server that knows no EHLO and from which nothing more is wanted."""
    import aiosmtplib

    try:
        await smtp.ehlo()
    except aiosmtplib.SMTPHeloError as refused:
        if not may_be_old or refused.code not in (500, 502):
            raise
        await smtp.helo()


def _why(stage: answers.Stage, problem: Exception) -> NoLine:
    """Judge what stopped us: a server's answer by the rules, a bad certificate as a halt, the rest as for later."""
    import aiosmtplib

    if isinstance(problem, aiosmtplib.SMTPResponseException) and problem.code > 0:
        answer = answers.read(problem.code, problem.message)
        verdict = answers.judge(stage, answer)
        return NoLine(stage, answer, verdict if verdict.outcome in ("halt", "deferred") else _LATER)
    answer = answers.read(0, _reason(problem))
    insecure = _cause(problem, ssl.SSLCertVerificationError) is not None
    # What aiosmtplib says without a server's code is that STARTTLS or AUTH is not offered.
    missing = type(problem) is aiosmtplib.SMTPException
    if insecure:
        return NoLine("starttls", answer, _HALT)
    return NoLine(stage, answer, _HALT if missing or isinstance(problem, ValueError) else _LATER)


def _reason(problem: BaseException) -> str:
    certificate = _cause(problem, ssl.SSLCertVerificationError)
    if isinstance(certificate, ssl.SSLCertVerificationError):
        return f"the server's certificate is not good: {certificate.verify_message}"
    return str(problem) or type(problem).__name__


def _cause(problem: BaseException | None, kind: type[BaseException]) -> BaseException | None:
    while problem is not None and not isinstance(problem, kind):
        problem = problem.__cause__ or problem.__context__
    return problem


async def close_line(line: Line) -> None:
    """Say QUIT on a connection that owes nothing, and close it whatever the server says."""
    import aiosmtplib

    protocol = line.smtp.protocol
    if protocol is not None and not line.transport.is_closing():
        line.transport.set_protocol(protocol)
        with contextlib.suppress(aiosmtplib.SMTPException, OSError):
            await line.smtp.quit(timeout=QUIT_TIMEOUT)
    line.smtp.close()
    line.transport.abort()
