"""The phrases of the mail that brings an organiser the link to the desk, in English, German and French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "desk_subject": (
        "Your link to the desk of {site}",
        "Ihr Link zum Schreibtisch von {site}",
        "Votre lien vers le bureau de {site}",
    ),
    "desk_preheader": (
        "Good for a quarter of an hour, and for one use",
        "Eine Viertelstunde lang gültig, und nur einmal",
        "Valable un quart d’heure, et une seule fois",
    ),
    "desk_asked": (
        "Somebody, most likely you, asked to open the desk for organisers with the address {email}. Press the button, and then once more on the page that opens.",
        "Jemand, wahrscheinlich Sie, wollte mit der Adresse {email} den Schreibtisch der Leitung öffnen. Drücken Sie den Knopf und auf der Seite, die sich öffnet, noch einmal.",
        "Quelqu’un, sans doute vous, a demandé à ouvrir le bureau des organisateurs avec l’adresse {email}. Appuyez sur le bouton, puis encore une fois sur la page qui s’ouvre.",
    ),
    "desk_button": ("Open the desk", "Schreibtisch öffnen", "Ouvrir le bureau"),
    "desk_once": (
        "The link works once, within 15 minutes. Pass it on to nobody: whoever has it acts in your name.",
        "Der Link gilt einmal, innerhalb von 15 Minuten. Geben Sie ihn niemandem: Wer ihn hat, handelt in Ihrem Namen.",
        "Le lien ne sert qu’une fois, dans les 15 minutes. Ne le transmettez à personne : qui l’a agit en votre nom.",
    ),
    "desk_not_you": (
        "It was not you? Then do nothing: without this link nobody gets in.",
        "Das waren nicht Sie? Dann tun Sie nichts: Ohne diesen Link kommt niemand hinein.",
        "Ce n’était pas vous ? Alors ne faites rien : sans ce lien, personne n’entre.",
    ),
    "desk_because": (
        "You get this because you are named as organiser of {site}.",
        "Sie bekommen das, weil Sie als Leitung von {site} eingetragen sind.",
        "Vous recevez ce message parce que vous êtes inscrit comme organisateur de {site}.",
    ),
}
