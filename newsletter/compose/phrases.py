"""Every phrase of the shipped mail frames, in English, German and French, side by side.

A phrase may hold {places}; the three languages of a row hold the same ones (a test looks).
"""

from newsletter.compose import (
    phrases_archive,
    phrases_calendar,
    phrases_desk,
    phrases_founding,
    phrases_growth,
    phrases_monthly,
    phrases_question,
    phrases_recap,
    phrases_receipt,
    phrases_reminders,
    phrases_report,
    phrases_returns,
)

PHRASES: dict[str, tuple[str, str, str]] = {
    **phrases_calendar.PHRASES,
    **phrases_desk.PHRASES,
    **phrases_archive.PHRASES,
    **phrases_founding.PHRASES,
    **phrases_growth.PHRASES,
    **phrases_monthly.PHRASES,
    **phrases_question.PHRASES,
    **phrases_recap.PHRASES,
    **phrases_receipt.PHRASES,
    **phrases_reminders.PHRASES,
    **phrases_report.PHRASES,
    **phrases_returns.PHRASES,
    # small words
    "and": ("and", "und", "et"),
    "picture": ("[Picture: {alt}]", "[Bild: {alt}]", "[Image : {alt}]"),
    "link_follows": ("(the link follows)", "(der Link folgt)", "(le lien suivra)"),
    "colon": (":", ":", " :"),
    "link_follows_by": (
        "(the link follows by {day})",
        "(der Link folgt bis {day})",
        "(le lien suivra d’ici le {day})",
    ),
    # kinds, above the title
    "recap": ("Recap", "Rückblick", "Compte rendu"),
    "invitation": ("Invitation", "Einladung", "Invitation"),
    "notice": ("Notice", "Mitteilung", "Avis"),
    "letter": ("Letter", "Brief", "Lettre"),
    # the next-meeting card
    "next_meeting": ("Next meeting", "Nächstes Treffen", "Prochaine rencontre"),
    "fact_when": ("When", "Wann", "Quand"),
    "fact_where": ("Where", "Wo", "Où"),
    "fact_then": ("Then", "Danach", "Ensuite"),
    "fact_topic": ("Topic", "Thema", "Sujet"),
    "when": ("{day}, {begin} to {end}", "{day}, {begin} bis {end} Uhr", "{day}, de {begin} à {end}"),
    "when_from": ("{day}, {begin}", "{day}, {begin} Uhr", "{day}, {begin}"),
    "when_over": (
        "{day}, {begin}, to {last}, {end}",
        "{day}, {begin} Uhr, bis {last}, {end} Uhr",
        "du {day}, {begin}, au {last}, {end}",
    ),
    "tell_us": ("Tell us if you come", "Sagen Sie uns, ob Sie kommen", "Dites-nous si vous venez"),
    # footer
    "because_confirmed": (
        "You get this because you joined {lists} and confirmed it on {since}.",
        "Sie bekommen diese Mail, weil Sie sich bei {lists} eingetragen und das am {since} bestätigt haben.",
        "Vous recevez ce message parce que vous avez rejoint {lists} et l’avez confirmé le {since}.",
    ),
    "because_attested": (
        "You get this because you joined {lists} on {since}.",
        "Sie bekommen diese Mail, weil Sie sich am {since} bei {lists} eingetragen haben.",
        "Vous recevez ce message parce que vous avez rejoint {lists} le {since}.",
    ),
    "because_implied": (
        "You get this because you have belonged to {lists} since {since}.",
        "Sie bekommen diese Mail, weil Sie seit dem {since} zu {lists} gehören.",
        "Vous recevez ce message parce que vous faites partie de {lists} depuis le {since}.",
    ),
    "because_self": (
        "You get this one mail in answer to what was just asked for with your address.",
        "Sie bekommen diese eine Mail als Antwort auf das, was eben mit Ihrer Adresse verlangt wurde.",
        "Vous recevez ce seul message en réponse à ce qui vient d’être demandé avec votre adresse.",
    ),
    "first_mail": (
        "This is our first mail to you. How we came to your address: {source}.",
        "Dies ist unsere erste Mail an Sie. Woher wir Ihre Adresse haben: {source}.",
        "C’est notre premier message à votre adresse. Comment nous l’avons obtenue : {source}.",
    ),
    "not_me": (
        "Not you? Tell us and we stop",
        "Das waren nicht Sie? Dann hören wir auf",
        "Ce n’était pas vous ? Dites-le et nous arrêtons",
    ),
    # the committee's copy, above the text
    "early": (
        "You get this first, as one of the committee. The others get it later: {when}.",
        "Sie bekommen dies zuerst, als Teil des Vorstands. Die anderen bekommen es später: {when}.",
        "Vous recevez ceci en premier, comme membre du comité. Les autres le recevront plus tard : {when}.",
    ),
    "early_stop": ("Stop it", "Anhalten", "Tout arrêter"),
    "unsubscribe": ("Unsubscribe", "Abbestellen", "Se désabonner"),
    "preferences": ("Choose what you get", "Auswahl ändern", "Choisir ce que vous recevez"),
    "write_to_us": ("Write to us", "Schreiben Sie uns", "Écrivez-nous"),
    # confirm: the one mail to an address that nobody has proved yet. It has no preheader: a hidden text in a mail
    # that may go straight to the reader's server counts as a sign of spam.
    "confirm_subject": (
        "Please confirm: {lists}",
        "Bitte bestätigen: {lists}",
        "Merci de confirmer : {lists}",
    ),
    "confirm_asked": (
        "Somebody, most likely you, asked to join {lists} with the address {email}. Please confirm that you want this.",
        "Jemand, vermutlich Sie selbst, möchte sich mit der Adresse {email} bei {lists} eintragen. Bitte bestätigen Sie es.",
        "Quelqu’un, sans doute vous, souhaite rejoindre {lists} avec l’adresse {email}. Merci de le confirmer.",
    ),
    "confirm_button": ("Yes, put me on the list", "Ja, tragen Sie mich ein", "Oui, inscrivez-moi"),
    "confirm_agree": ("This is what you agree to:", "Dem stimmen Sie zu:", "Voici ce que vous acceptez :"),
    "confirm_not_you": (
        "It was not you, or you have changed your mind? Then do nothing. Without your confirmation you get no "
        "mail from us, and after seven days we delete the address.",
        "Sie waren es nicht oder haben es sich anders überlegt? Dann tun Sie nichts. Ohne Ihre Bestätigung "
        "bekommen Sie keine Mail von uns, und nach sieben Tagen löschen wir die Adresse.",
        "Ce n’était pas vous, ou vous avez changé d’avis ? Ne faites rien. Sans confirmation vous ne recevrez "
        "aucun message de notre part, et nous effacerons l’adresse après sept jours.",
    ),
    "confirm_or_block": (
        "And should you never want to be asked by us again:",
        "Und falls wir Sie nie wieder fragen sollen:",
        "Et si vous ne voulez plus jamais recevoir cette question :",
    ),
    "confirm_block": (
        "Not me, block this address",
        "Das war ich nicht, diese Adresse sperren",
        "Ce n’est pas moi, bloquer cette adresse",
    ),
    # already: somebody signed up an address that is on the list
    "already_subject": (
        "You are on the list already: {lists}",
        "Sie stehen schon auf der Liste: {lists}",
        "Vous êtes déjà sur la liste : {lists}",
    ),
    "already_preheader": (
        "Nothing has changed, and there is nothing to do.",
        "Es hat sich nichts geändert, und Sie müssen nichts tun.",
        "Rien n’a changé et il n’y a rien à faire.",
    ),
    "already_on": (
        "Somebody, most likely you, asked to join {lists} with the address {email}. It is on the list already.",
        "Jemand, vermutlich Sie selbst, wollte sich mit der Adresse {email} bei {lists} eintragen. Sie steht schon auf der Liste.",
        "Quelqu’un, sans doute vous, a demandé à rejoindre {lists} avec l’adresse {email}. Elle est déjà sur la liste.",
    ),
    "already_nothing": (
        "Nothing has changed, and there is nothing to do. If our mails do not reach you, look into the spam folder.",
        "Es hat sich nichts geändert, und Sie müssen nichts tun. Wenn unsere Mails nicht ankommen, sehen Sie im Spam-Ordner nach.",
        "Rien n’a changé et il n’y a rien à faire. Si nos messages ne vous parviennent pas, regardez dans le dossier des indésirables.",
    ),
    # change: to the new address, before it counts
    "change_subject": (
        "Please confirm your new address: {site}",
        "Bitte bestätigen Sie Ihre neue Adresse: {site}",
        "Merci de confirmer votre nouvelle adresse : {site}",
    ),
    "change_asked": (
        "A member of {site} wants to get our mails at {email} from now on. Please confirm that this address is yours.",
        "Ein Mitglied von {site} möchte unsere Mails von jetzt an unter {email} bekommen. Bitte bestätigen Sie, dass diese Adresse Ihre ist.",
        "Un membre de {site} souhaite recevoir désormais nos messages à l’adresse {email}. Merci de confirmer que cette adresse est la vôtre.",
    ),
    "change_button": ("Yes, this is my address", "Ja, das ist meine Adresse", "Oui, c’est mon adresse"),
    "change_not_you": (
        "It was not you? Then do nothing: without your confirmation nothing changes, and we delete the address after seven days.",
        "Sie waren es nicht? Dann tun Sie nichts: ohne Ihre Bestätigung ändert sich nichts, und nach sieben Tagen löschen wir die Adresse.",
        "Ce n’était pas vous ? Ne faites rien : sans confirmation rien ne change, et nous effacerons l’adresse après sept jours.",
    ),
    # moved: to the old address, once the new one was confirmed
    "moved_subject": (
        "Your address was changed: {site}",
        "Ihre Adresse wurde geändert: {site}",
        "Votre adresse a été modifiée : {site}",
    ),
    "moved_preheader": (
        "From now on our mails go to your new address.",
        "Von jetzt an gehen unsere Mails an Ihre neue Adresse.",
        "Nos messages vont désormais à votre nouvelle adresse.",
    ),
    "moved_done": (
        "Our mails go to {new} now and no longer to {email}. This is the last one here.",
        "Unsere Mails gehen jetzt an {new} und nicht mehr an {email}. Dies ist die letzte hier.",
        "Nos messages vont désormais à {new} et non plus à {email}. Celui-ci est le dernier ici.",
    ),
    "moved_not_you": (
        "It was not you? Then write to us:",
        "Das waren nicht Sie? Dann schreiben Sie uns:",
        "Ce n’était pas vous ? Écrivez-nous :",
    ),
    # welcome: after the confirmation
    "welcome_subject": ("Welcome: {lists}", "Willkommen: {lists}", "Bienvenue : {lists}"),
    "welcome_preheader": (
        "You are on the list. What you will get, and how to change it.",
        "Sie stehen auf der Liste. Was Sie bekommen und wie Sie es ändern.",
        "Vous êtes sur la liste. Ce que vous recevrez, et comment le changer.",
    ),
    "welcome_on": (
        "You are on the list now, with the address {email}. Glad to have you.",
        "Sie stehen jetzt mit der Adresse {email} auf der Liste. Schön, dass Sie dabei sind.",
        "Vous êtes maintenant sur la liste, avec l’adresse {email}. Nous en sommes ravis.",
    ),
    "welcome_get": ("What you will get:", "Was Sie bekommen:", "Ce que vous recevrez :"),
    "welcome_leave": (
        "You can leave at any time. Every mail has a link for it, and so has this one.",
        "Sie können jederzeit gehen. Dafür steht in jeder Mail ein Link, auch in dieser.",
        "Vous pouvez partir à tout moment. Chaque message contient un lien pour cela, celui-ci aussi.",
    ),
    "welcome_receipt": (
        "Your receipt, the number under which we recorded your consent:",
        "Ihr Beleg, die Nummer, unter der wir Ihre Einwilligung festgehalten haben:",
        "Votre reçu, le numéro sous lequel nous avons enregistré votre accord :",
    ),
    "welcome_receipt_why": (
        "Keep this mail: with the number anyone can check later that our records were not changed.",
        "Heben Sie diese Mail auf: mit der Nummer lässt sich später prüfen, dass unsere Aufzeichnungen nicht verändert wurden.",
        "Gardez ce message : ce numéro permet de vérifier plus tard que nos registres n’ont pas été modifiés.",
    ),
    # goodbye: after leaving
    "goodbye_subject": ("You have left: {lists}", "Abgemeldet: {lists}", "Désinscription : {lists}"),
    "goodbye_preheader": (
        "You get nothing more from this list, and the way back is open.",
        "Sie bekommen nichts mehr von dieser Liste, und der Rückweg steht offen.",
        "Vous ne recevrez plus rien de cette liste, et la porte reste ouverte.",
    ),
    "goodbye_done": (
        "{email} is off the list. You get nothing more from it, and there is nothing else to do.",
        "{email} steht nicht mehr auf der Liste. Sie bekommen nichts mehr von ihr und müssen nichts weiter tun.",
        "{email} n’est plus sur la liste. Vous n’en recevrez plus rien, et il n’y a rien d’autre à faire.",
    ),
    "goodbye_back": (
        "Should you ever want to come back, the way in is open:",
        "Falls Sie einmal zurückkommen möchten, die Tür steht offen:",
        "Si vous souhaitez revenir un jour, la porte reste ouverte :",
    ),
    "goodbye_join": ("Join again", "Wieder anmelden", "S’inscrire de nouveau"),
    "goodbye_reply": (
        "Should you ever want to come back, a reply to this mail is enough.",
        "Falls Sie einmal zurückkommen möchten, genügt eine Antwort auf diese Mail.",
        "Si vous souhaitez revenir un jour, une réponse à ce message suffit.",
    ),
    # fresh: a link to one's own data, good for an hour
    "fresh_subject": ("Your link: {site}", "Ihr Link: {site}", "Votre lien : {site}"),
    "fresh_preheader": (
        "The way to what we have about you, open for one hour.",
        "Der Weg zu dem, was wir über Sie wissen, eine Stunde lang offen.",
        "L’accès à ce que nous savons de vous, ouvert pendant une heure.",
    ),
    "fresh_asked": (
        "You asked to see or change what we have about {email}. This link opens it, for one hour from now.",
        "Sie möchten sehen oder ändern, was wir über {email} wissen. Dieser Link öffnet es, von jetzt an eine Stunde lang.",
        "Vous souhaitez voir ou modifier ce que nous savons de {email}. Ce lien l’ouvre, pendant une heure à partir de maintenant.",
    ),
    "fresh_button": ("Open my page", "Meine Seite öffnen", "Ouvrir ma page"),
    "fresh_not_you": (
        "It was not you? Then do nothing: without this mail nobody can open the page.",
        "Sie waren es nicht? Dann tun Sie nichts: ohne diese Mail kann niemand die Seite öffnen.",
        "Ce n’était pas vous ? Ne faites rien : sans ce message, personne ne peut ouvrir la page.",
    ),
}
