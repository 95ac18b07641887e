"""Checks YAML files for repeated keys, and against the published schemas that check-jsonschema contains."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.nodes import CollectionNode, MappingNode, Node


def repeated_keys(path: Path) -> list[str]:
    """Keys that are twice in one mapping. Most readers refuse them; ruamel.yaml overlooks one beside `<<`."""
    return [
        key for mapping in _mappings(YAML(typ="safe", pure=True).compose(path)) for key in _repeated(mapping)
    ]


def _mappings(node: Node) -> Iterator[MappingNode]:
    parts = node.value if isinstance(node, CollectionNode) else []
    if isinstance(node, MappingNode):
        yield node
        parts = chain.from_iterable(node.value)
    for part in parts:
        yield from _mappings(part)


def _repeated(mapping: MappingNode) -> list[str]:
    return [key for key, count in Counter(key.value for key, _ in mapping.value).items() if count > 1]


def schema_errors(schema: str, *paths: Path) -> str:
    """What a schema of check-jsonschema, for instance `vendor.compose-spec`, has against some files."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *map(str, paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr
