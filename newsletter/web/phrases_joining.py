"""Phrases of joining: the form, its answer, confirming, blocking. English, German, French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "join_one_title": ("Join {list}", "{list}: anmelden", "S’inscrire : {list}"),
    "join_title": ("Join our lists", "Unsere Listen abonnieren", "S’inscrire à nos listes"),
    "join_choose": (
        "Tick what you would like to get. Nothing is ticked for you.",
        "Kreuzen Sie an, was Sie bekommen möchten. Nichts ist vorausgewählt.",
        "Cochez ce que vous souhaitez recevoir. Rien n’est coché d’avance.",
    ),
    "join_lists": ("Lists", "Listen", "Listes"),
    "join_gets": ("What you get", "Was Sie bekommen", "Ce que vous recevrez"),
    "join_agree": ("What you agree to", "Wozu Sie Ja sagen", "Ce que vous acceptez"),
    "join_you": ("About you", "Über Sie", "À propos de vous"),
    "join_address": ("E-mail address", "E-Mail-Adresse", "Adresse e-mail"),
    "join_name": ("Name", "Name", "Nom"),
    "optional": ("optional", "freiwillig", "facultatif"),
    "join_button": ("Yes, sign me up", "Ja, ich melde mich an", "Oui, je m’inscris"),
    "join_next": (
        "We then send one mail to this address. You are on the list only when you press the button in it.",
        "Wir schicken dann eine Mail an diese Adresse. Erst mit dem Knopf darin stehen Sie auf der Liste.",
        "Nous envoyons alors un message à cette adresse. Vous n’êtes sur la liste qu’après avoir cliqué sur son bouton.",
    ),
    "join_private": (
        "Your address is used for this and nothing else. We count no opens and rewrite no links.",
        "Ihre Adresse dient nur dazu. Wir zählen keine Öffnungen und schreiben keine Links um.",
        "Votre adresse ne sert qu’à cela. Nous ne comptons pas les ouvertures et ne modifions aucun lien.",
    ),
    "join_none": (
        "No list can be joined here at the moment. Write to the address below.",
        "Im Moment kann man sich hier für keine Liste anmelden. Schreiben Sie an die Adresse unten.",
        "Aucune liste n’est ouverte aux inscriptions pour le moment. Écrivez à l’adresse ci-dessous.",
    ),
    "trap_label": ("Leave this empty", "Bitte leer lassen", "Laissez ce champ vide"),
    # what can be wrong with a form
    "wrong_summary": (
        "Nothing has been sent yet. Please look at the marked places.",
        "Noch ist nichts abgeschickt. Bitte sehen Sie die markierten Stellen an.",
        "Rien n’est encore envoyé. Vérifiez les endroits signalés.",
    ),
    "wrong_address": (
        "This does not look like an e-mail address. It should look like ada@example.org.",
        "Das sieht nicht wie eine E-Mail-Adresse aus. Richtig wäre zum Beispiel ada@example.org.",
        "Cela ne ressemble pas à une adresse e-mail. Exemple : ada@example.org.",
    ),
    "wrong_role": (
        "This address belongs to a job, not to a person. Please use a personal one.",
        "Diese Adresse gehört zu einer Aufgabe, nicht zu einer Person. Bitte nehmen Sie eine persönliche.",
        "Cette adresse est celle d’une fonction, pas d’une personne. Indiquez une adresse personnelle.",
    ),
    "wrong_text": (
        "Please use one line of plain text, not too long.",
        "Bitte eine Zeile einfachen Text, nicht zu lang.",
        "Une seule ligne de texte simple, pas trop longue.",
    ),
    "wrong_lists": (
        "Tick at least one list.",
        "Kreuzen Sie mindestens eine Liste an.",
        "Cochez au moins une liste.",
    ),
    "wrong_fast": (
        "That was quicker than people type. Please press the button once more.",
        "Das ging schneller, als Menschen tippen. Bitte drücken Sie den Knopf noch einmal.",
        "C’était plus rapide qu’une saisie humaine. Appuyez encore une fois sur le bouton.",
    ),
    "wrong_old": (
        "The page had been open for a long time. Please press the button once more.",
        "Die Seite war lange offen. Bitte drücken Sie den Knopf noch einmal.",
        "La page était ouverte depuis longtemps. Appuyez encore une fois sur le bouton.",
    ),
    "wrong_trap": (
        "A hidden field was filled in, as programs do. We emptied it: please press the button once more.",
        "Ein verborgenes Feld war ausgefüllt, wie Programme es tun. Wir haben es geleert: Bitte drücken Sie den Knopf noch einmal.",
        "Un champ caché était rempli, comme le font les robots. Nous l’avons vidé : appuyez encore une fois sur le bouton.",
    ),
    # the one answer for everybody
    "asked_title": ("Now look into your mailbox", "Sehen Sie jetzt in Ihr Postfach", "Consultez votre messagerie"),
    "asked_text": (
        "If we may write to the address you gave, a mail is on its way to it. Press the button in that mail within seven days, and you are on the list.",
        "Wenn wir an die angegebene Adresse schreiben dürfen, ist eine Mail dorthin unterwegs. Drücken Sie innerhalb von sieben Tagen den Knopf in dieser Mail, dann stehen Sie auf der Liste.",
        "Si nous pouvons écrire à l’adresse indiquée, un message est en route. Cliquez sur son bouton dans les sept jours, et vous serez sur la liste.",
    ),
    "asked_missing": (
        "No mail after some minutes? Look into the spam folder and check the address. We send at most one such mail a day to an address.",
        "Nach einigen Minuten noch keine Mail? Sehen Sie im Spam-Ordner nach und prüfen Sie die Adresse. Wir schicken höchstens eine solche Mail am Tag an eine Adresse.",
        "Pas de message après quelques minutes ? Regardez dans les indésirables et vérifiez l’adresse. Nous n’envoyons qu’un seul message de ce type par jour à une adresse.",
    ),
    "asked_same": (
        "For the privacy of all, this page says the same for every address.",
        "Zum Schutz aller sagt diese Seite bei jeder Adresse dasselbe.",
        "Pour protéger chacun, cette page est la même pour toutes les adresses.",
    ),
    # confirming
    "confirm_title": ("One press, and you are on the list", "Noch ein Druck, und Sie sind dabei", "Encore un clic, et vous êtes inscrit(e)"),
    "confirm_text": (
        "{address} was given to us for:",
        "{address} wurde uns angegeben für:",
        "{address} nous a été indiquée pour :",
    ),
    "confirm_button": ("Yes, put me on the list", "Ja, auf die Liste setzen", "Oui, inscrivez-moi"),
    "confirm_not_you": (
        "It was not you? Then do nothing: without this press nothing is sent.",
        "Das waren nicht Sie? Dann tun Sie nichts: Ohne diesen Druck wird nichts verschickt.",
        "Ce n’était pas vous ? Ne faites rien : sans ce clic, rien ne sera envoyé.",
    ),
    "confirmed_title": ("You are on the list", "Sie stehen auf der Liste", "Vous êtes sur la liste"),
    "confirmed_text": (
        "{address} is on:",
        "{address} steht auf:",
        "{address} est inscrite à :",
    ),
    "confirmed_mail": (
        "A welcome mail with your receipt is on its way: what you agreed to, and how to leave.",
        "Eine Willkommensmail mit Ihrer Quittung ist unterwegs: wozu Sie Ja gesagt haben und wie Sie wieder gehen.",
        "Un message de bienvenue avec votre reçu est en route : ce que vous avez accepté, et comment partir.",
    ),
    "changed_title": ("Your address is changed", "Ihre Adresse ist geändert", "Votre adresse est modifiée"),
    "changed_text": (
        "From now on mail goes to {address}. We have told the old address.",
        "Ab jetzt gehen die Mails an {address}. Der alten Adresse haben wir es mitgeteilt.",
        "Désormais, les messages vont à {address}. Nous en avons informé l’ancienne adresse.",
    ),
    "change_title": ("Use this address from now on", "Ab jetzt diese Adresse verwenden", "Utiliser désormais cette adresse"),
    "change_text": (
        "Mail that went to {old} will go to {address}.",
        "Mails, die an {old} gingen, gehen dann an {address}.",
        "Les messages destinés à {old} iront à {address}.",
    ),
    "change_button": ("Yes, change it", "Ja, ändern", "Oui, modifier"),
    "expired_title": ("This link has expired", "Dieser Link ist abgelaufen", "Ce lien a expiré"),
    "expired_text": (
        "It was good for a limited time, or it was used before. Nothing was changed. Ask for a new one, it takes a minute.",
        "Er galt nur begrenzte Zeit, oder er wurde schon benutzt. Es wurde nichts geändert. Fordern Sie einen neuen an, es dauert eine Minute.",
        "Il n’était valable qu’un temps, ou a déjà servi. Rien n’a changé. Demandez-en un nouveau, cela prend une minute.",
    ),
    "expired_join": ("Sign up again", "Neu anmelden", "S’inscrire de nouveau"),
    "expired_fresh": ("Ask for a new link", "Neuen Link anfordern", "Demander un nouveau lien"),
    # blocking
    "block_title": ("Block this address", "Diese Adresse sperren", "Bloquer cette adresse"),
    "block_text": (
        "Somebody typed {address} into our form, and it was not you? Then one press makes sure that we never write to it again, whoever asks.",
        "Jemand hat {address} in unser Formular eingetragen, und das waren nicht Sie? Dann sorgt ein Druck dafür, dass wir nie wieder dorthin schreiben, wer immer darum bittet.",
        "Quelqu’un a saisi {address} dans notre formulaire, et ce n’était pas vous ? Un clic, et nous n’y écrirons plus jamais, quel que soit le demandeur.",
    ),
    "block_button": ("Block this address", "Adresse sperren", "Bloquer l’adresse"),
    "block_else": (
        "If you only do not want to join, there is nothing to do.",
        "Wenn Sie sich nur nicht anmelden möchten, müssen Sie nichts tun.",
        "Si vous ne souhaitez simplement pas vous inscrire, il n’y a rien à faire.",
    ),
    "blocked_title": ("This address is blocked", "Diese Adresse ist gesperrt", "Cette adresse est bloquée"),
    "blocked_text": (
        "We will not write to {address} again. What we keep is a fingerprint that tells nobody the address.",
        "Wir schreiben nicht mehr an {address}. Wir behalten nur einen Fingerabdruck, der niemandem die Adresse verrät.",
        "Nous n’écrirons plus à {address}. Nous ne gardons qu’une empreinte qui ne révèle l’adresse à personne.",
    ),
    "blocked_gone": (
        "We will not write to it again. What we keep is a fingerprint that tells nobody the address.",
        "Wir schreiben nicht mehr dorthin. Wir behalten nur einen Fingerabdruck, der niemandem die Adresse verrät.",
        "Nous n’y écrirons plus. Nous ne gardons qu’une empreinte qui ne révèle l’adresse à personne.",
    ),
    "blocked_undo": (
        "To lift this one day, write from that address to the one below.",
        "Um das eines Tages aufzuheben, schreiben Sie von dieser Adresse an die unten stehende.",
        "Pour lever ce blocage un jour, écrivez depuis cette adresse à celle ci-dessous.",
    ),
}  # fmt: skip
