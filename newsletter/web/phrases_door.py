"""Phrases of a door's page, in English, German and French. Some of them are filled in by its script."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "door_came": ("Here: {count}.", "Da: {count}.", "Présents : {count}."),
    "door_counted": ("Heads counted: {count}.", "Gezählt: {count}.", "Têtes comptées : {count}."),
    "door_find": ("Find a name", "Namen suchen", "Chercher un nom"),
    "door_yes": ("said yes", "sagte zu", "a dit oui"),
    "door_waiting": ("waiting list", "Warteliste", "liste d’attente"),
    "door_maybe": ("maybe", "vielleicht", "peut-être"),
    "door_no": ("said no", "sagte ab", "a dit non"),
    "door_guests": ("+{count}", "+{count}", "+{count}"),
    "door_nobody": (
        "Nobody has answered yet, and nobody is on the list. Add who comes below.",
        "Noch hat niemand geantwortet, und niemand steht auf der Liste. Tragen Sie unten ein, wer kommt.",
        "Personne n’a encore répondu et la liste est vide. Ajoutez ci-dessous qui vient.",
    ),
    "door_walk_in": ("Somebody else", "Jemand anderes", "Quelqu’un d’autre"),
    "door_mails": ("Wants our mails", "Möchte unsere Mails", "Veut recevoir nos messages"),
    "door_only_if": ("only who wants them", "nur wer sie möchte", "seulement si voulu"),
    "door_add": ("Add", "Eintragen", "Ajouter"),
    "door_count": ("Or count heads", "Oder Köpfe zählen", "Ou compter les têtes"),
    "door_save": ("Save the count", "Zahl speichern", "Enregistrer le nombre"),
    "door_private": (
        "Names only, for the people at the door. A tick puts nobody on a list; after a year the names become a number.",
        "Nur Namen, für die Leute an der Tür. Ein Häkchen trägt niemanden in eine Liste ein; nach einem Jahr werden die Namen zu einer Zahl.",
        "Des noms seulement, pour l’accueil. Une coche n’inscrit personne ; après un an, les noms deviennent un nombre.",
    ),
    "door_late": (
        "This door’s day is over, so it shows no names. What was ticked on this device before is still sent.",
        "Der Tag dieser Tür ist vorbei, darum zeigt sie keine Namen. Was auf diesem Gerät vorher abgehakt wurde, wird noch verschickt.",
        "La journée de cette porte est finie, elle ne montre plus de noms. Ce qui a été coché avant sur cet appareil est encore envoyé.",
    ),
    "door_ended": (
        "An organiser has taken this link back. What waits on this device stays on it and goes with a new link.",
        "Die Leitung hat diesen Link zurückgenommen. Was auf diesem Gerät wartet, bleibt auf ihm und geht mit einem neuen Link.",
        "Un organisateur a retiré ce lien. Ce qui attend sur cet appareil y reste et partira avec un nouveau lien.",
    ),
}  # fmt: skip
