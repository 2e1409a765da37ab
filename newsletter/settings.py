"""What a site is told by its files: frozen dataclasses, read by config.py. Times are in seconds."""

import ipaddress
import zoneinfo
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from newsletter.core import presets, reminders, words

Security = Literal["tls", "starttls", "none"]


@dataclass(frozen=True, slots=True)
class Secret:
    """A password that does not show itself when printed or logged."""

    value: str

    def __repr__(self) -> str:
        return "Secret(...)"


@dataclass(frozen=True, slots=True)
class SiteSettings:
    """[site]. A list may override any of it but base_url."""

    name: str
    contact: str
    time_zone: str
    base_url: str | None = None
    postal_address: str | None = None
    country: str | None = None
    language: str = "en"

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Relay:
    """[smtp] or [smtp.<name>]: where mail is handed over. Times are in seconds."""

    name: str
    host: str
    port: int
    security: Security
    ca_file: Path | None
    username: str | None
    password: Secret | None
    connections: int
    limits: presets.Limits
    answer_timeout: float
    dot_timeout: float
    message_deadline: float
    sign: bool


@dataclass(frozen=True, slots=True)
class Sending:
    """[sending]. A list may override any of it. Times are in seconds."""

    on_unclear: Literal["repeat", "hold"] = "repeat"
    unclear_wait: float = 600
    retry_first: float = 60
    retry_max: float = 3600
    give_up: float = 172_800


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where the site's returned mail lies; which fields count depends on `kind`."""

    kind: Literal["maildir", "imap", "lmtp"]
    path: Path | None = None
    host: str = ""
    port: int = 0
    security: Security = "tls"
    username: str | None = None
    password: Secret | None = None
    folder: str = "INBOX"
    done_folder: str = "Done"


@dataclass(frozen=True, slots=True)
class Receive:
    """[receive]: the address that bounces and answers come back to.

    `authserv_id` is the name in the Authentication-Results fields of its mail host; empty: one like the host's is taken.
    """

    bounce_address: str
    verp: Literal["plus", "none"]
    mailbox: Mailbox
    authserv_id: str = ""


@dataclass(frozen=True, slots=True)
class Web:
    """[web]: where `serve` listens, whose X-Forwarded-For it believes, and how many posts an hour of a form that makes
    us write a mail (joining, asking for a link) it takes from one network, and for one list."""

    host: str = "127.0.0.1"
    port: int = 8000
    trusted_proxies: tuple[str, ...] = ()
    joins_per_network: int = 20
    joins_per_list: int = 200


@dataclass(frozen=True, slots=True)
class Retention:
    """[retention]: how long what is kept. Times are in seconds; docs/retention.md says why each default is what it is."""

    requests: float = 7 * 86_400  # a sign-up that nobody confirms, and its link
    dormant_warning: float = 548 * 86_400  # no mail for 18 months: the organisers are told
    dormant: float = 731 * 86_400  # no mail for 24 months: consent lapses
    implied_warning: float = 60 * 86_400  # before a membership's end
    proofs: float = 1_096 * 86_400  # personal part of the ledger, after the person left the last list
    deliveries: float = 396 * 86_400  # address and server's answer of each mail; the numbers stay
    bounces: float = 30 * 86_400  # the text of a bounce
    verdicts: float = 365 * 86_400  # what a bounce said, without its text
    arrivals: float = 90 * 86_400  # digests of inbound mails, which keep a mail from counting twice
    attendance: float = 365 * 86_400  # who came to a meeting; how many came stays
    undo: float = 90 * 86_400  # what an import changed, for `member undo`


@dataclass(frozen=True, slots=True)
class Organiser:
    """[[organiser]]: a person who may act for the site; `report` says whether they get the monthly report."""

    name: str
    email: str
    role: str
    report: Literal["monthly", "never"] = "monthly"


@dataclass(frozen=True, slots=True)
class Dkim:
    """[dkim]: our own signature, for relays with `sign = true`."""

    domain: str
    selector: str
    key_file: Path


@dataclass(frozen=True, slots=True)
class Reminding:
    """When a list's reminders go (None: never): so many days before a meeting, at a time of day on the list's clock."""

    second_notice: reminders.Pace | None
    free_place: reminders.Pace | None
    day_before: reminders.Pace | None

    @property
    def paces(self) -> dict[reminders.Name, reminders.Pace | None]:
        """The paces by the reminders' names."""
        return {
            "second-notice": self.second_notice,
            "free-place": self.free_place,
            "day-before": self.day_before,
        }


@dataclass(frozen=True, slots=True)
class MailingList:
    """One list: lists/<slug>/list.toml over the site's own values."""

    slug: str
    title: str
    description: str
    from_name: str
    from_address: str
    reply_to: str | None
    purpose: str
    wording: str
    basis: words.Basis
    confirm: Literal["always", "unproven"]
    booth: Literal["confirm", "attest"]
    archive: bool
    fields: tuple[str, ...]
    goal: int | None
    relay: str | None
    committee: tuple[str, ...]
    committee_wait: float
    offer_wait: float
    clashes: tuple[str, ...]
    reminding: Reminding
    mails_per_week: int
    site: SiteSettings
    sending: Sending
    limits: presets.Limits
    folder: Path


@dataclass(frozen=True, slots=True)
class Config:
    """A whole site as configured. `relays` stand in file order, which is the order of fail-over."""

    root: Path
    site: SiteSettings
    relays: tuple[Relay, ...]
    sending: Sending
    receive: Receive | None
    web: Web
    organisers: tuple[Organiser, ...]
    dkim: Dkim | None
    retention: Retention = Retention()
    lists: dict[str, MailingList] = field(default_factory=dict)

    @property
    def loopback_only(self) -> bool:
        """Whether nothing of this site can reach another machine (demo, tests)."""
        hosts = [relay.host for relay in self.relays]
        if self.site.base_url:
            hosts.append(urlsplit(self.site.base_url).hostname or "")
        return all(is_loopback(host) for host in hosts)


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
