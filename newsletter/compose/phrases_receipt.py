"""Phrases of the receipt: the mail that says what somebody answered to an invitation. English, German, French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "receipt_subject": ("Your answer: {lists}", "Ihre Antwort: {lists}", "Votre réponse : {lists}"),
    "receipt_preheader": (
        "What you told us, when and where it is, and how to change it.",
        "Was Sie uns gesagt haben, wann und wo es ist, und wie Sie es ändern.",
        "Ce que vous nous avez dit, quand et où cela se passe, et comment le changer.",
    ),
    "receipt_said": ("You told us: {answer}", "Sie haben uns gesagt: {answer}", "Vous nous avez dit : {answer}"),
    "receipt_meeting": ("The meeting", "Das Treffen", "La rencontre"),
    "receipt_change": ("Change my answer", "Antwort ändern", "Changer ma réponse"),
    "receipt_not_you": (
        "It was not you? Then somebody used the link in a mail to you. Set it right with the same button.",
        "Sie waren es nicht? Dann hat jemand den Link aus einer Mail an Sie benutzt. Berichtigen Sie es mit demselben Knopf.",
        "Ce n’était pas vous ? Quelqu’un a utilisé le lien d’un message qui vous était adressé. Corrigez-le avec le même bouton.",
    ),
    # what was answered, in pieces joined by "; "
    "answered_yes": ("yes, I come", "ja, ich komme", "oui, je viens"),
    "answered_maybe": ("maybe", "vielleicht", "peut-être"),
    "answered_no": ("no, I cannot come", "nein, ich kann nicht kommen", "non, je ne peux pas venir"),
    "answered_guests": ("guests: {count}", "Gäste: {count}", "invités : {count}"),
    "answered_drinks_yes": ("afterwards ({then}): yes", "danach ({then}): ja", "ensuite ({then}) : oui"),
    "answered_drinks_no": ("afterwards ({then}): no", "danach ({then}): nein", "ensuite ({then}) : non"),
    "answered_note": ("with a note", "mit einer Notiz", "avec une remarque"),
}  # fmt: skip
