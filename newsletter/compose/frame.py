"""What a message is told from outside: plain facts of site, lists and meeting, and the shapes it takes.

The service floor fills these in from configuration and store; composing asks for nothing else.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from newsletter.compose import catalogue
from newsletter.core import errors, rsvps, tokens, words


@dataclass(frozen=True, slots=True)
class Shape:
    """What a template may test about a member: members of one shape get the same message but for their own values.

    `lists` are the slugs by which the member gets it, in order: the first gives From and List-Id, the footer names all.
    `reason` says why the member gets it; `first` marks the first mail ever to this member, which names the source;
    `early` the copy of a committee's member, which goes before all others and has the link that stops them; `came` says of
    an edition that follows another whether the member came to that one's meeting (empty: not told apart).
    """

    lists: tuple[str, ...]
    reason: words.Reason = "confirmed"
    first: bool = False
    early: bool = False
    came: words.Came = ""


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What a message says of a list, and the fields its members have beside name and address. `feed`: its meetings are
    public as a calendar."""

    slug: str
    title: str
    from_name: str
    from_address: str
    reply_to: str | None = None
    archive: bool = False
    fields: tuple[str, ...] = ()
    feed: bool = False


@dataclass(frozen=True, slots=True)
class MeetingFacts:
    """What a message says of a meeting. Times are aware, in the list's zone.

    One with a `uid` travels as a calendar entry too; `sequence` counts its changes (RFC 5545 3.8.7.4).
    """

    title: str
    starts: datetime
    ends: datetime | None = None
    place: str = ""
    then: str = ""
    speaker: str = ""
    agenda: str = ""
    uid: str = ""
    sequence: int = 0
    cancelled: bool = False

    def rows(self, language: str, country: str) -> tuple[tuple[str, str], ...]:
        """The facts as rows of name and value for a reader, without those that nobody told."""
        found = (
            ("fact_when", catalogue.when(self.starts, self.ends, language, country)),
            ("fact_where", self.place),
            ("fact_then", self.then),
            ("fact_topic", self.title),
            ("fact_speaker", self.speaker),
            ("fact_agenda", self.agenda),
        )
        return tuple((catalogue.say(key, language), value) for key, value in found if value)


@dataclass(frozen=True, slots=True)
class QuestionFacts:
    """What a message says of the question under it: the choices by number, and until when (aware, in the list's zone)."""

    text: str
    closes: datetime
    choices: tuple[str, ...] = ()
    has_line: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The facts around a message.

    `templates` are folders searched in order (their mail/), a site's own before the shipped one. `receive` is the address
    that takes bounces and leaving by mail, or None; `replies` the one that reads calendar replies (the same, but also where
    it takes no tokens); `list_host` is what follows a list's slug in List-Id (empty: the From
    domain); `folder` holds the edition's pictures; `rest_at` is when the others get what the committee gets first; `line`
    is said above the text by the program; `page` is the edition that the archive shows (<list>/<file stem>; empty: none).
    """

    site: str
    contact: str
    lists: tuple[ListFacts, ...]
    templates: tuple[Path, ...]
    zone: str = "UTC"
    language: str = "en"
    country: str = ""
    postal_address: str = ""
    base_url: str | None = None
    list_host: str = ""
    receive: str | None = None
    replies: str | None = None
    meeting: MeetingFacts | None = None
    question: QuestionFacts | None = None
    folder: Path | None = None
    rest_at: datetime | None = None
    line: str = ""
    page: str = ""

    def list_of(self, slug: str) -> ListFacts:
        """Return a list's facts by its slug. Raises NotFoundError."""
        for facts in self.lists:
            if facts.slug == slug:
                return facts
        raise errors.NotFoundError(f"there is no list '{slug}'")


def reply_address(facts: ListFacts) -> str:
    """Where answers of a list's members go."""
    return facts.reply_to or facts.from_address


def calendar_link(frame: Frame, facts: ListFacts) -> str:
    """The list's calendar feed; empty without pages, or where the list keeps its meetings to itself."""
    return f"{frame.base_url}/calendar/{facts.slug}.ics" if frame.base_url and facts.feed else ""


def leave_mailto(frame: Frame, facts: ListFacts, token: str) -> str:
    """The mailto link that leaves: with its token in the address where the site reads mail, else as a plain request
    to a person, short enough never to be folded."""
    if frame.receive:
        return f"mailto:{tokens.mailbox(frame.receive, 'leave', token)}"
    return f"mailto:{reply_address(facts)}?subject=unsubscribe"


def leave_link(frame: Frame, facts: ListFacts, token: str) -> str:
    """The link that leaves: the page where there is one, else a mail."""
    return f"{frame.base_url}/leave/{token}" if frame.base_url else leave_mailto(frame, facts, token)


def stop_link(frame: Frame, facts: ListFacts, token: str) -> str:
    """The link that stops an edition after the committee's copies: the page where there is one, else a mail."""
    return (
        f"{frame.base_url}/stop/{token}" if frame.base_url else f"mailto:{reply_address(facts)}?subject=stop"
    )


def rsvp_link(frame: Frame, facts: ListFacts, meeting: MeetingFacts, token: str, answer: rsvps.Answer) -> str:
    """The link of one answer to an invitation: the page with its button in front where there is one, else a mail to the
    list's people."""
    if frame.base_url:
        return f"{frame.base_url}/rsvp/{token}/{answer}"
    said = catalogue.say(f"button_{answer}", frame.language)
    return f"mailto:{reply_address(facts)}?subject={quote(f'{said}: {meeting.title}')}"


def ask_link(frame: Frame, facts: ListFacts, choice: str, token: str, number: int = 0) -> str:
    """The link that answers a question with a choice (0: none yet): the page, else a mail to the list's people."""
    if frame.base_url:
        return f"{frame.base_url}/ask/{token}" + (f"/{number}" if number else "")
    return f"mailto:{reply_address(facts)}?subject={quote(choice)}"


def page_link(frame: Frame, facts: ListFacts, token: str, *, is_notice: bool) -> str:
    """Where a mail can be read on the web: an address for everybody where the list's archive is public, else one that
    is the member's own; empty where there is none."""
    if not frame.base_url or not frame.page:
        return ""
    own = "" if facts.archive and not is_notice else f"{token}/"
    return f"{frame.base_url}/archive/{facts.slug}/{own}{page_name(frame.page, facts.slug)}"


def page_name(edition: str, slug: str) -> str:
    """The last part of a page's address on a list: the file's stem; on another list than its own, with that one's slug
    before it. (No slug holds an underscore.)"""
    home, _, stem = edition.partition("/")
    return stem if home == slug else f"{home}_{stem}"
