"""Help that teaches by example."""

from rich.markup import escape

Example = tuple[str, str]


def teach(summary: str, *examples: Example, more: str = "") -> str:
    """The help of a command: what it does, commands to copy and what each is for, what to know besides."""
    shown = [
        f"[dim]{escape(purpose)}[/dim]\n  [bold]{escape(command)}[/bold]" for command, purpose in examples
    ]
    return "\n\n".join(filter(None, (escape(summary), *shown, escape(more))))
