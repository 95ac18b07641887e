"""Inputs of `sitereel batch`: files and options become a request, whose problems end the command."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

from demo_api.addresses import with_scheme
from demo_api.cli.console import fail, print_lines
from demo_api.cli.options import OPTIONS
from demo_api.cli.record import json_of
from demo_api.cli.script import read_text_file, secrets_of, values_of
from demo_api.client.status_events import Json

if TYPE_CHECKING:
    from actors.batches.errors import RowsInvalid
    from actors.settings import Settings
    from demo_api.batches.plan import Plan

#: Fields of a request whose options are called otherwise.
NAMES = {"columns": "--column", "domains": "--domain", "csv": "--rows"}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was typed, and what the files hold that were named."""

    file: Path
    script: str | None
    csv: bytes | None
    #: Addresses as they were typed, by their line.
    sites: Mapping[int, str]
    columns: Mapping[str, str]
    variables: Mapping[str, str]
    options: Mapping[str, Any]
    secret_inputs: Json = field(repr=False)

    @classmethod
    def read(cls, script: Path | None, options: Mapping[str, Any], environment: Mapping[str, str]) -> Self:
        """Reads all files; ends the command where something is missing."""
        rows, sites = options["rows"], options["sites"]
        if (rows is None) == (sites is None):
            fail("Say which films to make: --rows FILE for a table, or --sites FILE for a list.", exit_code=2)
        if options["secret"] and script is None:
            fail("--secret is for a script: name its file too.", exit_code=2)
        secrets = secrets_of(options["secret"], environment)
        state = json_of(options["storage_state"]) if options["storage_state"] else None
        given = {"secrets": secrets or None, "storage_state": state}
        return cls(
            rows or sites,
            read_text_file(script) if script else None,
            _bytes_of(rows) if rows else None,
            _sites(read_text_file(sites)) if sites else {},
            _columns(options["column"]),
            values_of(options["var"]),
            {name: options[name] for name in (*OPTIONS, "priority")},
            {name: value for name, value in given.items() if value is not None},
        )

    def request(self, how: Json) -> Json:
        """The request for all films; `how` are its other fields."""
        template = {"script": self.script, **self.options}
        rows = {"sites": list(self.sites.values())} if self.csv is None else {"csv": self.csv}
        return {
            "template": {name: value for name, value in template.items() if value is not None},
            "columns": dict(self.columns),
            "variables": dict(self.variables),
            **rows,
            **self.secret_inputs,
            **how,
        }

    def typed_hosts(self, start: str) -> frozenset[str]:
        """Hosts and ports that somebody has typed: the script's own, and those of a list of sites.

        Addresses in a table may come from anybody.
        """
        from explorer.egress.policy import Endpoint
        from explorer.errors import AddressRefused

        hosts = set()
        for url in filter(None, (start, *self.sites.values())):
            with suppress(AddressRefused):
                hosts.add(str(Endpoint.of(url)))
        return frozenset(hosts)

    def problem_lines(self, exc: "RowsInvalid") -> Iterator[str]:
        """Each problem with its line in the file, and its column in a table."""
        lines = list(self.sites)
        for one in exc.problems:
            line = one.line if self.csv is not None else lines[one.line - 1] if lines else 1
            column = f", column {one.column}" if one.column and self.csv is not None else ""
            yield f"line {line}{column}: {one.message}"
        if exc.more:
            yield f"and {exc.more} more"


def checked_plan(asked: Json, settings: "Settings", inputs: Inputs, *, as_json: bool) -> "Plan":
    """Checks a request; ends the command with what is wrong."""
    from actors.batches.errors import RowsInvalid
    from demo_api.batches.plan import Plan
    from demo_api.errors import RequestInvalid
    from explorer.script.errors import ScriptInvalid

    try:
        return Plan.of(asked, settings)
    except RowsInvalid as exc:
        _fail_for_rows(list(inputs.problem_lines(exc)), inputs.file, exc.code, as_json=as_json)
    except RequestInvalid as exc:
        told = [f"{_option(one['field'])} {one['message']}." for one in exc.fields]
        fail(" ".join(told), exit_code=2, error_code=exc.code)
    except ScriptInvalid as exc:
        fail(str(exc), exit_code=2, error_code=exc.code)


def _fail_for_rows(lines: list[str], file: Path, code: str, *, as_json: bool) -> NoReturn:
    """Ends the command: for a program all problems are in one sentence, or else each is a line before it."""
    if as_json:
        fail(f"{file} was not accepted, and nothing was filmed: {'; '.join(lines)}.", 2, code)
    print_lines(lines)
    fail(f"{file} was not accepted, and nothing was filmed.", exit_code=2, error_code=code)


def _option(name: str) -> str:
    """What a field of a request is called on the command line."""
    kind, _, part = name.partition(".")
    if kind == "variables" and part:
        return f"--var {part}"
    name = name.removeprefix("template.")
    return NAMES.get(name, f"--{name.replace('_', '-')}")


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as exc:
        fail(f"{file} could not be read: {exc.strerror}.", exit_code=2)


def _sites(text: str) -> dict[int, str]:
    """The addresses of a list by their line; blank lines and comments are left out."""
    lines = {
        number: line.strip() for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), start=1)
    }
    return {number: with_scheme(line) for number, line in lines.items() if line and not line.startswith("#")}


def _columns(pairs: list[str] | None) -> dict[str, str]:
    """The names of `--column`; ends the command for one without a header."""
    columns = {}
    for pair in pairs or ():
        header, equals, name = pair.rpartition("=")
        if not equals or not header.strip():
            fail(f"--column {pair!r} is not HEADER=NAME.", exit_code=2)
        columns[header.strip()] = name.strip()
    return columns
