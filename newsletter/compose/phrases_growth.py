"""The phrases of a list's growth, in the recap and in the chair's report, in English, German and French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "growth_goal": (
        "We are {count} of {goal}.",
        "Wir sind {count} von {goal}.",
        "Nous sommes {count} sur {goal}.",
    ),
    "growth_plain": ("We are {count}.", "Wir sind {count}.", "Nous sommes {count}."),
    "growth_more": (
        "That is {count} more since {since}.",
        "Das sind {count} mehr seit dem {since}.",
        "Soit {count} de plus depuis le {since}.",
    ),
    "growth_ways": ("They came by {ways}.", "Sie kamen über {ways}.", "Ils sont arrivés par {ways}."),
    # the ways onto a list, as they stand after "by"
    "way_booth": ("our booth", "unseren Stand", "notre stand"),
    "way_door": ("the door of a meeting", "den Eingang eines Treffens", "l’accueil d’une rencontre"),
    "way_sheet": ("a sign-up sheet", "ein Anmeldeblatt", "une feuille d’inscription"),
    "way_web": ("the web page", "die Webseite", "la page web"),
    "way_import": ("a list that was read in", "eine eingelesene Liste", "une liste importée"),
    "way_hand": ("the organisers", "die Leitung", "les organisateurs"),
    "way_returned": ("coming back", "Rückkehr", "un retour"),
    "way_other": ("other ways", "andere Wege", "d’autres voies"),
}
