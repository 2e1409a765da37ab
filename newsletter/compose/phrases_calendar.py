"""Phrases of meetings: what is known of one, and the mails that say it was moved or cancelled. English, German, French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "fact_speaker": ("Speaker", "Vortrag", "Intervenant"),
    "fact_agenda": ("Agenda", "Tagesordnung", "Programme"),
}
