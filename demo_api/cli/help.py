"""Help texts with examples."""

from rich.markup import escape

Example = tuple[str, str]


def help_text(summary: str, *examples: Example, notes: str = "") -> str:
    """Formats a command's help: summary, examples with their purpose, and notes."""
    lines = [
        f"[dim]{escape(purpose)}[/dim]\n  [bold]{escape(command)}[/bold]" for command, purpose in examples
    ]
    return "\n\n".join(filter(None, (escape(summary), *lines, escape(notes))))
