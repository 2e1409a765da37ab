"""The words of what is printed for an evening: poster, sign-up sheet, list of names; in English, German and French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "poster_join": ("Join us", "Machen Sie mit", "Rejoignez-nous"),
    "poster_scan": (
        "Point your phone’s camera here, or go to",
        "Richten Sie die Kamera Ihres Telefons hierher, oder gehen Sie zu",
        "Visez ce code avec votre téléphone, ou allez sur",
    ),
    "poster_then": (
        "One mail comes to make sure that the address is yours.",
        "Eine Mail stellt sicher, dass es Ihre Adresse ist.",
        "Un message vérifie que l’adresse est la vôtre.",
    ),
    "sheet_title": ("Sign-up sheet", "Eintragungsbogen", "Feuille d’inscription"),
    "sheet_agree": (
        "By signing I agree to this:",
        "Mit meiner Unterschrift bin ich einverstanden:",
        "En signant, j’accepte ceci :",
    ),
    "sheet_number": ("No.", "Nr.", "N°"),
    "sheet_name": ("Name", "Name", "Nom"),
    "sheet_address": (
        "E-mail address, in capitals",
        "E-Mail-Adresse, in Großbuchstaben",
        "Adresse électronique, en capitales",
    ),
    "sheet_sign": ("Signature", "Unterschrift", "Signature"),
    "sheet_where": ("Where, on what day", "Wo, an welchem Tag", "Où, quel jour"),
    "sheet_collected": ("Collected by", "Gesammelt von", "Recueilli par"),
    "sheet_code": (
        "Code of these words: {code}. Type it with the lines, and keep the sheet.",
        "Code dieses Textes: {code}. Tippen Sie ihn mit den Zeilen ab, und bewahren Sie den Bogen auf.",
        "Code de ce texte : {code}. Tapez-le avec les lignes, et gardez la feuille.",
    ),
    "sheet_own": (
        "Or sign up on your own phone:",
        "Oder mit dem eigenen Telefon:",
        "Ou avec votre téléphone :",
    ),
    "names_title": ("Who comes", "Wer kommt", "Qui vient"),
    "names_yes": ("Said yes", "Zugesagt", "Ont dit oui"),
    "names_maybe": ("Maybe, or on the waiting list", "Vielleicht, oder auf der Warteliste", "Peut-être, ou en attente"),
    "names_guests": ("and {count} more", "und {count} weitere", "et {count} de plus"),
    "names_none": ("Nobody yet.", "Noch niemand.", "Personne pour l’instant."),
    "names_people": ("{count} people with their guests", "{count} Personen mit ihren Gästen", "{count} personnes avec leurs invités"),
    "names_private": (
        "For the door only. Destroy it after the meeting.",
        "Nur für die Tür. Nach dem Treffen vernichten.",
        "Pour l’accueil seulement. À détruire après la rencontre.",
    ),
}  # fmt: skip
