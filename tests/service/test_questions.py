"""A question to the group: asked, answered once each, changed, closed by the clock, told; a date becomes the meeting."""

import io
import json
import re
import zipfile

import pytest

from newsletter.core import clock, errors
from newsletter.core.questions import Given
from newsletter.service import (
    copies,
    forgetting,
    meetings,
    previews,
    proofs,
    questions,
    queueing,
    retention,
    telling,
)
from newsletter.store import questions as store
from tests.conftest import LIST_TOML, NEWSLETTER_TOML
from tests.peers import smtp_peer
from tests.people import add_member, dump
from tests.service import outgoing, wondering

SLUG = "south-hants-it"
PEOPLE = ("ada", "ben", "cy")


@pytest.fixture
def links(site) -> dict[str, str]:
    """Three members, and each one's link under the recap."""
    numbers = {name: add_member(site, f"{name}@example.org", SLUG, name=name) for name in PEOPLE}
    wondering.ask(site)
    return {name: wondering.token(site, number) for name, number in numbers.items()}


def test_one_answer_each_and_changeable(site, links):
    """Two answers by one link are one voice, the last; another link is another voice; the numbers stand in `show`."""
    questions.answer(site, links["ada"], Given(1))
    questions.answer(site, links["ben"], Given(2))
    questions.answer(site, links["ada"], Given(2))

    found = questions.show(site, "name")

    assert wondering.votes(site) == [0, 2, 0]
    assert (found["answers"], found["winner"], found["state"]) == (2, 2, "open")
    assert found["editions"] == ["south-hants-it/2018-06-29-question"]
    assert questions.look(site, links["ada"]).given == Given(2)


def test_numbers_are_told_when_all_have_chosen(site, links):
    """While it is open nobody sees how others chose."""
    questions.answer(site, links["ada"], Given(1))

    link = questions.look(site, links["ben"])

    assert link.state == "open" and [one.votes for one in link.choices] == [0, 0, 0] and link.voices == 0


@pytest.mark.parametrize(
    ("moment", "state"), [("2018-07-12T18:59:59Z", "open"), ("2018-07-12T19:00:00Z", "closed")]
)
def test_it_closes_by_itself(site, links, ticking, moment: str, state: str):
    """At 20:00 in London, to the second, and before the clock's work has been done."""
    ticking.moment = clock.parse(moment)
    before = dump(site)

    found = questions.answer(site, links["ada"], Given(1))

    assert found.state == state
    assert (dump(site) == before) == (state == "closed")


def test_closing_deletes_who_answered_what(site, links, ticking):
    """The numbers and the lines stay, the link to the people goes; a later look at the page shows the result."""
    questions.answer(site, links["ada"], Given(1))
    questions.answer(site, links["ben"], Given(1))
    ticking.moment = clock.parse("2018-07-12T19:00:00Z")

    telling.run(site)

    assert site.store.value("SELECT count(*) FROM question_answer") == 0
    found = questions.look(site, links["cy"])
    assert [one.votes for one in found.choices] == [2, 0, 0]
    assert (found.state, found.winner, found.voices, found.given) == ("closed", wondering.NAMES[0], 2, None)


def test_two_clocks_close_it_once(site, links, ticking):
    """Another process closed it between this one's look and its write: the numbers stay as they were counted."""
    questions.answer(site, links["ada"], Given(2))
    ticking.moment = clock.parse("2018-07-12T19:00:00Z")
    (number,) = store.over(site.store, site.clock.iso())
    questions.close_due(site)

    with site.store.write():
        again = store.close(site.store, number, site.clock.iso())

    assert again is False and wondering.votes(site) == [0, 1, 0]
    assert questions.show(site, "name")["answers"] == 1


