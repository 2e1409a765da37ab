"""Floor 1, the wire: mail out (SMTP, folders) and mail in (catcher, inbox, reports)."""
