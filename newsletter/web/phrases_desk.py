"""Phrases of the organisers' desk and of the way in, in English, German and French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    # the way in
    "desk_title": ("The organisers’ desk", "Der Schreibtisch der Leitung", "Le bureau des organisateurs"),
    "desk_ask_text": (
        "For organisers only. Type your address, and we send you a link that opens the desk; there is no password.",
        "Nur für die Leitung. Geben Sie Ihre Adresse ein, und wir schicken Ihnen einen Link, der den Schreibtisch öffnet; ein Passwort gibt es nicht.",
        "Réservé aux organisateurs. Indiquez votre adresse et nous vous envoyons un lien qui ouvre le bureau ; il n’y a pas de mot de passe.",
    ),
    "desk_ask_button": ("Send me the link", "Link zuschicken", "M’envoyer le lien"),
    "desk_sent_title": (
        "Now look into your mailbox",
        "Sehen Sie jetzt in Ihr Postfach",
        "Regardez maintenant votre boîte aux lettres",
    ),
    "desk_sent_text": (
        "If this address belongs to an organiser, a link is on its way to it. It works once, within 15 minutes.",
        "Wenn diese Adresse zur Leitung gehört, ist ein Link dorthin unterwegs. Er gilt einmal, innerhalb von 15 Minuten.",
        "Si cette adresse est celle d’un organisateur, un lien lui est envoyé. Il sert une fois, dans les 15 minutes.",
    ),
    "desk_sent_missing": (
        "Nothing there after some minutes? Look among the spam. While a link is good for another ten minutes, no second one is sent.",
        "Nach ein paar Minuten nichts da? Sehen Sie im Spam-Ordner nach. Solange ein Link noch zehn Minuten gilt, wird kein zweiter geschickt.",
        "Rien au bout de quelques minutes ? Regardez dans les indésirables. Tant qu’un lien est encore valable dix minutes, aucun autre n’est envoyé.",
    ),
    "desk_enter_title": ("Open the desk", "Den Schreibtisch öffnen", "Ouvrir le bureau"),
    "desk_enter_text": (
        "This signs {address} in on this device.",
        "Damit wird {address} auf diesem Gerät angemeldet.",
        "Cela connecte {address} sur cet appareil.",
    ),
    "desk_enter_button": ("Sign in", "Anmelden", "Se connecter"),
    "desk_enter_note": (
        "You stay signed in until you sign out, for two hours after the last thing you do, and for twelve hours at most.",
        "Sie bleiben angemeldet, bis Sie sich abmelden: zwei Stunden nach der letzten Handlung, höchstens zwölf Stunden.",
        "Vous restez connecté jusqu’à la déconnexion : deux heures après la dernière action, douze heures au plus.",
    ),
    "desk_late_title": (
        "This link has had its time",
        "Dieser Link gilt nicht mehr",
        "Ce lien n’est plus valable",
    ),
    "desk_late_text": (
        "It works once, within 15 minutes. Ask for a new one.",
        "Er gilt einmal, innerhalb von 15 Minuten. Lassen Sie sich einen neuen schicken.",
        "Il sert une fois, dans les 15 minutes. Demandez-en un nouveau.",
    ),
    "desk_again": ("To the desk", "Zum Schreibtisch", "Vers le bureau"),
    "desk_out_title": ("You are signed out", "Sie sind abgemeldet", "Vous êtes déconnecté"),
    "desk_out_text": (
        "On this device nobody acts in your name any more.",
        "Auf diesem Gerät handelt niemand mehr in Ihrem Namen.",
        "Sur cet appareil, plus personne n’agit en votre nom.",
    ),
    # the desk
    "desk_booths": ("A booth", "Ein Stand", "Un stand"),
    "desk_booths_text": (
        "A page for a phone or a tablet on which people sign up one after the other, also without a network. Its link is good for 24 hours and 500 people.",
        "Eine Seite für Telefon oder Tablet, auf der sich Leute nacheinander eintragen, auch ohne Netz. Ihr Link gilt 24 Stunden und für 500 Personen.",
        "Une page pour téléphone ou tablette où l’on s’inscrit l’un après l’autre, même sans réseau. Son lien vaut 24 heures et pour 500 personnes.",
    ),
    "desk_open_booth": ("Make a booth link", "Link für einen Stand", "Créer un lien de stand"),
    "desk_no_booth": (
        "No list of this site can be joined at a booth.",
        "In keine Liste dieser Seite kann man sich an einem Stand eintragen.",
        "Aucune liste de ce site ne peut être rejointe à un stand.",
    ),
    "desk_doors": ("At the door", "An der Tür", "À la porte"),
    "desk_doors_text": (
        "A page on which helpers tick who came, also without a network. It shows names only; its link is good for 24 hours.",
        "Eine Seite, auf der Helfer abhaken, wer kam, auch ohne Netz. Sie zeigt nur Namen; ihr Link gilt 24 Stunden.",
        "Une page où l’on coche qui est venu, même sans réseau. Elle ne montre que des noms ; son lien vaut 24 heures.",
    ),
    "desk_open_door": ("Make a door link", "Link für die Tür", "Créer un lien de porte"),
    "desk_no_door": (
        "No meeting is planned for the next two months.",
        "In den nächsten zwei Monaten ist kein Treffen geplant.",
        "Aucune rencontre n’est prévue dans les deux prochains mois.",
    ),
    "desk_made_booth": ("The booth is open.", "Der Stand ist offen.", "Le stand est ouvert."),
    "desk_made_door": ("The door is open.", "Die Tür ist offen.", "La porte est ouverte."),
    "desk_link_text": (
        "Open it on the device that you take along, while it still has a network. Whoever has the link can use it, so give it to helpers only.",
        "Öffnen Sie ihn auf dem Gerät, das Sie mitnehmen, solange es noch Netz hat. Wer den Link hat, kann ihn benutzen; geben Sie ihn nur Helfern.",
        "Ouvrez-le sur l’appareil que vous emportez, tant qu’il a encore du réseau. Qui a le lien peut s’en servir : ne le donnez qu’à vos aides.",
    ),
    "desk_open": ("Open links", "Offene Links", "Liens ouverts"),
    "desk_pass_booth": ("Booth: {title}", "Stand: {title}", "Stand : {title}"),
    "desk_pass_door": ("Door: {title}", "Tür: {title}", "Porte : {title}"),
    "desk_until": ("Good until {until}.", "Gilt bis {until}.", "Valable jusqu’au {until}."),
    "desk_signups": (
        "Sign-ups so far: {count}.",
        "Bisher eingetragen: {count}.",
        "Inscriptions jusqu’ici : {count}.",
    ),
    "desk_by": ("Made by {organiser}.", "Gemacht von {organiser}.", "Créé par {organiser}."),
    "desk_go": ("Open it here", "Hier öffnen", "L’ouvrir ici"),
    "desk_take_back": ("Take the link back", "Link zurücknehmen", "Retirer le lien"),
    "desk_back": (
        "The link does nothing any more. What a device had not sent by now is kept on it.",
        "Der Link tut nichts mehr. Was ein Gerät bis jetzt nicht geschickt hat, bleibt auf ihm.",
        "Le lien ne fait plus rien. Ce qu’un appareil n’avait pas encore envoyé y reste.",
    ),
    "desk_back_late": (
        "That link had ended already.",
        "Dieser Link war schon zu Ende.",
        "Ce lien avait déjà pris fin.",
    ),
    "desk_you": ("You", "Sie", "Vous"),
    "desk_signed": ("Signed in as {who}.", "Angemeldet als {who}.", "Connecté en tant que {who}."),
    "desk_devices": (
        "Devices on which you are signed in: {count}.",
        "Geräte, auf denen Sie angemeldet sind: {count}.",
        "Appareils sur lesquels vous êtes connecté : {count}.",
    ),
    "desk_out": ("Sign out", "Abmelden", "Se déconnecter"),
    "desk_out_all": ("Sign out everywhere", "Überall abmelden", "Se déconnecter partout"),
}