def test_lines_are_nobodys(site):
    """A question without choices: the chair reads every line, in the order of the alphabet, and no name."""
    numbers = [add_member(site, f"{name}@example.org", SLUG) for name in PEOPLE]
    wondering.ask(site, choices=(), has_line=True)
    for number, line in zip(numbers, ("Wessex IT", "Tech & Tea", "Solent Sparks"), strict=True):
        questions.answer(site, wondering.token(site, number), Given(0, line))

    open_lines = questions.show(site, "name")["lines"]
    closed = questions.close(site, "name")

    assert open_lines == closed["lines"] == ["Solent Sparks", "Tech & Tea", "Wessex IT"]
    assert closed["answers"] == 3 and closed["choices"] == []


def test_forgetting_keeps_the_count(site):
    """A forgotten member's voice counts on, their line is gone, and their link says that we do not know them."""
    ada = add_member(site, "ada@example.org", SLUG)
    wondering.ask(site, has_line=True)
    link = wondering.token(site, ada)
    questions.answer(site, link, Given(1, "because of Ada"))

    forgetting.forget(site, ada, "person", "page", everything=False)

    assert wondering.votes(site) == [1, 0, 0] and questions.show(site, "name")["lines"] == []
    assert questions.look(site, link).state == "gone"
    assert questions.answer(site, link, Given(2)).state == "gone" and wondering.votes(site) == [1, 0, 0]


def test_lines_are_wiped_in_time(site, links, ticking):
    """What people wrote goes half a year after the closing; the numbers stay."""
    wondered = questions.Wanted("free", "And now?", has_line=True, closes=wondering.CLOSES)
    questions.new(site, site.mailing_list(SLUG), wondered)
    with site.store.write():
        site.store.execute(
            "INSERT INTO question_line (question, text) SELECT id, 'x' FROM question WHERE slug = 'free'"
        )
    questions.close(site, "free")
    ticking.moment = clock.parse("2018-12-30T00:00:00Z")

    retention.run(site)

    assert questions.show(site, "free")["lines"] == []


def test_an_own_copy_has_the_open_answers(site, links):
    """Whoever asks for their data finds the answer as long as it is theirs; what an organiser is shown has none of it."""
    questions.answer(site, links["ada"], Given(2))

    with zipfile.ZipFile(io.BytesIO(copies.make(site, 1))) as copy:
        told, page = json.loads(copy.read("you.json")), copy.read("you.html").decode()

    assert [(one["question"], one["choice"]) for one in told["questions"]] == [
        ("What shall we call ourselves?", wondering.NAMES[1])
    ]
    assert wondering.NAMES[1] in page
    shown = b"".join(proofs.make(site, "ada@example.org").values())
    assert wondering.NAMES[1].encode() not in shown and b"call ourselves" not in shown


def test_a_date_becomes_the_meeting(site):
    """One command: the question closes, the winning date is the meeting, and the question's page shows it."""
    ada = add_member(site, "ada@example.org", SLUG)
    wondering.ask(site, choices=(), dates=wondering.DATES)
    questions.answer(site, wondering.token(site, ada), Given(2))

    made, _ = questions.make_meeting(
        site,
        "name",
        questions.MeetingWanted("backups", "Backups that restore", ends="19:30", place="The Parsons"),
    )

    assert made["when"] == "Tuesday 18 September 2018, 18:00 to 19:30"
    assert questions.show(site, "name")["meeting"] == "backups"
    assert ("When", made["when"]) in questions.look(site, wondering.token(site, ada)).facts


