"""Every phrase of the shipped mail frames, in English, German and French, side by side.

A phrase may hold {places}; the three languages of a row hold the same ones (a test looks).
"""

PHRASES: dict[str, tuple[str, str, str]] = {
    # small words
    "and": ("and", "und", "et"),
    "picture": ("[Picture: {alt}]", "[Bild: {alt}]", "[Image : {alt}]"),
    "link_follows": ("(the link follows)", "(der Link folgt)", "(le lien suivra)"),
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
    "unsubscribe": ("Unsubscribe", "Abbestellen", "Se désabonner"),
    "preferences": ("Choose what you get", "Auswahl ändern", "Choisir ce que vous recevez"),
    "write_to_us": ("Write to us", "Schreiben Sie uns", "Écrivez-nous"),
}
