"""What SMTP answers mean: tables of cases."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import answers


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (250, "2.0.0 Ok: queued as 4F", answers.Answer(250, "2.0.0", "Ok: queued as 4F")),
        (
            550,
            "5.1.1 <x@example.org> no such user",
            answers.Answer(550, "5.1.1", "<x@example.org> no such user"),
        ),
        (550, "User unknown", answers.Answer(550, "", "User unknown")),
        (421, "4.7.0", answers.Answer(421, "4.7.0", "")),
        (250, "a\r\nb\x00c\u2028d", answers.Answer(250, "", "a b c d")),
        (250, "", answers.Answer(250, "", "")),
    ],
)
def test_read(code, text, expected):
    """An answer is cut into code, enhanced status and one printable line."""
    assert expected == answers.read(code, text)


@given(st.integers(0, 999), st.text(max_size=3000))
def test_read_is_bounded(code, text):
    """Whatever a server says, what we keep is short and printable."""
    answer = answers.read(code, text)

    assert len(answer.text) <= answers.TEXT_LIMIT
    assert answer.text.isprintable()


OURS = ("connect", "ehlo", "starttls", "auth", "mail")
THEIRS = ("rcpt", "data", "dot")


@pytest.mark.parametrize(
    ("stages", "code", "text", "outcome", "kind", "slow"),
    [
        (("dot",), 250, "2.0.0 Ok", "sent", "", ""),
        (("dot",), 251, "", "sent", "", ""),
        (THEIRS, 451, "4.3.0 try later", "deferred", "", ""),
        (THEIRS, 450, "4.2.0 Greylisted", "deferred", "", ""),
        (THEIRS, 451, "4.7.1 Greylisting in action", "deferred", "", ""),
        (THEIRS, 452, "4.2.2 over quota", "deferred", "", ""),
        # what slows down, and whom
        (THEIRS, 421, "4.3.2 closing", "deferred", "", "provider"),
        (OURS, 421, "4.3.2 closing", "deferred", "", "relay"),
        (THEIRS, 451, "4.7.0 [TSS04] deferred", "deferred", "", "provider"),
        (THEIRS, 450, "4.2.1 receiving mail at a rate that", "deferred", "", "provider"),
        (("mail", "auth"), 454, "4.7.0 Temporary authentication failure", "deferred", "", "relay"),
        (("mail", "dot"), 454, "Throttling failure: Daily message quota exceeded", "deferred", "", "quota"),
        (("mail", "rcpt", "dot"), 550, "5.4.5 Daily user sending limit exceeded", "deferred", "", "quota"),
        (
            ("rcpt", "dot"),
            550,
            "5.1.90 You've reached your daily limit for message recipients",
            "deferred",
            "",
            "quota",
        ),
        (
            ("rcpt",),
            450,
            "Domain x.org has exceeded the max emails per hour (50/50)",
            "deferred",
            "",
            "quota",
        ),
        (("dot",), 454, "Throttling failure: Maximum sending rate exceeded", "deferred", "", "provider"),
        # our own trouble marks nobody
        (OURS, 550, "5.7.1 go away", "halt", "", ""),
        (OURS, 554, "", "halt", "", ""),
        (THEIRS, 530, "5.7.0 Authentication required", "halt", "", ""),
        (THEIRS, 535, "5.7.8 bad credentials", "halt", "", ""),
        # the address
        (("rcpt",), 550, "5.1.1 user unknown", "failed", "hard", ""),
        (("rcpt",), 550, "No such user here", "failed", "hard", ""),
        (("rcpt",), 550, "5.7.1 no such user", "failed", "hard", ""),
        (("rcpt",), 556, "5.1.10 null MX", "failed", "hard", ""),
        (("rcpt",), 552, "5.2.2 mailbox full", "failed", "soft", ""),
        (("rcpt",), 550, "5.1.1 user is over quota", "failed", "soft", ""),
        (("rcpt",), 553, "5.6.7 needs SMTPUTF8", "failed", "soft", ""),
        (("rcpt",), 550, "5.4.1 Recipient address rejected: Access denied", "failed", "hard", ""),
        (("dot",), 554, "Transaction failed", "failed", "soft", ""),
        (THEIRS, 550, "", "failed", "soft", ""),
        # policy: never the member's fault, so it waits
        (THEIRS, 550, "5.7.1 rejected", "deferred", "policy", ""),
        (THEIRS, 550, "5.7.26 unauthenticated", "deferred", "policy", ""),
        (THEIRS, 554, "Your mail looks like spam", "deferred", "policy", ""),
        (THEIRS, 552, "5.3.4 message too big", "deferred", "policy", ""),
        (("rcpt",), 550, "5.1.8 bad sender", "deferred", "policy", ""),
        # what does not belong there
        (("mail", "rcpt", "data", "ehlo", "auth"), 503, "5.5.1 bad sequence", "surprise", "", ""),
        (("mail", "rcpt"), 354, "go on", "surprise", "", ""),
        (("data",), 250, "Ok", "surprise", "", ""),
        (("mail", "rcpt", "data"), 799, "", "surprise", "", ""),
        (("dot",), 799, "", "unclear", "", ""),
        (("dot",), 354, "go on", "unclear", "", ""),
        (("dot",), 503, "", "unclear", "", ""),
        (("dot",), 0, "", "unclear", "", ""),
    ],
)
def test_judge(stages, code, text, outcome, kind, slow):
    """Each answer has its one meaning at each stage."""
    for stage in stages:
        assert answers.Verdict(outcome, kind, slow) == answers.judge(stage, answers.read(code, text)), stage


@given(st.sampled_from([*OURS, *THEIRS]), st.integers(0, 999), st.text(max_size=80))
def test_judge_never_invents_success(stage, code, text):
    """Only a 2xx to the final dot is sent, and nobody fails at a stage that speaks of us."""
    verdict = answers.judge(stage, answers.read(code, text))

    assert (verdict.outcome == "sent") == (stage == "dot" and 200 <= code < 300)
    if verdict.outcome == "failed":
        assert stage in THEIRS and 500 <= code < 600


def test_alike_refusals():
    """Two refusals are alike by stage, code and status; without a status by their words, not their numbers."""
    one, two = answers.read(550, "5.7.1 blocked [192.0.2.1]"), answers.read(550, "5.7.1 blocked [192.0.2.7]")
    three, four = answers.read(554, "spam id 17"), answers.read(554, "spam id 99")

    assert answers.likeness("rcpt", one) == answers.likeness("rcpt", two)
    assert answers.likeness("dot", three) == answers.likeness("dot", four)
    assert answers.likeness("rcpt", one) != answers.likeness("dot", one)


@pytest.mark.parametrize(
    ("attempts", "jitter", "expected"),
    [(0, 0, 60), (1, 0, 60), (2, 0, 120), (3, 0, 240), (7, 0, 3600), (10**9, 0, 3600), (1, 0.8, 72)],
)
def test_next_wait(attempts, jitter, expected):
    """Waits double from a minute to an hour; jitter only lengthens them."""
    assert expected == pytest.approx(answers.next_wait(attempts, 60, 3600, jitter))


@given(st.integers(1, 100), st.floats(0, 0.999))
def test_next_wait_bounds(attempts, jitter):
    """A wait is never shorter than the rule and never twice as long."""
    plain = answers.next_wait(attempts, 60, 3600, 0)

    assert plain <= answers.next_wait(attempts, 60, 3600, jitter) < 2 * plain


@pytest.mark.parametrize(
    ("on_unclear", "lost", "own_death", "expected"),
    [
        ("repeat", 1, False, True),
        ("repeat", 2, False, False),
        ("repeat", 0, True, True),
        ("repeat", 2, True, True),
        ("hold", 1, False, False),
        ("hold", 0, True, False),
    ],
)
def test_may_repeat(on_unclear, lost, own_death, expected):
    """An unclear delivery repeats once by itself; with "hold" a person decides; our deaths do not count."""
    assert expected is answers.may_repeat(on_unclear, lost, own_death=own_death)
