"""What an import may bring to a member who is known: values that differ, never an empty one over a filled one."""

import json
import sqlite3
from typing import Any

from newsletter.core import texts

# What changes: name, first_name and fields, each as [before, after]; fields maps a name to such a pair.
Changes = dict[str, Any]


def changes(row: sqlite3.Row, own_first: bool) -> Changes:
    """Compare a staged row with its member. `own_first` says that the file has a column for the first name.

    Without that column a first name that was cut out of the old name is cut out of the new one.
    """
    found: Changes = {}
    name = row["name"] or row["old_name"]
    first = row["first_name"] or row["old_first_name"]
    if not own_first:
        derived = row["old_first_name"] == texts.first_name(row["old_name"])
        first = texts.first_name(name) if derived else row["old_first_name"]
    if name != row["old_name"]:
        found["name"] = [row["old_name"], name]
    if first != row["old_first_name"]:
        found["first_name"] = [row["old_first_name"], first]
    old, new = json.loads(row["old_fields"]), json.loads(row["fields"])
    differing = {key: [old.get(key, ""), value] for key, value in new.items() if old.get(key, "") != value}
    if differing:
        found["fields"] = differing
    return found


def merged(row: sqlite3.Row, found: Changes) -> tuple[str, str, dict[str, str]]:
    """The member's name, first name and fields after the changes."""
    name = found.get("name", [None, row["old_name"]])[1]
    first = found.get("first_name", [None, row["old_first_name"]])[1]
    fields = {key: pair[1] for key, pair in found.get("fields", {}).items()}
    return name, first, {**json.loads(row["old_fields"]), **fields}