def test_level_dates_are_decided_by_a_person(site):
    """Without a winner nothing is closed or made, and the error says what to add; then the named date is taken."""
    numbers = [add_member(site, f"{name}@example.org", SLUG) for name in PEOPLE[:2]]
    wondering.ask(site, choices=(), dates=wondering.DATES)
    for choice, number in enumerate(numbers, start=1):
        questions.answer(site, wondering.token(site, number), Given(choice))
    before = dump(site)

    with pytest.raises(errors.RefusedError, match="ahead of the others") as problem:
        questions.make_meeting(site, "name", questions.MeetingWanted("backups", "Backups"))
    assert "--choice" in problem.value.hint and dump(site) == before

    made, _ = questions.make_meeting(site, "name", questions.MeetingWanted("backups", "Backups", choice=3))
    assert made["starts"] == "2018-09-20T17:30:00.000Z"
    with pytest.raises(errors.RefusedError, match="already"):
        questions.make_meeting(site, "name", questions.MeetingWanted("again", "Again", choice=1))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"slug": "No Slug"}, "cannot name"),
        ({"text": " "}, "empty"),
        ({"dates": wondering.DATES}, "not both"),
        ({"choices": (), "dates": (wondering.DATES[0],) * 2}, "twice"),
        ({"choices": (), "dates": ("tomorrow", "later")}, "no time for --date"),
        ({"closes": "2018-06-01 10:00"}, "already"),
        ({"choices": (), "dates": wondering.DATES, "closes": "2018-09-14 10:00"}, "would begin"),
    ],
)
def test_a_question_that_cannot_be_is_refused(site, change, says: str):
    """Each with its reason, and nothing is made."""
    wanted = {"slug": "name", "text": "What?", "choices": wondering.NAMES, **change}

    with pytest.raises(errors.UsageError, match=says):
        questions.new(site, site.mailing_list(SLUG), questions.Wanted(**wanted))
    assert questions.overview(site) == []


def test_a_slug_is_taken_once(site, links):
    """The second question of a name is refused."""
    with pytest.raises(errors.RefusedError, match="already"):
        questions.new(site, site.mailing_list(SLUG), questions.Wanted("name", "What?", wondering.NAMES))


def test_until_two_weeks_later(site):
    """Nobody said until when: two weeks, at eight in the evening of the list."""
    made = questions.new(site, site.mailing_list(SLUG), questions.Wanted("name", "What?", wondering.NAMES))

    assert made["until"] == "Friday 13 July 2018, 20:00"


@pytest.mark.parametrize(
    ("question", "says"), [("nothing", "there is no question"), ("other", "a question of the list other")]
)
def test_an_edition_names_a_question_of_its_own(make_site, question: str, says: str):
    """One that is not there, or of a list to which the edition does not go, is named before anything is queued."""
    site = make_site(SLUG, "other")
    add_member(site, "ada@example.org", SLUG)
    questions.new(site, site.mailing_list("other"), questions.Wanted("other", "What?", wondering.NAMES))
    text = wondering.EDITION.replace('"name"', f'"{question}"')

    with pytest.raises(errors.NewsletterError, match=says):
        queueing.queue(site, outgoing.edition(site, text), queueing.Order())


def test_a_closed_question_stops_a_send(site, links):
    """The chair hears it before the mail goes; the rule can be passed."""
    questions.close(site, "name")
    path = outgoing.edition(
        site, wondering.EDITION.replace("Meeting 1", "Meeting 2"), stem="2018-06-30-again"
    )

    with pytest.raises(errors.RefusedError, match="'name' closed"):
        queueing.queue(site, path, queueing.Order())


def test_the_chairs_are_told_once(make_site, ticking):
    """A question closes by the clock: one mail to each chair with numbers and the command; none on the next run."""
    with smtp_peer.running() as peer:
        site = make_site(toml=NEWSLETTER_TOML.replace("2525", str(peer.port)), list_toml=LIST_TOML)
        ada = add_member(site, "ada@example.org", SLUG)
        wondering.ask(site, choices=(), dates=wondering.DATES, has_line=True)
        questions.answer(site, wondering.token(site, ada), Given(2, "<b>not</b> on a Friday"))
        ticking.moment = clock.parse("2018-07-12T19:00:00Z")
        telling.run(site)
        telling.run(site)
        found = [mail for mail in peer.mails if b"Subject: What came of" in mail.content]

    assert [mail.recipient for mail in found] == ["chair@example.org"]
    text = outgoing_text(found[0].content)
    assert "2. Tuesday 18 September 2018, 18:00" in text and "not</b> on a Friday" in text
    assert 'newsletter question close name --meeting NAME --title "..."' in text
    assert "ada@" not in text


