"""Every phrase of the pages, in English, German and French, side by side: here the frame, leaving, and what goes wrong.

A phrase may hold {places}; the three languages of a row hold the same ones (a test looks).
"""

import functools
from collections.abc import Mapping

from newsletter.web import (
    phrases_archive,
    phrases_booth,
    phrases_desk,
    phrases_door,
    phrases_grid,
    phrases_joining,
    phrases_mine,
    phrases_question,
    phrases_report,
    phrases_rsvp,
    phrases_stopping,
)

LANGUAGES = ("en", "de", "fr")

PHRASES: dict[str, tuple[str, str, str]] = {
    # the frame
    "skip": ("Skip to the content", "Zum Inhalt springen", "Aller au contenu"),
    "run_by": ("Run by {site}", "Betrieben von {site}", "Géré par {site}"),
    "questions": ("Questions? Write to", "Fragen? Schreiben Sie an", "Des questions ? Écrivez à"),
    # the leave page
    "leave_title": ("Leave the list", "Die Liste verlassen", "Quitter la liste"),
    "leave_one": (
        "This takes {address} off the list {list}.",
        "Damit wird {address} von der Liste {list} genommen.",
        "Cela retire {address} de la liste {list}.",
    ),
    "leave_many": (
        "Choose the lists that {address} shall leave.",
        "Wählen Sie, welche Listen {address} verlassen soll.",
        "Choisissez les listes que {address} va quitter.",
    ),
    "leave_tick": (
        "Nothing has been changed yet: tick at least one list.",
        "Noch ist nichts geändert: Wählen Sie mindestens eine Liste.",
        "Rien n’a encore changé : cochez au moins une liste.",
    ),
    "leave_lists": ("Lists to leave", "Zu verlassende Listen", "Listes à quitter"),
    "leave_button": ("Leave now", "Jetzt verlassen", "Quitter maintenant"),
    "leave_after": (
        "It takes effect at once. We ask for no reason, and you can undo it for 30 days.",
        "Es gilt sofort. Wir fragen nicht nach dem Grund, und Sie können es 30 Tage lang zurücknehmen.",
        "C’est immédiat. Nous ne demandons aucune raison, et vous pouvez revenir en arrière pendant 30 jours.",
    ),
    "leave_else": (
        "Rather a pause for some weeks, or other lists?",
        "Lieber ein paar Wochen Pause, oder andere Listen?",
        "Plutôt une pause de quelques semaines, ou d’autres listes ?",
    ),
    "leave_mine": ("Go to your page", "Zu Ihrer Seite", "Aller à votre page"),
    "leave_not_you": (
        "Not your address? Then this mail was passed on to you: please leave things as they are.",
        "Nicht Ihre Adresse? Dann wurde die Mail an Sie weitergeleitet: Bitte ändern Sie nichts.",
        "Ce n’est pas votre adresse ? Alors ce message vous a été transféré : merci de ne rien changer.",
    ),
    # after leaving
    "left_title": ("You have left", "Sie haben die Liste verlassen", "Vous avez quitté la liste"),
    "left_from": (
        "{address} gets no more mail from:",
        "{address} bekommt keine Mails mehr von:",
        "{address} ne recevra plus de messages de :",
    ),
    "left_queued": (
        "That holds from now on, also for mail that was waiting to go out.",
        "Das gilt ab jetzt, auch für Mails, die noch auf den Versand warteten.",
        "Cela vaut dès maintenant, y compris pour les messages en attente d’envoi.",
    ),
    "left_staying": (
        "Still on: {lists}.",
        "Weiterhin dabei: {lists}.",
        "Toujours sur : {lists}.",
    ),
    "undo_text": (
        "Pressed by mistake? Within 30 days one press brings everything back.",
        "Aus Versehen gedrückt? Innerhalb von 30 Tagen stellt ein Druck alles wieder her.",
        "Une erreur ? Pendant 30 jours, une pression suffit pour tout rétablir.",
    ),
    "undo_button": ("Undo: stay on the list", "Zurücknehmen: dabei bleiben", "Annuler : rester sur la liste"),
    "back_title": ("You are back", "Sie sind wieder dabei", "Vous êtes de retour"),
    "back_text": (
        "{address} is on the list again, as before:",
        "{address} steht wieder auf der Liste, wie zuvor:",
        "{address} est de nouveau sur la liste, comme avant :",
    ),
    "late_title": ("This cannot be undone any more", "Das lässt sich nicht mehr zurücknehmen", "Il est trop tard pour annuler"),
    "late_text": (
        "It was undone before, or more than 30 days have passed.",
        "Es wurde schon zurückgenommen, oder es sind mehr als 30 Tage vergangen.",
        "Cela a déjà été annulé, ou plus de 30 jours ont passé.",
    ),
    "late_off": (
        "To come back, sign up again, or write to the address below.",
        "Um zurückzukommen, tragen Sie sich neu ein oder schreiben Sie an die Adresse unten.",
        "Pour revenir, inscrivez-vous de nouveau ou écrivez à l’adresse ci-dessous.",
    ),
    "not_on_title": (
        "You are not on the list",
        "Sie stehen nicht auf der Liste",
        "Vous n’êtes pas sur la liste",
    ),
    "not_on_text": (
        "{address} gets no mail from here.",
        "{address} bekommt von hier keine Mails.",
        "{address} ne reçoit aucun message d’ici.",
    ),
    "not_on_gone": (
        "The address that this link was made for gets no mail from here.",
        "Die Adresse, für die dieser Link gemacht wurde, bekommt von hier keine Mails.",
        "L’adresse pour laquelle ce lien a été créé ne reçoit aucun message d’ici.",
    ),
    "not_on_done": ("There is nothing left to do.", "Es ist nichts weiter zu tun.", "Il n’y a plus rien à faire."),
    # the front page
    "home_title": ("Our mailing lists", "Unsere Verteiler", "Nos listes de diffusion"),
    "home_text": (
        "These are the mailing lists of {site}.",
        "Dies sind die Verteiler von {site}.",
        "Voici les listes de diffusion de {site}.",
    ),
    "home_none": ("There are no lists yet.", "Es gibt noch keine Listen.", "Il n’y a pas encore de listes."),
    "calendar_of": ("Meetings of {list}: calendar", "Treffen von {list}: Kalender", "Rencontres de {list} : agenda"),
    "home_leave": (
        "To leave a list, use the link at the end of any of its mails.",
        "Um eine Liste zu verlassen, nutzen Sie den Link am Ende jeder Mail.",
        "Pour quitter une liste, utilisez le lien au bas de chacun de ses messages.",
    ),
    "home_you": ("You are on a list?", "Sie stehen auf einer Liste?", "Vous êtes sur une liste ?"),
    "home_me": ("Open your page", "Ihre Seite öffnen", "Ouvrir votre page"),
    # what did not work
    "missing_title": ("There is nothing here", "Hier ist nichts", "Il n’y a rien ici"),
    "missing_text": (
        "This link is not one of ours, or a part of it got lost. Copy it whole from the mail, or write to the address below.",
        "Dieser Link ist keiner von uns, oder ein Stück fehlt. Kopieren Sie ihn ganz aus der Mail, oder schreiben Sie an die Adresse unten.",
        "Ce lien n’est pas l’un des nôtres, ou il en manque une partie. Copiez-le en entier depuis le message, ou écrivez à l’adresse ci-dessous.",
    ),
    "method_title": ("That does not work here", "Das geht hier nicht", "Cela ne marche pas ici"),
    "method_text": (
        "This address can be opened, but not used in this way.",
        "Diese Adresse lässt sich öffnen, aber nicht auf diese Weise benutzen.",
        "Cette adresse peut être ouverte, mais pas utilisée de cette façon.",
    ),
    "busy_title": ("Please try again in a minute", "Bitte gleich noch einmal", "Réessayez dans une minute"),
    "busy_text": (
        "Our database could not be written just now. Nothing was changed; please press again in a minute.",
        "Unsere Datenbank war gerade nicht zu beschreiben. Es wurde nichts geändert; bitte versuchen Sie es gleich noch einmal.",
        "Notre base de données n’a pas pu être modifiée à l’instant. Rien n’a changé ; réessayez dans une minute.",
    ),
    "form_title": ("That form could not be read", "Das Formular war nicht lesbar", "Le formulaire n’a pas pu être lu"),
    "form_text": (
        "Nothing was changed. Go back and press the button once more.",
        "Es wurde nichts geändert. Gehen Sie zurück und drücken Sie noch einmal.",
        "Rien n’a changé. Revenez en arrière et appuyez de nouveau sur le bouton.",
    ),
    "large_title": ("That was too much", "Das war zu viel", "C’était trop"),
    "large_text": (
        "The form was larger than we take. Nothing was changed.",
        "Das Formular war größer, als wir annehmen. Es wurde nichts geändert.",
        "Le formulaire dépasse la taille acceptée. Rien n’a changé.",
    ),
    "slow_title": ("That took too long", "Das hat zu lange gedauert", "C’était trop long"),
    "slow_text": (
        "The form did not arrive in time. Nothing was changed; please try again.",
        "Das Formular kam nicht rechtzeitig an. Es wurde nichts geändert; bitte versuchen Sie es noch einmal.",
        "Le formulaire n’est pas arrivé à temps. Rien n’a changé ; merci de réessayer.",
    ),
    "refused_title": ("That is not possible now", "Das ist jetzt nicht möglich", "Ce n’est pas possible maintenant"),
    "refused_text": (
        "Nothing was changed. If you think it should be possible, write to the address below.",
        "Es wurde nichts geändert. Wenn es möglich sein sollte, schreiben Sie an die Adresse unten.",
        "Rien n’a changé. Si cela devrait être possible, écrivez à l’adresse ci-dessous.",
    ),
    "often_title": ("Too many at once", "Zu viele auf einmal", "Trop de demandes"),
    "often_text": (
        "This form was used very often from your network or for this list. Nothing was sent; please try again in an hour, or write to the address below.",
        "Dieses Formular wurde aus Ihrem Netz oder für diese Liste sehr oft benutzt. Es wurde nichts abgeschickt; bitte versuchen Sie es in einer Stunde noch einmal, oder schreiben Sie an die Adresse unten.",
        "Ce formulaire a été très souvent utilisé depuis votre réseau ou pour cette liste. Rien n’a été envoyé ; réessayez dans une heure, ou écrivez à l’adresse ci-dessous.",
    ),
    "foreign_title": ("That came from another site", "Das kam von einer anderen Seite", "Cela venait d’un autre site"),
    "foreign_text": (
        "A form on another site sent this. Nothing was changed; open the link in our mail and press the button there.",
        "Ein Formular einer anderen Seite hat das geschickt. Es wurde nichts geändert; öffnen Sie den Link in unserer Mail und drücken Sie den Knopf dort.",
        "Un formulaire d’un autre site a envoyé ceci. Rien n’a changé ; ouvrez le lien de notre message et utilisez le bouton qui s’y trouve.",
    ),
    "broken_title": ("Something broke on our side", "Bei uns ist etwas schiefgegangen", "Une erreur s’est produite chez nous"),
    "broken_text": (
        "Nothing was changed. Please try again, or write to the address below.",
        "Es wurde nichts geändert. Versuchen Sie es noch einmal, oder schreiben Sie an die Adresse unten.",
        "Rien n’a changé. Réessayez, ou écrivez à l’adresse ci-dessous.",
    ),
}  # fmt: skip

PHRASES.update(phrases_booth.PHRASES)
PHRASES.update(phrases_archive.PHRASES)
PHRASES.update(phrases_desk.PHRASES)
PHRASES.update(phrases_door.PHRASES)
PHRASES.update(phrases_grid.PHRASES)
PHRASES.update(phrases_joining.PHRASES)
PHRASES.update(phrases_mine.PHRASES)
PHRASES.update(phrases_question.PHRASES)
PHRASES.update(phrases_report.PHRASES)
PHRASES.update(phrases_rsvp.PHRASES)
PHRASES.update(phrases_stopping.PHRASES)


@functools.cache
def of(language: str) -> Mapping[str, str]:
    """All phrases in a language (English where we do not speak it)."""
    column = LANGUAGES.index(language) if language in LANGUAGES else 0
    return {name: row[column] for name, row in PHRASES.items()}
