"""Words in, message out: Markdown and templates become a frozen message, and that becomes each member's bytes."""
