"""Phrases of invitations' buttons, and of the mails about an answer: the receipt, the turn in the queue, the offer of a
place. English, German, French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    # the buttons of an invitation
    "button_yes": ("Yes, I come", "Ja, ich komme", "Oui, je viens"),
    "button_maybe": ("Maybe", "Vielleicht", "Peut-être"),
    "button_no": ("No, I cannot", "Nein, ich kann nicht", "Non, je ne peux pas"),
    # the receipt
    "receipt_subject": ("Your answer: {topic}", "Ihre Antwort: {topic}", "Votre réponse : {topic}"),
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
    "answered_place": ("you have a place", "Sie haben einen Platz", "vous avez une place"),
    "answered_note": ("with a note", "mit einer Notiz", "avec une remarque"),
    # the meeting is full
    "waiting_subject": (
        "You are on the waiting list: {topic}",
        "Sie stehen auf der Warteliste: {topic}",
        "Vous êtes sur la liste d’attente : {topic}",
    ),
    "waiting_preheader": (
        "The meeting is full. We write to you as soon as a place is free.",
        "Das Treffen ist voll. Wir schreiben Ihnen, sobald ein Platz frei ist.",
        "La rencontre est complète. Nous vous écrivons dès qu’une place se libère.",
    ),
    "waiting_said": (
        "You told us: {answer}. The meeting is full, so you wait for a place.",
        "Sie haben uns gesagt: {answer}. Das Treffen ist voll, darum warten Sie auf einen Platz.",
        "Vous nous avez dit : {answer}. La rencontre est complète, vous attendez donc une place.",
    ),
    "waiting_turn": (
        "Your turn in the queue: {position}.",
        "Ihre Nummer in der Warteschlange: {position}.",
        "Votre rang dans la file : {position}.",
    ),
    "waiting_next": (
        "When a place is free, it is offered to whoever has waited longest: by mail, and kept until the time that the mail names. The page below shows your turn as it is now.",
        "Wird ein Platz frei, wird er dem angeboten, der am längsten wartet: per Mail, und gehalten bis zu der Zeit, die darin steht. Die Seite unten zeigt Ihre Nummer, wie sie jetzt ist.",
        "Quand une place se libère, elle est proposée à qui attend depuis le plus longtemps : par message, et gardée jusqu’à l’heure qu’il indique. La page ci-dessous montre votre rang actuel.",
    ),
    "waiting_change": (
        "See my turn, change my answer",
        "Nummer sehen, Antwort ändern",
        "Voir mon rang, changer ma réponse",
    ),
    # a place is free
    "offer_subject": (
        "A place is free for you: {topic}",
        "Ein Platz ist für Sie frei: {topic}",
        "Une place est libre pour vous : {topic}",
    ),
    "offer_preheader": (
        "It is kept for you for some time. Take it with one press, or leave it to the next.",
        "Er wird eine Zeit lang für Sie gehalten. Nehmen Sie ihn mit einem Druck, oder lassen Sie ihn dem Nächsten.",
        "Elle vous est gardée un certain temps. Prenez-la d’un clic, ou laissez-la au suivant.",
    ),
    "offer_free": (
        "You waited, and now it is your turn: there is a place for you. You told us: {answer}.",
        "Sie haben gewartet, und nun sind Sie dran: Es gibt einen Platz für Sie. Sie haben uns gesagt: {answer}.",
        "Vous avez attendu, et c’est votre tour : il y a une place pour vous. Vous nous avez dit : {answer}.",
    ),
    "offer_until": (
        "We keep it until {until}.",
        "Wir halten ihn bis {until}.",
        "Nous la gardons jusqu’au {until}.",
    ),
    "offer_then": (
        "After that it goes to whoever is next.",
        "Danach geht er an den, der als Nächstes dran ist.",
        "Ensuite, elle revient à la personne suivante.",
    ),
    "offer_take": ("Yes, I take it", "Ja, ich nehme ihn", "Oui, je la prends"),
    "offer_leave": ("No, give it to the next", "Nein, dem Nächsten geben", "Non, laissez-la au suivant"),
    "offer_reply": (
        "Answer this mail with yes or no.",
        "Antworten Sie auf diese Mail mit Ja oder Nein.",
        "Répondez à ce message par oui ou non.",
    ),
}  # fmt: skip
