"""The text part, written from the same token stream as the HTML: 72 columns, numbered links, tables in columns.

Each section ends with its own links, one on a line, so that no line with a link is ever broken.
"""

from typing import TYPE_CHECKING

from newsletter.compose import catalogue, columns

if TYPE_CHECKING:
    from markdown_it.token import Token
    from markdown_it.tree import SyntaxTreeNode

_CODE_INDENT = "    "


def render(tokens: list["Token"], language: str, links: list[str]) -> str:
    """Write tokens as plain text. `links` holds the targets numbered so far and grows."""
    from markdown_it.tree import SyntaxTreeNode

    writer = _Writer(language, links)
    blocks: list[str] = []
    for node in SyntaxTreeNode(tokens).children:
        if node.type == "heading":
            blocks += writer.targets()
        blocks.append(writer.block(node, columns.WIDTH))
    blocks += writer.targets()
    return "\n\n".join(block for block in blocks if block)


class _Writer:
    def __init__(self, language: str, links: list[str]) -> None:
        self.language = language
        self.links = links
        self.section: list[int] = []

    def targets(self) -> list[str]:
        """The links met since the last call, a line each."""
        lines = [f"[{number}] {_shown(self.links[number - 1])}" for number in self.section]
        self.section = []
        return ["\n".join(lines)] if lines else []

    def block(self, node: "SyntaxTreeNode", room: int) -> str:
        match node.type:
            case "paragraph":
                return columns.wrap(self.inline(node), room)
            case "heading":
                return self._heading(node)
            case "bullet_list" | "ordered_list":
                return self._list(node, room)
            case "blockquote":
                return _indented(self._blocks(node, room - 2), "> ", "> ")
            case "code_block" | "fence":
                return _indented(node.content.rstrip("\n"), _CODE_INDENT, _CODE_INDENT)
            case "table":
                return self._table(node, room)
            case "hr":
                return "* * *"
        return self._blocks(node, room)

    def _blocks(self, node: "SyntaxTreeNode", room: int, gap: str = "\n\n") -> str:
        return gap.join(self.block(child, room) for child in node.children)

    def _heading(self, node: "SyntaxTreeNode") -> str:
        text = self.inline(node)
        return columns.underlined(text, "-") if node.tag == "h2" else columns.wrap(text)

    def _list(self, node: "SyntaxTreeNode", room: int) -> str:
        tight = all(
            child.hidden for item in node.children for child in item.children if child.type == "paragraph"
        )
        items = []
        start = int(node.attrs.get("start", 1))
        for number, item in enumerate(node.children, start):
            sign = "* " if node.type == "bullet_list" else f"{number}. "
            gap = "\n" if tight else "\n\n"
            items.append(_indented(self._blocks(item, room - len(sign), gap), sign, " " * len(sign)))
        return ("\n" if tight else "\n\n").join(items)

    def _table(self, node: "SyntaxTreeNode", room: int) -> str:
        rows = [row for part in node.children for row in part.children]
        cells = [[self.inline(cell).replace("\n", " ") for cell in row.children] for row in rows]
        aligns = [str(cell.attrs.get("style", "")).removeprefix("text-align:") for cell in rows[0].children]
        return columns.table(cells[0], cells[1:], aligns, room)

    def inline(self, node: "SyntaxTreeNode") -> str:
        return "".join(self._span(child) for child in node.children)

    def _span(self, node: "SyntaxTreeNode") -> str:
        match node.type:
            case "text" | "code_inline":
                return node.content
            case "softbreak":
                return " "
            case "hardbreak":
                return "\n"
            case "strong":
                return f"*{self.inline(node)}*"
            case "s":
                return f"~~{self.inline(node)}~~"
            case "link":
                return self._link(node)
            case "image":
                return catalogue.say("picture", self.language, alt=self.inline(node))
        return self.inline(node)

    def _link(self, node: "SyntaxTreeNode") -> str:
        words, target = self.inline(node), str(node.attrs["href"])
        if words in (target, target.removeprefix("mailto:")):
            return words
        if target not in self.links:
            self.links.append(target)
        number = self.links.index(target) + 1
        if number not in self.section:
            self.section.append(number)
        return f"{words} [{number}]"


def _shown(target: str) -> str:
    """A link as a person types it: an address without mailto: when there is nothing but the address."""
    return target.removeprefix("mailto:") if "?" not in target else target


def _indented(text: str, first: str, rest: str) -> str:
    lines = text.split("\n")
    done = [first + lines[0], *(rest + line for line in lines[1:])]
    return "\n".join(line.rstrip() for line in done)
