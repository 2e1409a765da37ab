"""Phrases of the page that answers a question, in English, German and French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "ask_eyebrow": ("One question", "Eine Frage", "Une question"),
    "ask_pick": ("Choose one", "Wählen Sie eines", "Choisissez une réponse"),
    "ask_line": ("A line of your own, if you like", "Eine eigene Zeile, wenn Sie mögen", "Une ligne à vous, si vous voulez"),
    "ask_write": ("Your answer, in one line", "Ihre Antwort, in einer Zeile", "Votre réponse, en une ligne"),
    "ask_none": ("Something else, in the line below", "Etwas anderes, in der Zeile darunter", "Autre chose, dans la ligne ci-dessous"),
    "ask_send": ("Send my answer", "Antwort abschicken", "Envoyer ma réponse"),
    "ask_so_far": (
        "Your answer so far: {answer}.",
        "Ihre bisherige Antwort: {answer}.",
        "Votre réponse actuelle : {answer}.",
    ),
    "ask_until": (
        "You can change it by the same link until the question closes: {until}.",
        "Über denselben Link können Sie sie ändern, bis die Frage schließt: {until}.",
        "Le même lien permet de la changer jusqu’à la clôture : {until}.",
    ),
    "ask_for": (
        "Your answer counts for {address}.",
        "Ihre Antwort gilt für {address}.",
        "Votre réponse vaut pour {address}.",
    ),
    "ask_who_sees": (
        "The organisers see how many chose what, and what was written, but not by whom. So that you can change your answer, it is kept beside your address until the question closes; then that link is deleted. The result stands on this page, and in the next recap.",
        "Die Leitung sieht, wie viele was gewählt haben und was geschrieben wurde, aber nicht von wem. Damit Sie Ihre Antwort ändern können, liegt sie neben Ihrer Adresse, bis die Frage schließt; dann wird diese Verbindung gelöscht. Das Ergebnis steht auf dieser Seite und im nächsten Rückblick.",
        "Les organisateurs voient combien ont choisi quoi, et ce qui a été écrit, mais pas par qui. Pour que vous puissiez changer votre réponse, elle est gardée à côté de votre adresse jusqu’à la clôture ; ce lien est ensuite effacé. Le résultat sera sur cette page et dans le prochain compte rendu.",
    ),
    "ask_not_you": (
        "Not your address? Then this mail was passed on to you: please do not answer in its place.",
        "Nicht Ihre Adresse? Dann wurde die Mail an Sie weitergeleitet: Bitte antworten Sie nicht an ihrer Stelle.",
        "Ce n’est pas votre adresse ? Alors ce message vous a été transféré : merci de ne pas répondre à sa place.",
    ),
    # what went wrong
    "ask_wrong": (
        "Nothing has been changed yet. Please look at what is marked.",
        "Noch ist nichts geändert. Bitte sehen Sie sich das Markierte an.",
        "Rien n’a encore changé. Regardez ce qui est signalé.",
    ),
    "ask_wrong_choice": (
        "Choose one of the answers.",
        "Wählen Sie eine der Antworten.",
        "Choisissez l’une des réponses.",
    ),
    "ask_wrong_line": (
        "At most 200 characters, without invisible signs.",
        "Höchstens 200 Zeichen, ohne unsichtbare.",
        "200 caractères au plus, sans signes invisibles.",
    ),
    "ask_wrong_empty": ("Write your answer here.", "Schreiben Sie Ihre Antwort hierhin.", "Écrivez votre réponse ici."),
    # after answering
    "ask_thanks_title": ("Thank you, noted", "Danke, notiert", "Merci, c’est noté"),
    "ask_thanks": ("Your answer: {answer}.", "Ihre Antwort: {answer}.", "Votre réponse : {answer}."),
    "ask_result_later": (
        "This link shows the result once the question is closed: {until}.",
        "Dieser Link zeigt das Ergebnis, sobald die Frage geschlossen ist: {until}.",
        "Ce lien montrera le résultat après la clôture : {until}.",
    ),
    "ask_change": ("Change my answer", "Antwort ändern", "Changer ma réponse"),
    # once it is closed
    "ask_closed": ("This question is closed.", "Diese Frage ist geschlossen.", "Cette question est close."),
    "ask_winner": ("Most chose {choice}.", "Die meisten wählten {choice}.", "Le plus choisi : {choice}."),
    "ask_result": ("The result", "Das Ergebnis", "Le résultat"),
    "ask_votes": ("{choice}: {count}", "{choice}: {count}", "{choice} : {count}"),
    "ask_voices": ("Answers in all: {count}", "Antworten insgesamt: {count}", "Réponses en tout : {count}"),
    "ask_meeting": ("So we meet", "Also treffen wir uns", "Nous nous retrouverons donc"),
    # where there is nothing to answer
    "ask_unknown_title": ("No question here", "Hier ist keine Frage", "Pas de question ici"),
    "ask_unknown_text": (
        "This link is from a trial copy, or from a mail that we no longer know. In a mail that was sent, it leads to the page with the question.",
        "Dieser Link stammt aus einem Probeexemplar oder aus einer Mail, die wir nicht mehr kennen. In einer verschickten Mail führt er zur Seite mit der Frage.",
        "Ce lien vient d’un exemplaire d’essai, ou d’un message que nous ne connaissons plus. Dans un message envoyé, il mène à la page de la question.",
    ),
    "ask_gone_title": ("We no longer know you", "Wir kennen Sie nicht mehr", "Nous ne vous connaissons plus"),
    "ask_gone_text": (
        "The address that this link was made for was erased here, so it has no voice any more.",
        "Die Adresse, für die dieser Link gemacht wurde, ist hier gelöscht und hat keine Stimme mehr.",
        "L’adresse pour laquelle ce lien a été créé a été effacée ici et n’a plus de voix.",
    ),
}  # fmt: skip
