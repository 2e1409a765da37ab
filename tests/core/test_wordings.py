"""What a consent wording lacks."""

import pytest

from newsletter.core import wordings

FULL = (
    "Yes, the South Hants IT group may e-mail me its recaps and invitations, about once a month. "
    "I can leave by the link in it. Questions: chair@example.org"
)


def missing(text: str) -> tuple[str, ...]:
    return wordings.missing(text, "South Hants IT group", "South Hants IT", "chair@example.org")


@pytest.mark.parametrize(
    "text",
    [
        FULL,
        "Ja, die South Hants IT group darf mir monatlich Einladungen schicken. Ich kann mich jederzeit abmelden: https://a.example",
        "Oui, South Hants IT peut m’envoyer ses invitations chaque mois. Je peux me désabonner : chair@example.org",
    ],
)
def test_a_full_wording_lacks_nothing(text: str) -> None:
    """Who, what, how often, how to leave and whom to ask, in each language."""
    assert missing(text) == ()


@pytest.mark.parametrize(
    ("without", "lack"),
    [
        ("the South Hants IT group", "the organisation (South Hants IT group)"),
        ("recaps and invitations", "what is sent (recaps, invitations, letters ...)"),
        (", about once a month", "how often"),
        (" I can leave by the link in it.", "how to leave"),
        (" Questions: chair@example.org", "whom to ask (chair@example.org)"),
    ],
)
def test_each_missing_part_is_named(without: str, lack: str) -> None:
    """One part taken out: this one is named and no other."""
    text = FULL.replace(without, "")

    assert missing(text) == (lack,)


def test_an_empty_wording_lacks_all_five() -> None:
    """Nothing is taken as said."""
    assert len(missing("")) == 5
