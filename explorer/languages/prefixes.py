"""Computes the prefixes of a simple regular expression's matches, by which patterns are indexed. Pure."""

from collections.abc import Iterator

PREFIX_CHARS = 4
#: With more prefixes than this, shorter ones are used.
MAX_PREFIXES = 40


def prefixes(pattern: str) -> frozenset[str]:
    """Computes the prefixes of what this pattern matches, each of at most `PREFIX_CHARS` letters.

    Every match begins with one of them; "" means any prefix. Supported are letters, `[…]`, `(?:…)`, `|` and
    `?`; lookahead takes no letters, and anything else may be any letter.
    """
    found = frozenset().union(*(_sequence(one) for one in _alternatives(pattern)))
    length = PREFIX_CHARS
    while len(found) > MAX_PREFIXES:
        length -= 1
        found = frozenset(one[:length] for one in found)
    return found


def _sequence(pattern: str) -> frozenset[str]:
    done, growing, rest = set[str](), {""}, pattern.lstrip("^")
    while rest and growing:
        atom, optional, rest = _atom(rest)
        if atom is None:
            return frozenset(done | growing)
        grown = {(one + more)[:PREFIX_CHARS] for one in growing for more in atom}
        growing = grown | growing if optional else grown
        done |= {one for one in growing if len(one) == PREFIX_CHARS}
        growing -= done
    return frozenset(done | growing)


def _atom(pattern: str) -> tuple[frozenset[str] | None, bool, str]:
    """Parses the first atom of a pattern (None for any text), whether it is optional, and the rest."""
    if pattern.startswith("(?!"):
        return frozenset({""}), False, _group(pattern)[1]
    if pattern.startswith("(?:"):
        inner, rest = _group(pattern)
        atom: frozenset[str] | None = prefixes(inner[3:])
    elif pattern[0] == "[" and "^" not in pattern[:2] and "-" not in pattern.partition("]")[0]:
        inner, _, rest = pattern[1:].partition("]")
        atom = frozenset(inner)
    elif pattern[0].isalpha() or pattern[0] == " " or _is_mark(pattern[0]):
        atom, rest = frozenset(pattern[0]), pattern[1:]
    else:
        return None, False, ""
    if rest[:1] in {"*", "+", "{"}:
        return None, False, ""
    # A group whose prefixes are incomplete may continue with anything.
    if (
        atom
        and pattern.startswith("(?:")
        and any(len(one) < PREFIX_CHARS for one in atom)
        and _is_open(inner)
    ):
        return None, False, ""
    return atom, rest.startswith("?"), rest[1:] if rest.startswith("?") else rest


def _is_mark(char: str) -> bool:
    """Checks for a vowel mark of South Asian scripts."""
    return "\u0900" <= char <= "\u0eff"


def _is_open(group: str) -> bool:
    """Checks whether a group has parts without known letters."""
    return any(sign in group for sign in ("\\", "*", "+", "{", ".", "[^", "$"))


def _group(pattern: str) -> tuple[str, str]:
    """Splits a pattern into its leading group, without the closing parenthesis, and the rest."""
    depth = 0
    for at, char in enumerate(pattern):
        depth += (char == "(") - (char == ")")
        if depth == 0:
            return pattern[:at], pattern[at + 1 :]
    raise ValueError(f"{pattern!r} has a group that does not end")


def _alternatives(pattern: str) -> Iterator[str]:
    part, depth = "", 0
    for char in pattern:
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            yield part
            part = ""
        else:
            part += char
    yield part
