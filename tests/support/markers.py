"""Marks slow cases that repeat what others of their table test; `make test-all` runs them."""

from typing import Any

import pytest


def thorough(*values: Any) -> Any:
    """Marks one case of a table as slow."""
    return pytest.param(*values, marks=pytest.mark.thorough)
