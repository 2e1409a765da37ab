"""Phrases of the archive's pages and of the front page's news, in English, German and French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "archive_title": ("{list}: all editions", "{list}: alle Ausgaben", "{list} : toutes les éditions"),
    "archive_join": ("Join the list", "In die Liste eintragen", "S’inscrire à la liste"),
    "archive_feed": ("Feed (Atom)", "Feed (Atom)", "Flux (Atom)"),
    "archive_search": ("Search in all editions", "In allen Ausgaben suchen", "Chercher dans toutes les éditions"),
    "archive_find": ("Search", "Suchen", "Chercher"),
    "archive_found": ("What was found, the newest first.", "Das wurde gefunden, das Neueste zuerst.", "Les résultats, du plus récent au plus ancien."),
    "archive_found_none": ("Nothing was found. Try fewer words, or the beginning of one.", "Nichts gefunden. Versuchen Sie es mit weniger Wörtern oder einem Wortanfang.", "Rien trouvé. Essayez moins de mots, ou le début d’un mot."),
    "archive_all": ("All editions", "Alle Ausgaben", "Toutes les éditions"),
    "archive_empty": ("Nothing has been sent yet.", "Es wurde noch nichts verschickt.", "Rien n’a encore été envoyé."),
    "archive_turn": ("Other editions", "Andere Ausgaben", "Autres éditions"),
    "archive_newest": ("Newest", "Neueste", "Les plus récentes"),
    "archive_older": ("Older", "Ältere", "Plus anciennes"),
    "archive_before": ("Before:", "Davor:", "Avant :"),
    "archive_after": ("After:", "Danach:", "Après :"),
    "archive_attached": (
        "With the mail came {names}; it went to the members alone.",
        "Der Mail lag bei: {names}; das ging nur an die Mitglieder.",
        "Le message contenait {names}, envoyé aux seuls membres.",
    ),
    "archive_invite": ("Get {list} by mail", "{list} per Mail bekommen", "Recevoir {list} par courriel"),
    "archive_next": ("Next meeting", "Nächstes Treffen", "Prochaine rencontre"),
    "archive_announced": ("Announced here", "Hier angekündigt", "Annoncé ici"),
    "archive_over": ("This meeting is over.", "Dieses Treffen ist vorbei.", "Cette rencontre est passée."),
    "archive_cancelled": (
        "This meeting was cancelled.",
        "Dieses Treffen wurde abgesagt.",
        "Cette rencontre a été annulée.",
    ),
    "archive_moved": (
        "This meeting was changed after the mail went out. These are its facts now:",
        "Dieses Treffen wurde nach der Mail geändert. So gilt es jetzt:",
        "Cette rencontre a été modifiée après le message. Voici ce qui vaut maintenant :",
    ),
    "archive_remove": (
        "Your name or your face is here and should not be? Write to {address}, and it goes.",
        "Ihr Name oder Gesicht steht hier und soll es nicht? Schreiben Sie an {address}, dann verschwindet es.",
        "Votre nom ou votre visage est ici et ne devrait pas y être ? Écrivez à {address}, et il disparaîtra.",
    ),
    # the front page's news
    "home_next": ("Next meeting", "Nächstes Treffen", "Prochaine rencontre"),
    "home_last": ("What happened last", "Was zuletzt war", "La dernière fois"),
    "home_archive": ("All editions of {list}", "Alle Ausgaben von {list}", "Toutes les éditions de {list}"),
}  # fmt: skip
