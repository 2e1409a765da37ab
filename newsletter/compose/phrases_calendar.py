"""Phrases of meetings: what is known of one, and the mail that says what has changed. English, German, French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "fact_speaker": ("Speaker", "Vortrag", "Exposé"),
    "fact_agenda": ("Agenda", "Ablauf", "Déroulé"),
    "all_dates": (
        "All our meetings for your calendar",
        "Alle unsere Treffen für Ihren Kalender",
        "Toutes nos rencontres pour votre agenda",
    ),
    # the mail to those who said that they come or may come
    "meeting_changed_subject": (
        "{change}: {meeting_title}, {meeting_day}",
        "{change}: {meeting_title}, {meeting_day}",
        "{change} : {meeting_title}, {meeting_day}",
    ),
    "meeting_changed_preheader": (
        "What has changed, what you told us so far, and how to change it.",
        "Was sich geändert hat, was Sie uns gesagt haben, und wie Sie es ändern.",
        "Ce qui a changé, ce que vous nous avez dit, et comment le changer.",
    ),
    "change_moved": ("New date", "Neuer Termin", "Nouvelle date"),
    "change_place": ("New place", "Neuer Ort", "Nouveau lieu"),
    "change_cancelled": ("Cancelled", "Abgesagt", "Annulation"),
    "change_back": ("As before", "Wie zuvor", "Comme avant"),
    "change_on": ("On again", "Findet statt", "Maintenue"),
    "changed_moved": (
        "The meeting that you answered to was moved. Until now it was to be: {was}.",
        "Das Treffen, zu dem Sie geantwortet haben, wurde verlegt. Bisher war geplant: {was}.",
        "La rencontre pour laquelle vous avez répondu est déplacée. Elle était prévue : {was}.",
    ),
    "changed_cancelled": (
        "The meeting that you answered to is cancelled. It was to be: {was}.",
        "Das Treffen, zu dem Sie geantwortet haben, ist abgesagt. Es war geplant: {was}.",
        "La rencontre pour laquelle vous avez répondu est annulée. Elle était prévue : {was}.",
    ),
    "changed_restored": (
        "The change that we wrote to you about is taken back. The meeting takes place as you see it here.",
        "Die Änderung, die wir Ihnen geschrieben haben, ist zurückgenommen. Das Treffen findet statt, wie Sie es hier sehen.",
        "Le changement dont nous vous avions informé est annulé. La rencontre a lieu comme indiqué ici.",
    ),
    "changed_why": ("The reason: {why}", "Der Grund: {why}", "La raison : {why}"),
    "changed_answer": (
        "Your answer so far, and if it still holds, there is nothing to do:",
        "Ihre Antwort bisher; wenn es dabei bleibt, ist nichts zu tun:",
        "Votre réponse jusqu’ici ; si elle tient toujours, il n’y a rien à faire :",
    ),
    "changed_waiting": (
        "yes, and you wait for a place",
        "ja, und Sie warten auf einen Platz",
        "oui, et vous attendez une place",
    ),
    "changed_entry": (
        "The calendar entry in this mail brings the one you have up to date.",
        "Der Kalendereintrag in dieser Mail bringt Ihren auf den neuen Stand.",
        "L’entrée d’agenda de ce message met la vôtre à jour.",
    ),
    "changed_entry_cancelled": (
        "The calendar entry in this mail takes the meeting out of your calendar.",
        "Der Kalendereintrag in dieser Mail nimmt das Treffen aus Ihrem Kalender.",
        "L’entrée d’agenda de ce message retire la rencontre de votre agenda.",
    ),
}  # fmt: skip