def test_a_chair_who_cannot_be_reached_doubles_nothing(make_site, ticking):
    """While one chair's server says "later", the other chair hears of the result once and not every ten minutes."""
    second = '\n[[organiser]]\nname = "Second"\nemail = "second+rcpt-450@example.org"\nrole = "chair"\nreport = "never"\n'
    with smtp_peer.running() as peer:
        site = make_site(toml=NEWSLETTER_TOML.replace("2525", str(peer.port)) + second, list_toml=LIST_TOML)
        add_member(site, "ada@example.org", SLUG)
        wondering.ask(site)
        ticking.moment = clock.parse("2018-07-12T19:00:00Z")
        for _ in range(3):
            telling.run(site)
        found = [mail.recipient for mail in peer.mails if b"Subject: What came of" in mail.content]

    assert found == ["chair@example.org"] and peer.played.total() == 3


def outgoing_text(raw: bytes) -> str:
    import email
    import email.policy

    body = email.message_from_bytes(raw, policy=email.policy.default).get_body(("plain",))
    return " ".join(body.get_content().split())


def test_whoever_closes_it_is_not_told_by_mail(site, links):
    """`question close` shows the result at once: there is nothing left to tell."""
    questions.close(site, "name")

    assert json.dumps(questions.show(site, "name")) and site.store.value("SELECT told_at FROM question")


def test_the_recap_tells_the_result(site, links):
    """Markdown with the winner and the numbers, the most chosen first; nothing while it is open."""
    mailing_list = site.mailing_list(SLUG)
    questions.answer(site, links["ada"], Given(2))
    assert questions.for_recap(site, mailing_list, "2018-01-01") == ""

    questions.close(site, "name")

    assert questions.for_recap(site, mailing_list, "2018-01-01") == (
        "**What shall we call ourselves?** Answers: 1. Most chose **The Parsons Table**.\n\n"
        "- The Parsons Table: 1\n- Southampton Tech Circle: 0\n- Solent \\<Makers\\> & Friends: 0"
    )
    assert questions.for_recap(site, mailing_list, "2018-06-30") == ""
    assert meetings.overview(site) == []


def test_the_recap_needs_no_clock(site, links, ticking):
    """On a laptop nothing runs between meetings: a question whose time is over is told all the same."""
    questions.answer(site, links["ada"], Given(2))
    ticking.moment = clock.parse("2018-07-12T19:00:00Z")

    found = questions.for_recap(site, site.mailing_list(SLUG))

    assert "Most chose **The Parsons Table**" in found


def test_without_pages_a_button_writes_a_mail(make_site):
    """No base_url: each choice is a mail to the list's people, and the mail says so; the plain text has every link."""
    site = make_site(toml=NEWSLETTER_TOML.replace('base_url = "http://127.0.0.1:8000"\n', ""))
    add_member(site, "ada@example.org", SLUG)
    wondering.ask(site)

    found = previews.preview(site, site.root / "lists" / SLUG / "editions" / "2018-06-29-question.md")

    assert "mailto:chair@lists.example.org?subject=The%20Parsons%20Table" in found.text
    assert "Each answer is a mail to us" in found.text and "/ask/" not in found.html + found.text


def test_the_mail_has_a_button_for_each_choice(site, links):
    """Numbered links in the text, the same ones in the HTML, a choice that is no markup, until when."""
    found = previews.preview(site, site.root / "lists" / SLUG / "editions" / "2018-06-29-question.md")

    in_text = re.findall(r"http://127.0.0.1:8000/ask/[a-z2-7]{40}/\d", found.text)
    assert [link[-1] for link in in_text] == ["1", "2", "3"]
    assert in_text == re.findall(r'href="(http://127.0.0.1:8000/ask/[a-z2-7]{40}/\d)"', found.html)
    assert (
        "3. Solent <Makers> & Friends" in found.text and "Solent &lt;Makers&gt; &amp; Friends" in found.html
    )
    assert "Thursday 12 July 2018, 20:00" in found.text
