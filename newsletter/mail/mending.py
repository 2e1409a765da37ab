"""Mend what archives, web forms and gateways break in a mail on its way: line ends, leading blank lines, lost folds.

A mail that is whole passes unchanged. Only its own header and the parameters of its parts are mended: a report whose
header ends too early would show its parts as text, and name nobody.
"""

import re

_BLANK_LINES = re.compile(rb"\A(?:[ \t]{0,200}\r?\n){1,50}")
_FIELD = re.compile(rb"[!-9;-~]{1,80}[ \t]*:")
# A field that a mail program writes: one of them below a line shows that the header was not over there.
_KNOWN = re.compile(
    rb"(?:return-path|received|from|to|date|subject|message-id|mime-version|content-type|content-transfer-encoding|"
    rb"delivered-to|reply-to|auto-submitted|x-[\w-]{1,60}):",
    re.IGNORECASE,
)
_PARAMETER = re.compile(
    rb"^(content-[a-z-]{1,30}:[^\r\n]{0,300};[ \t]*\r?\n(?:[ \t][^\r\n]{0,300};[ \t]*\r?\n){0,4})"
    rb"(?=(?:boundary|charset|report-type|type|format|name|filename|protocol|micalg|delsp|reply-type)[ \t]*=)",
    re.IGNORECASE | re.MULTILINE,
)
_PARAMETERS = 4  # lost folds of one field
_HEADER_LINES = 300


def mend(data: bytes, header_limit: int) -> bytes:
    """The mail with lines that end in a line feed, its header at its beginning, and its fields folded."""
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")  # lines of an old Macintosh, as some archives have them
    data = _BLANK_LINES.sub(b"", data, count=1)
    for _ in range(_PARAMETERS):
        folded = _PARAMETER.sub(rb"\1 ", data)
        if folded == data:
            break
        data = folded
    return _folded(data, header_limit)


def _folded(data: bytes, header_limit: int) -> bytes:
    """Indent the lines of the header that begin no field, where known fields follow below them."""
    if not _FIELD.match(data) and not data.startswith(b"From "):
        return data
    end = re.compile(rb"\n\r?\n").search(data, 0, header_limit)
    if end is None:
        return data
    lines = data[: end.start()].split(b"\n", _HEADER_LINES)
    if len(lines) > _HEADER_LINES:
        return data
    last = max((at for at, line in enumerate(lines) if _KNOWN.match(line)), default=0)
    lost = [at for at in range(1, last) if not lines[at][:1].isspace() and not _FIELD.match(lines[at])]
    for at in lost:
        lines[at] = b" " + lines[at]
    return b"\n".join(lines) + data[end.start() :] if lost else data
