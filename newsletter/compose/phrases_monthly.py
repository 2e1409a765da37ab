"""The phrases of the monthly report, in English, German and French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "monthly_subject": ("The month in numbers: {site}", "Der Monat in Zahlen: {site}", "Le mois en chiffres : {site}"),
    "monthly_preheader": (
        "Who came, who left, how the meetings went, and what needs you.",
        "Wer kam, wer ging, wie die Treffen liefen, und was Sie braucht.",
        "Arrivées, départs, rencontres, et ce qui vous attend.",
    ),
    "monthly_intro": ("This is {month} in numbers.", "Dies ist der {month} in Zahlen.", "Voici {month} en chiffres."),
    "monthly_members": ("On the list", "Auf der Liste", "Sur la liste"),
    "monthly_of": ("{count} of {goal}", "{count} von {goal}", "{count} sur {goal}"),
    "monthly_joined": ("Joined", "Neu", "Arrivées"),
    "monthly_ways": ("By", "Über", "Par"),
    "monthly_left": ("Left", "Gegangen", "Départs"),
    "monthly_meetings": ("Meetings", "Treffen", "Rencontres"),
    "monthly_turnout": (
        "{title}: {people} said yes, {came} came",
        "{title}: {people} sagten zu, {came} kamen",
        "{title} : {people} ont dit oui, {came} sont venus",
    ),
    "monthly_uncounted": (
        "{title}: {people} said yes, nobody counted who came",
        "{title}: {people} sagten zu, niemand hat gezählt, wer kam",
        "{title} : {people} ont dit oui, personne n’a compté les présents",
    ),
    "monthly_returned": ("Came back", "Zurück kamen", "Revenus"),
    "monthly_chain": ("Ledger", "Einwilligungsbuch", "Registre"),
    "monthly_head": (
        "{count} events, the newest begins with {head}",
        "{count} Einträge, der neueste beginnt mit {head}",
        "{count} événements, le dernier commence par {head}",
    ),
    "monthly_months": ("How the list has grown", "Wie die Liste gewachsen ist", "L’évolution de la liste"),
    "monthly_todo": ("What needs you", "Was Sie braucht", "Ce qui vous attend"),
    "monthly_nothing": ("Nothing needs you at the moment.", "Im Moment braucht Sie nichts.", "Rien ne vous attend pour le moment."),
    "monthly_ending": (
        "Memberships that end soon: {count}. Import the new register.",
        "Mitgliedschaften, die bald enden: {count}. Lesen Sie das neue Verzeichnis ein.",
        "Adhésions qui se terminent bientôt : {count}. Importez le nouveau registre.",
    ),
    "monthly_sleeping": (
        "Consents that lapse soon, as nothing was sent for so long: {count}.",
        "Einwilligungen, die bald verfallen, weil so lange nichts verschickt wurde: {count}.",
        "Accords qui expirent bientôt, faute d’envoi depuis longtemps : {count}.",
    ),
    "monthly_promise": (
        "A link that readers were promised: {words}, in {edition}.",
        "Ein Link, der Lesern versprochen wurde: {words}, in {edition}.",
        "Un lien promis aux lecteurs : {words}, dans {edition}.",
    ),
    "monthly_unwell": (
        "Addresses that do not work:",
        "Adressen, die nicht funktionieren:",
        "Adresses qui ne marchent pas :",
    ),
    "monthly_desk": ("See it with plots", "Mit Diagrammen ansehen", "Voir avec les graphiques"),
    "monthly_because": (
        "You get this at the beginning of each month because you are named as an organiser of {site}. To get it no more: report = \"never\" beside your name in newsletter.toml.",
        "Sie bekommen diese Mail am Anfang jedes Monats, weil Sie zur Leitung von {site} gehören. Abbestellen: report = \"never\" neben Ihrem Namen in newsletter.toml.",
        "Vous recevez ce message au début de chaque mois parce que vous êtes organisateur de {site}. Pour ne plus le recevoir : report = \"never\" à côté de votre nom dans newsletter.toml.",
    ),
}  # fmt: skip
