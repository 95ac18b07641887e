"""Where measurements are printed: wide enough for their tables, also into a file."""

import sys

from rich.console import Console

WIDE = 170

screen = Console(highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else WIDE)
