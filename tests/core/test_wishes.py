"""What a person's own short words ask for: exactly what they say, in three languages, and never by mistake."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsletter.core import wishes


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("unsubscribe", ""),
        ("Re: AW: Unsubscribe", "Thanks, Ada"),
        ("Abmeldung", ""),
        ("Désinscription", "Merci"),
        ("Re: Meeting 1", "unsubscribe"),
        ("Re: Meeting 1", "Please remove me from your mailing list."),
        ("Re: Meeting 1", "Hi Jane,\nplease unsubscribe me\nBob"),
        ("", "Take me off the list please"),
        ("", "I do not want to receive these any more"),
        ("", "Stop sending me these emails"),
        ("", "Bitte tragen Sie mich aus dem Verteiler aus.\n\nMit freundlichen Grüßen\nBernd Müller"),
        ("", "Ich möchte den Newsletter abbestellen"),
        ("", "Ich möchte keinen Newsletter mehr erhalten."),
        ("", "Bitte abmelden"),
        ("", "Merci de me désinscrire de cette liste"),
        ("", "Je ne souhaite plus recevoir vos mails"),
        ("", "Please take me off\nada"),
        ("", "remove me from the South Hants list. Thanks, Ada"),
        ("", "unsubscribe me from futures"),
        ("", "Tragt mich bitte aus"),
        ("", "Bitte nehmt mich vom Verteiler"),
        ("", "Bitte löschen Sie meine E-Mail-Adresse aus Ihrem Verteiler. Danke"),
        ("", "Bonjour,\nretirez-moi de votre liste.\nCordialement\nAnne Petit"),
        ("", "Supprimez mon adresse e-mail"),
    ],
)
def test_who_wants_to_leave_is_heard(subject: str, words: str) -> None:
    """English, German and French, alone or with a greeting and thanks."""
    assert wishes.wants_to_leave(subject, words)


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("", ""),
        ("Meeting 1", "Thanks for the recap"),
        ("unsubscribe", "It does not work, I get an error page when I press the button. Can you look?"),
        ("Re: unsubscribe", "Please do not unsubscribe me"),
        ("", "How do I unsubscribe?"),
        ("", "Please remove item 3 from the agenda"),
        ("", "I want to leave a message for Jane"),
        ("", "Stop by for a coffee"),
        ("", "Ich möchte den Newsletter erhalten"),
        ("", "Bitte löschen Sie nicht meine Adresse"),
        ("", "Why was I removed from the list"),
        ("", "Please remove my colleague from the list"),
        ("", "unsubscribe " + "word " * 40),
        ("", "Leave it with me."),
        ("", "Drop me a line"),
        ("", "Please take me off the guest list"),
        ("", "Remove me from the dinner, please"),
        ("", "Take me off the waiting list"),
        ("", "Stop. See you on Thursday"),
        ("", "Bitte melden Sie mich zum Treffen an"),
        ("", "Melden Sie mich bitte vom Treffen ab"),
        ("", "Tragt mich bitte ein"),
        ("", "Nehmen Sie mich bitte in den Verteiler auf"),
        ("Abmeldung vom Treffen am Donnerstag", ""),
        ("", "Bitte streichen Sie mich von der Teilnehmerliste"),
        ("", "Supprimer la date du 12"),
        ("", "Retirez-moi de la liste d'attente"),
    ],
)
def test_nobody_else_is(subject: str, words: str) -> None:
    """Questions, the opposite, other people's wishes, other things to remove, and long texts are for a person."""
    assert not wishes.wants_to_leave(subject, words)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Count me in!", "yes"),
        ("Good evening, I come gladly.", "yes"),
        ("I'll be there", "yes"),
        ("Bin dabei", "yes"),
        ("Je viens avec plaisir", "yes"),
        ("Sorry, can't make it", "no"),
        ("I will not be able to come, count me in next time", "no"),
        ("Kann leider nicht kommen", "no"),
        ("Je ne peux pas venir", "no"),
        ("Maybe, I'll be there if the train runs", "maybe"),
        ("Vielleicht", "maybe"),
        ("Thanks for the notes", None),
        ("Shall I be there at six?", None),
        ("", None),
    ],
)
def test_answers_to_an_invitation(words: str, answer: str | None) -> None:
    """A doubt beats a no, a no beats a yes, and a question is no answer."""
    assert wishes.coming(words) == answer


@pytest.mark.parametrize(
    "quote",
    [
        "> unsubscribe",
        "On Fri, 29 Jun 2018 at 09:00, South Hants IT\n<chair@lists.example.org> wrote:\n> unsubscribe",
        "Am 29.06.18 um 09:00 schrieb South Hants IT:\nunsubscribe",
        "Le ven. 29 juin 2018 à 09:00, Chair <c@x.org> a écrit :\nunsubscribe",
        "-----Original Message-----\nunsubscribe",
        "________________________________\nFrom: Chair <c@x.org>\nunsubscribe",
        "Von: Chair <c@x.org>\nunsubscribe",
        "-- \nunsubscribe",
        "Sent from my phone: unsubscribe",
    ],
)
def test_what_is_quoted_is_not_said(quote: str) -> None:
    """Our own footer below a reply asks for nothing."""
    assert wishes.own_words(f"Thanks!\n\n{quote}") == "Thanks!"


@given(
    st.text(max_size=3_000),
    st.sampled_from(["", "please ", "unsubscribe ", "remove me from the ", "-", "> ", "a"]),
)
def test_any_text_is_read_quickly(text: str, again: str) -> None:
    """Hostile texts, repeated phrases too: no error, no time."""
    began = time.perf_counter()

    words = wishes.own_words(text + again * 5_000)
    wishes.wants_to_leave(words, words)
    wishes.coming(words)

    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    "text",
    [
        "unsubscribe," + "lg," * 60 + ".1",
        "Vielen Dank, liebe Gruesse, LG, MFG, Danke, Danke, Danke, LG, LG, LG, LG, LG. A1",
        "i do not want " + "any more " * 30 + "x1",
        "hi a," + " " * 250 + "x1",
    ],
)
def test_a_greeting_over_and_over_is_read_at_once(text: str) -> None:
    """T22: a stranger's mail of a few words must not keep the program busy for years."""
    began = time.perf_counter()

    wishes.wants_to_leave("hi", text)
    wishes.wants_to_leave(text[:79], "")

    assert time.perf_counter() - began < 0.1
