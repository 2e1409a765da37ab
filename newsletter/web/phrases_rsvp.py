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
    "rsvp_moved": (
        "This meeting was moved. The mail said {was}; it is now {now}.",
        "Dieses Treffen wurde verlegt. In der Mail stand {was}; jetzt ist es {now}.",
        "Cette rencontre a été déplacée. Le message disait {was} ; c’est désormais {now}.",
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
    "rsvp_needs": (
        "What you eat, or need to get in",
        "Was Sie essen oder für den Zugang brauchen",
        "Votre régime, ou ce qu’il vous faut pour l’accès",
    ),
    "rsvp_note": ("A note to the organisers", "Eine Notiz an die Leitung", "Un mot aux organisateurs"),
    "rsvp_note_text": (
        "Both are read by the organisers alone, and wiped a week after the meeting.",
        "Beides liest nur die Leitung, und eine Woche nach dem Treffen wird es gelöscht.",
        "Les organisateurs seuls lisent les deux, effacés une semaine après la rencontre.",
    ),
    "rsvp_has_note": (
        "We have your note, and do not show it here. What you write replaces it.",
        "Ihre Notiz haben wir; sie wird hier nicht gezeigt. Was Sie schreiben, ersetzt sie.",
        "Nous avons votre mot, sans le montrer ici. Ce que vous écrivez le remplace.",
    ),
    "rsvp_has_needs": (
        "We know what you need, and do not show it here. What you write replaces it.",
        "Was Sie brauchen, wissen wir; es wird hier nicht gezeigt. Was Sie schreiben, ersetzt es.",
        "Nous savons ce qu’il vous faut, sans le montrer ici. Ce que vous écrivez le remplace.",
    ),
    "rsvp_drop_note": ("Remove my note", "Meine Notiz entfernen", "Retirer mon mot"),
    "rsvp_drop_needs": (
        "Remove what I need",
        "Was ich brauche, entfernen",
        "Retirer ce qu’il me faut",
    ),
    "rsvp_pressed": (
        "You chose “{answer}” in the mail. Press it once more here, and we know.",
        "In der Mail haben Sie „{answer}“ gewählt. Drücken Sie es hier noch einmal, dann wissen wir es.",
        "Dans le message, vous avez choisi « {answer} ». Appuyez encore une fois ici, et nous le saurons.",
    ),
    # a meeting that holds only so many
    "rsvp_full": (
        "The meeting is full. Whoever answers yes now waits for a place, first come, first served.",
        "Das Treffen ist voll. Wer jetzt ja sagt, wartet auf einen Platz, der Reihe nach.",
        "La rencontre est complète. Qui répond oui maintenant attend une place, dans l’ordre d’arrivée.",
    ),
    "rsvp_placed": ("You have a place.", "Sie haben einen Platz.", "Vous avez une place."),
    "rsvp_waiting": (
        "You wait for a place. Your turn in the queue: {position}. When it comes, a mail offers you the place. With more guests than before you wait from the end again.",
        "Sie warten auf einen Platz. Ihre Nummer in der Warteschlange: {position}. Sind Sie dran, bietet eine Mail Ihnen den Platz an. Mit mehr Gästen als bisher warten Sie wieder vom Ende an.",
        "Vous attendez une place. Votre rang dans la file : {position}. Quand votre tour vient, un message vous propose la place. Avec plus d’invités qu’avant, vous repartez de la fin.",
    ),
    "rsvp_offered": (
        "A place is free for you. We keep it until {until}. Take it with one press.",
        "Ein Platz ist für Sie frei. Wir halten ihn bis {until}. Nehmen Sie ihn mit einem Druck.",
        "Une place est libre pour vous. Nous la gardons jusqu’au {until}. Prenez-la d’un clic.",
    ),
    "rsvp_lapsed": (
        "The place that we kept for you has gone to whoever was next. Answer yes to wait again.",
        "Der Platz, den wir für Sie hielten, ist an den Nächsten gegangen. Sagen Sie ja, um wieder zu warten.",
        "La place que nous vous gardions est passée à la personne suivante. Répondez oui pour attendre de nouveau.",
    ),
    "rsvp_take": ("Yes, I take it", "Ja, ich nehme ihn", "Oui, je la prends"),
    "rsvp_limit": (
        "Places are few. Maybe keeps none, and no gives yours to whoever waits.",
        "Die Plätze sind knapp. Vielleicht hält keinen, und nein gibt Ihren an den, der wartet.",
        "Les places sont limitées. Peut-être n’en garde aucune, et non donne la vôtre à qui attend.",
    ),
    "rsvp_fewer": (
        "There is no room for more guests. Your answer stands with as many as before: {count}.",
        "Für mehr Gäste ist kein Platz. Ihre Antwort gilt mit so vielen wie bisher: {count}.",
        "Il n’y a pas de place pour plus d’invités. Votre réponse vaut avec autant qu’avant : {count}.",
    ),
    "rsvp_waits_title": (
        "You are on the waiting list",
        "Sie stehen auf der Warteliste",
        "Vous êtes sur la liste d’attente",
    ),
    "rsvp_thanks_waits": (
        "The meeting is full, and you wait for a place. Your answer: {answer}.",
        "Das Treffen ist voll, und Sie warten auf einen Platz. Ihre Antwort: {answer}.",
        "La rencontre est complète, et vous attendez une place. Votre réponse : {answer}.",
    ),
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
    "rsvp_wrong_needs": (
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
    "rsvp_calendar": (
        "All our meetings for your calendar",
        "Alle unsere Treffen für Ihren Kalender",
        "Toutes nos rencontres pour votre agenda",
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
