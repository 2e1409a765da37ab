"""The phrases of a question under a mail, of its result in a recap, and of the mail that tells the chairs of it."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "question_one": ("One question", "Eine Frage", "Une question"),
    "question_line": (
        "Something else? Write a line",
        "Etwas anderes? Schreiben Sie eine Zeile",
        "Autre chose ? Écrivez une ligne",
    ),
    "question_write": ("Write your answer", "Schreiben Sie Ihre Antwort", "Écrivez votre réponse"),
    "question_until": (
        "One answer each; you can change it by the same link until it closes: {until}.",
        "Eine Antwort für jeden; über denselben Link lässt sie sich ändern, bis die Frage schließt: {until}.",
        "Une réponse par personne ; le même lien permet de la changer jusqu’à la clôture : {until}.",
    ),
    "question_by_mail": (
        "Each answer is a mail to us; we count until it closes: {until}.",
        "Jede Antwort ist eine Mail an uns; wir zählen, bis die Frage schließt: {until}.",
        "Chaque réponse est un message pour nous ; nous comptons jusqu’à la clôture : {until}.",
    ),
    # the result, in a recap
    "question_voices": ("Answers: {count}.", "Antworten: {count}.", "Réponses : {count}."),
    "question_winner": (
        "Most chose {choice}.",
        "Die meisten wählten {choice}.",
        "Le plus choisi : {choice}.",
    ),
    # the mail to the chairs when a question has closed
    "result_subject": (
        "What came of your question: {lists}",
        "Was Ihre Frage ergab: {lists}",
        "Résultat de votre question : {lists}",
    ),
    "result_closed": (
        "The question is closed, and everybody who opens its link sees these numbers.",
        "Die Frage ist geschlossen, und wer ihren Link öffnet, sieht diese Zahlen.",
        "La question est close, et quiconque ouvre son lien voit ces chiffres.",
    ),
    "result_lines": ("What people wrote", "Was geschrieben wurde", "Ce qui a été écrit"),
    "result_meeting": (
        "To make the meeting of it:",
        "So wird daraus das Treffen:",
        "Pour en faire la rencontre :",
    ),
    "result_level": (
        "No date is ahead of the others. Decide yourself, with the number of the date:",
        "Kein Termin liegt vorn. Entscheiden Sie selbst, mit der Nummer des Termins:",
        "Aucune date n’est en tête. À vous de décider, avec le numéro de la date :",
    ),
    "result_recap": (
        "Your next recap tells the result.",
        "Ihr nächster Rückblick nennt das Ergebnis.",
        "Votre prochain compte rendu donnera le résultat.",
    ),
}
