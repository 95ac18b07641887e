"""Marks slow cases that repeat what others of their table test; `make test-all` runs them."""

from collections.abc import Iterable
from typing import Any

import pytest


def thorough(*values: Any) -> Any:
    """Marks one case of a table as slow."""
    return pytest.param(*values, marks=pytest.mark.thorough)


def first(count: int, table: Iterable[Any]) -> list[Any]:
    """Marks all cases of a table but the first ones as slow; tuples are cases of several values."""
    rows = list(table)
    slow = [
        row.values if hasattr(row, "marks") else row if isinstance(row, tuple) else (row,) for row in rows
    ]
    return [*rows[:count], *(thorough(*values) for values in slow[count:])]
