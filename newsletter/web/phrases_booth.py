"""Phrases of a booth's page, in English, German and French. Some of them are filled in by its script."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "booth_vouched": (
        "The first mail says where your address comes from, and takes you off again if you like.",
        "Die erste Mail sagt, woher Ihre Adresse kommt, und nimmt Sie auf Wunsch wieder heraus.",
        "Le premier message dit d’où vient votre adresse, et vous retire si vous le voulez.",
    ),
    "booth_asked": (
        "One mail comes to make sure that the address is yours. Unless you press its button, no other follows.",
        "Eine Mail stellt sicher, dass es Ihre Adresse ist. Wenn Sie ihren Knopf nicht drücken, folgt keine weitere.",
        "Un message vérifie que l’adresse est la vôtre. Si vous n’appuyez pas sur son bouton, aucun autre ne suit.",
    ),
    "booth_thanks_title": ("Thank you", "Danke", "Merci"),
    "booth_thanks_text": (
        "You hear from us by mail. If a mail asks you to confirm, press its button.",
        "Sie hören per Mail von uns. Wenn eine Mail um Bestätigung bittet, drücken Sie den Knopf darin.",
        "Vous aurez de nos nouvelles par courriel. Si un message vous demande de confirmer, appuyez sur son bouton.",
    ),
    "booth_next": ("Next person", "Nächste Person", "Personne suivante"),
    # how things stand on this device
    "booth_sent": ("Sent from this device: {count}.", "Von diesem Gerät verschickt: {count}.", "Envoyés depuis cet appareil : {count}."),
    "booth_waiting": (
        "Waiting for a network: {count}. They are kept on this device.",
        "Warten auf ein Netz: {count}. Sie bleiben auf diesem Gerät.",
        "En attente d’un réseau : {count}. Ils restent sur cet appareil.",
    ),
    "booth_sending": ("On their way: {count}.", "Unterwegs: {count}.", "En route : {count}."),
    "booth_refused": (
        "The server does not take them just now; it is tried again.",
        "Der Server nimmt sie gerade nicht an; es wird wieder versucht.",
        "Le serveur ne les accepte pas pour l’instant ; un nouvel essai suivra.",
    ),
    "booth_ready": (
        "This page also works without a network.",
        "Diese Seite geht auch ohne Netz.",
        "Cette page marche aussi sans réseau.",
    ),
    "booth_wrongs": ("To be corrected", "Zu berichtigen", "À corriger"),
    "booth_correct": ("Correct it", "Berichtigen", "Corriger"),
    "booth_discard": ("Throw it away", "Wegwerfen", "Jeter"),
    # what may be wrong with a sign-up
    "booth_wrong_address": (
        "This does not look like an e-mail address.",
        "Das sieht nicht nach einer E-Mail-Adresse aus.",
        "Cela ne ressemble pas à une adresse électronique.",
    ),
    "booth_wrong_role": (
        "This address belongs to a job, not to a person. Please use a personal one.",
        "Diese Adresse gehört zu einer Aufgabe, nicht zu einer Person. Bitte eine persönliche nehmen.",
        "Cette adresse est celle d’une fonction, pas d’une personne. Merci d’en donner une personnelle.",
    ),
    "booth_wrong_name": (
        "A name or field is too long, or holds signs that no text has.",
        "Ein Name oder Feld ist zu lang oder enthält Zeichen, die kein Text hat.",
        "Un nom ou un champ est trop long, ou contient des signes qu’aucun texte n’a.",
    ),
    "booth_keep_wording": (
        "The words that were shown are not known here. Ask an organiser.",
        "Der gezeigte Text ist hier nicht bekannt. Fragen Sie die Leitung.",
        "Le texte montré n’est pas connu ici. Demandez aux organisateurs.",
    ),
    "booth_keep_full": (
        "This link has taken 500 people. Ask an organiser for a new one and open it on this device: what waits here goes with it.",
        "Dieser Link hat 500 Personen aufgenommen. Lassen Sie sich einen neuen geben und öffnen Sie ihn auf diesem Gerät: Was hier wartet, geht mit.",
        "Ce lien a reçu 500 personnes. Demandez-en un nouveau et ouvrez-le sur cet appareil : ce qui attend ici partira avec.",
    ),
    "booth_keep_over": (
        "This link has ended. Ask an organiser for a new one and open it on this device: what waits here goes with it.",
        "Dieser Link ist zu Ende. Lassen Sie sich einen neuen geben und öffnen Sie ihn auf diesem Gerät: Was hier wartet, geht mit.",
        "Ce lien a pris fin. Demandez-en un nouveau et ouvrez-le sur cet appareil : ce qui attend ici partira avec.",
    ),
    # why a booth takes nobody
    "booth_late": (
        "This booth’s day is over. What was taken on this device before is still sent; for more people ask an organiser for a new link.",
        "Der Tag dieses Standes ist vorbei. Was auf diesem Gerät vorher aufgenommen wurde, wird noch verschickt; für weitere Leute lassen Sie sich einen neuen Link geben.",
        "La journée de ce stand est finie. Ce qui a été pris avant sur cet appareil est encore envoyé ; pour d’autres personnes, demandez un nouveau lien.",
    ),
    "booth_over": (
        "This booth’s day is over. Ask an organiser for a new link.",
        "Der Tag dieses Standes ist vorbei. Lassen Sie sich einen neuen Link geben.",
        "La journée de ce stand est finie. Demandez un nouveau lien.",
    ),
    "booth_full": (
        "This link has taken 500 people. Ask an organiser for a new one.",
        "Dieser Link hat 500 Personen aufgenommen. Lassen Sie sich einen neuen geben.",
        "Ce lien a reçu 500 personnes. Demandez-en un nouveau.",
    ),
    "booth_ended": (
        "An organiser has taken this link back. What waits on this device stays on it and goes with a new link.",
        "Die Leitung hat diesen Link zurückgenommen. Was auf diesem Gerät wartet, bleibt auf ihm und geht mit einem neuen Link.",
        "Un organisateur a retiré ce lien. Ce qui attend sur cet appareil y reste et partira avec un nouveau lien.",
    ),
    # for who looks after it
    "booth_helper": ("For the helper", "Für die Helferin oder den Helfer", "Pour la personne qui aide"),
    "booth_helper_text": (
        "Your name stands beside each sign-up, so that one can ask how it came about. It stays on this device until you change it.",
        "Ihr Name steht bei jeder Eintragung, damit man fragen kann, wie sie zustande kam. Er bleibt auf diesem Gerät, bis Sie ihn ändern.",
        "Votre nom figure à côté de chaque inscription, pour qu’on puisse demander comment elle s’est faite. Il reste sur cet appareil jusqu’à ce que vous le changiez.",
    ),
    "booth_collector": ("Who looks after this booth", "Wer diesen Stand betreut", "Qui tient ce stand"),
}  # fmt: skip
