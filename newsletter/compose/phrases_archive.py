"""What the archive says in place of a member's own values, and the way to it in a mail. English, German, French."""

PHRASES: dict[str, tuple[str, str, str]] = {
    "read_on_web": ("Read on the web", "Im Web lesen", "Lire sur le web"),
    "archive_reader": ("reader", "liebe Leserinnen und Leser", "chers lecteurs"),
    "archive_address": ("your address", "Ihre Adresse", "votre adresse"),
    "archive_field": ("…", "…", "…"),
    "archive_at": ("(at)", "(at)", "(arobase)"),
    "archive_dot": ("(dot)", "(Punkt)", "(point)"),
    "archive_amended": ("Amended on {day}: {note}", "Ergänzt am {day}: {note}", "Complété le {day} : {note}"),
    "archive_links": ("links that had been promised", "versprochene Links", "liens promis"),
}
