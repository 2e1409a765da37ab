"""The wording and the purpose that a new list begins with, in English, German and French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "founding_purpose": (
        "Recaps of our meetings and invitations to the next",
        "Rückblicke auf unsere Treffen und Einladungen zum nächsten",
        "Comptes rendus de nos rencontres et invitations à la prochaine",
    ),
    # who, what, how often, how to leave, whom to ask
    "founding_wording": (
        "Yes, {organisation} may send me {title} by e-mail: {purpose}, about once a month. "
        "I can leave at any time by the link in every mail. Questions: {contact}",
        "Ja, {organisation} darf mir {title} per E-Mail schicken: {purpose}, etwa einmal im Monat. "
        "Ich kann mich jederzeit über den Link in jeder Mail abmelden. Fragen: {contact}",
        "Oui, {organisation} peut m’envoyer {title} par e-mail : {purpose}, environ une fois par mois. "
        "Je peux me désinscrire à tout moment par le lien présent dans chaque e-mail. Questions : {contact}",
    ),
}
