"""Phrases of the committee's page, in English, German and French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "stop_title": (
        "Stop this before it goes to everybody",
        "Anhalten, bevor es an alle geht",
        "Arrêter avant l’envoi à tous",
    ),
    "stop_text": (
        "“{subject}” waits to go to {count} more readers. Press the button and it stays here until the chair decides.",
        "„{subject}“ wartet auf den Versand an {count} weitere Leser. Drücken Sie den Knopf, dann bleibt es hier, bis die Leitung entscheidet.",
        "« {subject} » attend d’être envoyé à {count} autres lecteurs. Appuyez sur le bouton et il restera ici jusqu’à la décision de la présidence.",
    ),
    "stop_button": ("Stop it now", "Jetzt anhalten", "Arrêter maintenant"),
    "stop_after": (
        "Then tell the chair why. What has gone out cannot be called back.",
        "Sagen Sie dann der Leitung, warum. Was schon verschickt ist, lässt sich nicht zurückholen.",
        "Dites ensuite pourquoi à la présidence. Ce qui est déjà parti ne peut pas être rappelé.",
    ),
    "stopped_title": ("It is stopped", "Es ist angehalten", "C’est arrêté"),
    "stopped_text": (
        "“{subject}” goes to nobody else until the chair lets it go on.",
        "„{subject}“ geht an niemanden mehr, bis die Leitung es weiterlaufen lässt.",
        "« {subject} » ne sera envoyé à personne d’autre tant que la présidence ne le relance pas.",
    ),
    "stop_late_title": (
        "There is nothing left to stop",
        "Hier gibt es nichts mehr anzuhalten",
        "Il n’y a plus rien à arrêter",
    ),
    "stop_late_text": (
        "“{subject}” has gone out to everybody, or was cancelled.",
        "„{subject}“ ist schon an alle gegangen oder wurde abgesagt.",
        "« {subject} » a déjà été envoyé à tous, ou a été annulé.",
    ),
}
