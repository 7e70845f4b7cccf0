"""What the word at a place means, as Markdown."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from execgate.policy.conditions.attributes import ATTRIBUTES
from execgate.policy.constraints import CONSTRAINTS, BadLimitError, LimitConstraint
from execgate.policy.constraints.about import ABOUT
from execgate.policy.constraints.reading import article
from execgate.policy.editing import place as places
from execgate.policy.editing.folder import Folder
from execgate.policy.editing.words import CAPABILITY_DOCS, KEYWORDS, SETTINGS
from execgate.policy.problems import quoted, visible


def hover(folder: Folder, file: str, line: int, column: int) -> str | None:
    """Return what is known of the word at a place, None where that is nothing."""
    found = places.word_at(folder.files[file], line, column)
    if found is None:
        return None
    words, at = found
    word = words[at]
    if word.type == "NAME":
        return _name(folder, words, at)
    if word.type == "STRING":
        return _string(folder, words, at)
    if word.type == "NUMBER":
        return _number(words, at)
    return KEYWORDS.get(str(word))


def _name(folder: Folder, words: Sequence[Token], at: int) -> str | None:
    word = str(words[at])
    block, _ = places.around(words, at)
    if at + 1 < len(words) and words[at + 1].type == "COLON":
        if block.kind == "agent":
            return SETTINGS.get(word)
        about = ABOUT.get(word)
        return None if about is None else f"**{word}**\n\n{about.line}\n\n```execgate\n{about.example}\n```"
    one = folder.sets.get(word)
    if one is not None:
        entries = ", ".join(
            quoted(item.text) if item.kind == "STRING" else item.text for item in one.value.items
        )
        return f"```execgate\nlet {word} = [{visible(entries)}]\n```"
    first, last = at, at
    while first > 1 and words[first - 1].type == "DOT":
        first -= 2
    while last + 2 < len(words) and words[last + 1].type == "DOT":
        last += 2
    path = "".join(words[first : last + 1])
    attribute = ATTRIBUTES.get(path)
    if block.kind != "rule" or attribute is None:
        return None
    return f"**{path}**: {attribute.kind.value}\n\n{attribute.documentation}"


def _string(folder: Folder, words: Sequence[Token], at: int) -> str | None:
    text = words[at][1:-1]
    before = words[at - 1].type if at else ""
    if before == "CAN":
        return CAPABILITY_DOCS.get(text)
    if before == "AGENT" or _is_parent(words, at):
        policy = folder.policy(text)
        if policy is None:
            return None
        return f"With all that it inherits (`{policy.digest}`):\n\n```execgate\n{policy.canonical}```"
    return None


def _is_parent(words: Sequence[Token], at: int) -> bool:
    """Return whether a string is the name of an agent that another extends."""
    while at > 1 and words[at].type == "STRING" and words[at - 1].type == "COMMA":
        at -= 2
    return at > 0 and words[at].type == "STRING" and words[at - 1].type == "EXTENDS"


def _number(words: Sequence[Token], at: int) -> str | None:
    """Return a limit in canonical form."""
    _, statement = places.around(words, at)
    name = next((str(word) for word in statement if word.type == "NAME"), "")
    constraint = CONSTRAINTS.get(name)
    if not isinstance(constraint, LimitConstraint):
        return None
    quantity = constraint.quantity
    try:
        return f"`{quantity.show(quantity.read(str(words[at])))}`: {article(quantity.what)}"
    except BadLimitError:
        return None
