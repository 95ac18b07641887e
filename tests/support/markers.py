"""Cases that take long and show once more what others of their table show: `make test-all` runs them too."""

from typing import Any

import pytest


def thorough(*values: Any) -> Any:
    """One case of a table."""
    return pytest.param(*values, marks=pytest.mark.thorough)
