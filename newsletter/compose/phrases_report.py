"""The phrases of the report that a chair gets after a send, in English, German and French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "report_subject": (
        "How the send went: {lists}",
        "So lief der Versand: {lists}",
        "Bilan de l’envoi : {lists}",
    ),
    "report_done": (
        "“{subject}” has gone out. {sent} of {audience} members have it.",
        "„{subject}“ ist verschickt. {sent} von {audience} Mitgliedern haben es bekommen.",
        "« {subject} » est parti. {sent} membres sur {audience} l’ont reçu.",
    ),
    "report_waiting": (
        "“{subject}” has gone out to {sent} of {audience} members. Some deliveries wait for your decision.",
        "„{subject}“ ist an {sent} von {audience} Mitgliedern verschickt. Einige Zustellungen warten auf Ihre Entscheidung.",
        "« {subject} » est parti vers {sent} membres sur {audience}. Quelques envois attendent votre décision.",
    ),
    "report_everybody": (
        "Nobody stayed out. There is nothing to do.",
        "Niemand blieb außen vor. Es ist nichts zu tun.",
        "Personne n’est resté de côté. Il n’y a rien à faire.",
    ),
    "report_and_more": ("and {count} more", "und {count} weitere", "et {count} autres"),
    "report_because": (
        "You get this because you are named as chair of {site}.",
        "Sie bekommen diese Mail, weil Sie als Vorsitz von {site} eingetragen sind.",
        "Vous recevez ce message parce que vous êtes inscrit comme responsable de {site}.",
    ),
    # who has not got it: a heading and what to do, for each end of a delivery
    "report_failed": (
        "Refused for good: {count}",
        "Endgültig abgelehnt: {count}",
        "Refusés définitivement : {count}",
    ),
    "report_failed_do": (
        "Their mail servers do not take the mail. Ask them for the right address: newsletter member edit",
        "Ihre Mailserver nehmen die Mail nicht an. Fragen Sie nach der richtigen Adresse: newsletter member edit",
        "Leurs serveurs refusent le message. Demandez-leur la bonne adresse : newsletter member edit",
    ),
    "report_unclear": ("Nobody knows: {count}", "Niemand weiß es: {count}", "Issue inconnue : {count}"),
    "report_unclear_do": (
        "The server’s answer was lost, so the mail may have arrived. Decide: newsletter outbox unclear",
        "Die Antwort des Servers ging verloren, die Mail kann angekommen sein. Entscheiden Sie: newsletter outbox unclear",
        "La réponse du serveur s’est perdue, le message est peut-être arrivé. À vous de décider : newsletter outbox unclear",
    ),
    "report_left": (
        "Left the list: {count}",
        "Haben die Liste verlassen: {count}",
        "Ont quitté la liste : {count}",
    ),
    "report_left_do": ("Nothing to do.", "Nichts zu tun.", "Rien à faire."),
    "report_objected": (
        "Want no mail from us: {count}",
        "Wollen keine Mails von uns: {count}",
        "Ne veulent aucun message : {count}",
    ),
    "report_objected_do": ("Nothing to do.", "Nichts zu tun.", "Rien à faire."),
    "report_suppressed": ("Blocked: {count}", "Gesperrt: {count}", "Bloqués : {count}"),
    "report_suppressed_do": (
        "They complained, or asked never to be mailed. Leave it at that.",
        "Sie haben sich beschwert oder nie wieder Post gewünscht. Lassen Sie es dabei.",
        "Ils se sont plaints ou ont demandé à ne plus être contactés. Restons-en là.",
    ),
    "report_held": (
        "Without proof of consent: {count}",
        "Ohne Nachweis der Einwilligung: {count}",
        "Sans preuve de consentement : {count}",
    ),
    "report_held_do": (
        "Find the sheet or ask them in person, then import them again with source, date and statement.",
        "Suchen Sie das Blatt oder fragen Sie persönlich; dann mit Quelle, Datum und Erklärung neu einlesen.",
        "Retrouvez la feuille ou demandez-leur de vive voix, puis importez-les avec source, date et déclaration.",
    ),
    "report_unproven": (
        "Have not confirmed yet: {count}",
        "Haben noch nicht bestätigt: {count}",
        "N’ont pas encore confirmé : {count}",
    ),
    "report_unproven_do": (
        "They have the confirm mail. Remind them in person, never by mail.",
        "Sie haben die Bestätigungsmail. Erinnern Sie persönlich, nie per Mail.",
        "Ils ont le message de confirmation. Rappelez-le-leur de vive voix, jamais par mail.",
    ),
    "report_paused": ("Have paused: {count}", "Machen eine Pause: {count}", "Sont en pause : {count}"),
    "report_paused_do": (
        "They get mail again when their pause is over.",
        "Nach ihrer Pause bekommen sie wieder Post.",
        "Ils recevront de nouveau nos messages après leur pause.",
    ),
    "report_lapsed": ("Run out: {count}", "Abgelaufen: {count}", "Expirés : {count}"),
    "report_lapsed_do": (
        "Their membership or consent is over. Import the new register, or ask them.",
        "Mitgliedschaft oder Einwilligung sind abgelaufen. Neues Verzeichnis einlesen oder nachfragen.",
        "Leur adhésion ou leur accord a pris fin. Importez le nouveau registre, ou demandez-leur.",
    ),
    "report_dead": ("Address is dead: {count}", "Adresse ist tot: {count}", "Adresse morte : {count}"),
    "report_dead_do": (
        "Mail to them came back. Ask for a new address when you meet them: newsletter member edit",
        "Post an sie kam zurück. Fragen Sie beim nächsten Treffen nach einer neuen Adresse: newsletter member edit",
        "Leurs messages sont revenus. Demandez-leur une nouvelle adresse : newsletter member edit",
    ),
    "report_stale": (
        "Too late for the meeting: {count}",
        "Zu spät für das Treffen: {count}",
        "Trop tard pour la rencontre : {count}",
    ),
    "report_stale_do": (
        "The meeting began before their mail could go. Send the next invitation earlier.",
        "Das Treffen begann, bevor ihre Mail hinausging. Verschicken Sie die nächste Einladung früher.",
        "La rencontre a commencé avant l’envoi. Envoyez la prochaine invitation plus tôt.",
    ),
    "report_cancelled": (
        "Not sent, as the send was cancelled: {count}",
        "Nicht verschickt, da abgebrochen: {count}",
        "Non envoyés, l’envoi ayant été annulé : {count}",
    ),
    "report_cancelled_do": ("Nothing to do.", "Nichts zu tun.", "Rien à faire."),
    "report_answered": (
        "Have answered already: {count}",
        "Haben schon geantwortet: {count}",
        "Ont déjà répondu : {count}",
    ),
    "report_answered_do": (
        "A reminder is not for them. Nothing to do.",
        "Eine Erinnerung ist nichts für sie. Nichts zu tun.",
        "Un rappel ne les concerne pas. Rien à faire.",
    ),
    "report_recent": (
        "Were written to a short time ago: {count}",
        "Haben erst vor Kurzem Post bekommen: {count}",
        "Ont reçu un message il y a peu : {count}",
    ),
    "report_recent_do": (
        "They have just joined or been invited, or have had their mails of the week. Nothing to do.",
        "Sie sind eben erst dazugekommen oder eingeladen worden, oder sie haben ihre Mails dieser Woche schon. Nichts zu tun.",
        "Ils viennent de s’inscrire ou d’être invités, ou ont déjà reçu leurs messages de la semaine. Rien à faire.",
    ),
    # the mail of `newsletter check --send-test`
    "selftest_subject": (
        "Test of the relay: {site}",
        "Test des Mailservers: {site}",
        "Test du relais : {site}",
    ),
    "selftest_why": (
        "This mail shows whether your relay signs what the program sends, and whether its signature covers the two fields of the one-click unsubscribe. Gmail and Yahoo ask for both.",
        "Diese Mail zeigt, ob Ihr Mailserver signiert, was das Programm verschickt, und ob die Signatur die beiden Felder zum Abbestellen mit einem Klick abdeckt. Gmail und Yahoo verlangen beides.",
        "Ce message montre si votre relais signe ce que le programme envoie, et si sa signature couvre les deux champs du désabonnement en un clic. Gmail et Yahoo exigent les deux.",
    ),
    "selftest_how": (
        "Open the source of this mail (Gmail: “Show original”; Outlook: “View message source”; Thunderbird: Ctrl+U) and look for the field DKIM-Signature.",
        "Öffnen Sie den Quelltext dieser Mail (Gmail: „Original anzeigen“; Outlook: „Nachrichtenquelle anzeigen“; Thunderbird: Strg+U) und suchen Sie das Feld DKIM-Signature.",
        "Ouvrez la source de ce message (Gmail : « Afficher l’original » ; Outlook : « Afficher la source » ; Thunderbird : Ctrl+U) et cherchez le champ DKIM-Signature.",
    ),
    "selftest_signed": (
        "It is there, and after d= stands your own domain: the relay signs for you. No such field: ask the relay to sign, or let the program do it ([dkim] and sign = true).",
        "Es ist da, und hinter d= steht Ihre eigene Domain: der Mailserver signiert für Sie. Kein solches Feld: Bitten Sie den Betreiber darum, oder lassen Sie das Programm signieren ([dkim] und sign = true).",
        "Il est là, et d= porte votre propre domaine : le relais signe pour vous. Sinon, demandez-le-lui, ou laissez le programme signer ([dkim] et sign = true).",
    ),
    "selftest_covers": (
        "After h= stand List-Unsubscribe and List-Unsubscribe-Post, both: one-click works. Where one is missing, receivers must not trust it (RFC 8058).",
        "Hinter h= stehen List-Unsubscribe und List-Unsubscribe-Post, beide: Abbestellen mit einem Klick geht. Fehlt eines, dürfen Empfänger ihm nicht trauen (RFC 8058).",
        "h= contient List-Unsubscribe et List-Unsubscribe-Post, les deux : le désabonnement en un clic fonctionne. S’il en manque un, les destinataires ne doivent pas s’y fier (RFC 8058).",
    ),
    "selftest_because": (
        "You get this because somebody who runs {site} asked for a test mail to this address.",
        "Sie bekommen diese Mail, weil jemand, der {site} betreibt, einen Test an diese Adresse verlangt hat.",
        "Vous recevez ce message parce qu’un responsable de {site} a demandé un test vers cette adresse.",
    ),
}
