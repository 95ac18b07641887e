"""`python -m tests.architecture.option_tables`: writes the tables of options and artifacts in docs/ anew.

They stand between `<!-- table: NAME -->` and `<!-- end of table -->`.
"""

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from actors.options import ExplorationOptions, FilmOptions, Option, Options, is_yes_or_no, option_of
from video.artifacts import ARTIFACTS

DOCS = Path(__file__).parents[2] / "docs"
TABLE = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end of table -->)", re.DOTALL)
MODELS: dict[str, type[Options]] = {"film": FilmOptions, "exploration": ExplorationOptions}


def option_rows(model: type[Options]) -> Iterable[tuple[str, ...]]:
    """Field, command line, setting, default, meaning."""
    yield ("in a request", "command line", "setting", "default", "values and meaning")
    for name, field in model.model_fields.items():
        option = option_of(field)
        setting = f"`{option.setting}`" if option.setting else ""
        yield f"`{name}`", _command_line(name, field, option), setting, _default(field), _meaning(field)


def request_rows() -> Iterable[tuple[str, ...]]:
    """Field, values, meaning: options as they stand in the body of a request."""
    yield ("field", "values", "meaning")
    for model in MODELS.values():
        for name, field in model.model_fields.items():
            yield f"`{name}`", _values(field), str(field.description)


def setting_rows() -> Iterable[tuple[str, ...]]:
    """Variable, default, values, meaning."""
    yield ("variable", "default", "values", "meaning")
    for model in MODELS.values():
        for field in model.model_fields.values():
            if setting := option_of(field).setting:
                yield f"`{setting}`", _default(field), _values(field), str(field.description)


def artifact_rows() -> Iterable[tuple[str, ...]]:
    """Name, command line, what it is."""
    yield ("name", "command line", "what it is")
    for name, artifact in ARTIFACTS.items():
        yield f"`{name}`", f"`{artifact.flag} FILE`" if artifact.flag else "", artifact.help


ROWS: dict[str, Callable[[], Iterable[tuple[str, ...]]]] = {
    "film": lambda: option_rows(FilmOptions),
    "exploration": lambda: option_rows(ExplorationOptions),
    "request": request_rows,
    "settings": setting_rows,
    "artifacts": artifact_rows,
}


def with_tables(text: str) -> str:
    """A document with its tables as they are to be."""
    return TABLE.sub(lambda found: f"{found[1]}{_table(ROWS[found[2]]())}{found[3]}", text)


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    first, *rest = rows
    lines = [first, tuple("---" for _ in first), *rest]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _command_line(name: str, field: FieldInfo, option: Option) -> str:
    if not option.on_command_line:
        return ""
    flag = option.flag or f"--{name.replace('_', '-')}"
    if is_yes_or_no(field) and option.setting:
        return f"`{flag}`, `--no-{flag[2:]}`"
    return f"`{flag}`" + (", repeatable" if get_origin(field.annotation) is list else "")


def _default(field: FieldInfo) -> str:
    value = field.default
    return "" if value in (None, "", []) else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _meaning(field: FieldInfo) -> str:
    values = _values(field)
    return (
        f"{values}: {field.description}"
        if values and ":" not in str(field.description)
        else str(field.description)
    )


def _values(field: FieldInfo) -> str:
    if is_yes_or_no(field):
        return "true, false"
    if get_origin(field.annotation) is list:
        return f"up to {_bound(field, 'max_length')} texts"
    if field.annotation is str:
        return f"text, up to {_bound(field, 'max_length')} characters"
    if field.annotation is int:
        return f"{_bound(field, 'ge')} to {_bound(field, 'le')}"
    return ", ".join(f"`{value}`" for value in get_args(field.annotation))


def _bound(field: FieldInfo, name: str) -> Any:
    return next(getattr(part, name) for part in field.metadata if hasattr(part, name))


def main() -> None:
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text(encoding="utf-8")
        if (new := with_tables(text)) != text:
            path.write_text(new, encoding="utf-8")
            print(f"wrote {path.relative_to(DOCS.parent)}")


if __name__ == "__main__":
    main()
