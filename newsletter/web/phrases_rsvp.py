"""Phrases of the page that answers an invitation, in English, German and French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "rsvp_title": ("Do you come?", "Kommen Sie?", "Venez-vous ?"),
    "rsvp_for": (
        "Your answer counts for {address}.",
        "Ihre Antwort gilt für {address}.",
        "Votre réponse vaut pour {address}.",
    ),
    "rsvp_so_far": (
        "Your answer so far: {answer}. You can change it until the end of the meeting.",
        "Ihre bisherige Antwort: {answer}. Sie können sie bis zum Ende des Treffens ändern.",
        "Votre réponse actuelle : {answer}. Vous pouvez la changer jusqu’à la fin de la rencontre.",
    ),
    "rsvp_legend": ("Your answer", "Ihre Antwort", "Votre réponse"),
    "rsvp_yes": ("Yes, I come", "Ja, ich komme", "Oui, je viens"),
    "rsvp_maybe": ("Maybe", "Vielleicht", "Peut-être"),
    "rsvp_no": ("No, I cannot", "Nein, ich kann nicht", "Non, je ne peux pas"),
    "rsvp_guests": ("Guests you bring", "Gäste, die Sie mitbringen", "Invités qui vous accompagnent"),
    "rsvp_none": ("none", "keine", "aucun"),
    "rsvp_drinks": ("Afterwards: {then}", "Danach: {then}", "Ensuite : {then}"),
    "rsvp_open": ("I do not say yet", "Das sage ich noch nicht", "Je ne le dis pas encore"),
    "rsvp_drinks_yes": ("Yes, there too", "Ja, da auch", "Oui, là aussi"),
    "rsvp_drinks_no": ("No, not there", "Nein, da nicht", "Non, pas là"),
    "rsvp_note": ("A note to the organisers", "Eine Notiz an die Leitung", "Un mot aux organisateurs"),
    "rsvp_note_text": (
        "What you eat, a ramp, a question. Only the organisers read it, and it is wiped a week after the meeting.",
        "Was Sie essen, eine Rampe, eine Frage. Nur die Leitung liest es, und eine Woche nach dem Treffen wird es gelöscht.",
        "Un régime, un accès, une question. Seuls les organisateurs le lisent, et il est effacé une semaine après la rencontre.",
    ),
    "rsvp_has_note": (
        "We have your note, and do not show it here. What you write replaces it.",
        "Ihre Notiz haben wir; sie wird hier nicht gezeigt. Was Sie schreiben, ersetzt sie.",
        "Nous avons votre mot, sans le montrer ici. Ce que vous écrivez le remplace.",
    ),
    "rsvp_drop_note": ("Remove my note", "Meine Notiz entfernen", "Retirer mon mot"),
    "rsvp_free": (
        "Answering puts you on no list, and takes you off none.",
        "Eine Antwort trägt Sie in keine Liste ein und aus keiner aus.",
        "Répondre ne vous inscrit sur aucune liste et ne vous retire d’aucune.",
    ),
    "rsvp_not_you": (
        "Not your address? Then this mail was passed on to you: please do not answer in its place.",
        "Nicht Ihre Adresse? Dann wurde die Mail an Sie weitergeleitet: Bitte antworten Sie nicht an ihrer Stelle.",
        "Ce n’est pas votre adresse ? Alors ce message vous a été transféré : merci de ne pas répondre à sa place.",
    ),
    # what went wrong
    "rsvp_wrong": (
        "Nothing has been changed yet. Please look at what is marked.",
        "Noch ist nichts geändert. Bitte sehen Sie sich das Markierte an.",
        "Rien n’a encore changé. Regardez ce qui est signalé.",
    ),
    "rsvp_wrong_answer": (
        "Choose one of the three answers.",
        "Wählen Sie eine der drei Antworten.",
        "Choisissez l’une des trois réponses.",
    ),
    "rsvp_wrong_guests": (
        "Choose a number from 0 to 9.",
        "Wählen Sie eine Zahl von 0 bis 9.",
        "Choisissez un nombre de 0 à 9.",
    ),
    "rsvp_wrong_drinks": (
        "Choose one of the answers of the list.",
        "Wählen Sie eine Antwort aus der Liste.",
        "Choisissez une réponse de la liste.",
    ),
    "rsvp_wrong_note": (
        "At most 500 characters, without invisible signs.",
        "Höchstens 500 Zeichen, ohne unsichtbare.",
        "500 caractères au plus, sans signes invisibles.",
    ),
    # after answering
    "rsvp_thanks_title": ("Thank you, noted", "Danke, notiert", "Merci, c’est noté"),
    "rsvp_thanks_yes": (
        "We look forward to seeing you. Your answer: {answer}.",
        "Wir freuen uns auf Sie. Ihre Antwort: {answer}.",
        "Nous nous réjouissons de vous voir. Votre réponse : {answer}.",
    ),
    "rsvp_thanks_maybe": (
        "Tell us when you know more. Your answer: {answer}.",
        "Sagen Sie uns, wenn Sie mehr wissen. Ihre Antwort: {answer}.",
        "Dites-nous quand vous en saurez plus. Votre réponse : {answer}.",
    ),
    "rsvp_thanks_no": (
        "A pity; perhaps next time. Your answer: {answer}.",
        "Schade; vielleicht beim nächsten Mal. Ihre Antwort: {answer}.",
        "Dommage ; peut-être la prochaine fois. Votre réponse : {answer}.",
    ),
    "rsvp_receipt": (
        "A mail with this answer goes to {address}. After several changes it comes within the hour.",
        "Eine Mail mit dieser Antwort geht an {address}. Nach mehreren Änderungen kommt sie innerhalb einer Stunde.",
        "Un message avec cette réponse part à {address}. Après plusieurs changements, il arrive dans l’heure.",
    ),
    "rsvp_change": ("Change my answer", "Antwort ändern", "Changer ma réponse"),
    # where there is nothing to answer any more
    "rsvp_over_title": ("This meeting is over", "Dieses Treffen ist vorbei", "Cette rencontre est passée"),
    "rsvp_over_text": (
        "Answers are no longer taken. See you at the next one.",
        "Antworten werden nicht mehr angenommen. Bis zum nächsten Mal.",
        "Les réponses ne sont plus prises. À la prochaine.",
    ),
    "rsvp_cancelled_title": (
        "This meeting does not take place",
        "Dieses Treffen findet nicht statt",
        "Cette rencontre n’a pas lieu",
    ),
    "rsvp_cancelled_text": (
        "It was cancelled, so there is nothing to answer.",
        "Es wurde abgesagt, also ist nichts zu beantworten.",
        "Elle a été annulée, il n’y a donc rien à répondre.",
    ),
    "rsvp_was": ("Your answer was: {answer}.", "Ihre Antwort war: {answer}.", "Votre réponse était : {answer}."),
    "rsvp_unknown_title": ("No meeting here", "Hier ist kein Treffen", "Pas de rencontre ici"),
    "rsvp_unknown_text": (
        "This link is from a trial copy, or from a mail that we no longer know. In a mail that was sent, it leads to the answer page.",
        "Dieser Link stammt aus einem Probeexemplar oder aus einer Mail, die wir nicht mehr kennen. In einer verschickten Mail führt er zur Antwortseite.",
        "Ce lien vient d’un exemplaire d’essai, ou d’un message que nous ne connaissons plus. Dans un message envoyé, il mène à la page de réponse.",
    ),
    "rsvp_gone_title": ("We no longer know you", "Wir kennen Sie nicht mehr", "Nous ne vous connaissons plus"),
    "rsvp_gone_text": (
        "The address that this link was made for was erased here. Tell the organisers by mail whether you come.",
        "Die Adresse, für die dieser Link gemacht wurde, ist hier gelöscht. Sagen Sie der Leitung per Mail, ob Sie kommen.",
        "L’adresse pour laquelle ce lien a été créé a été effacée ici. Dites par message aux organisateurs si vous venez.",
    ),
}  # fmt: skip
