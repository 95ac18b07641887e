"""Log formatters: lines of JSON or of text, with the request id and without secrets."""

import json
import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, Literal

from demo_api.redaction import redact

LogFormat = Literal["auto", "json", "text"]

#: The id of the current request, in its task and in all tasks started there.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

#: Attribute of a record that holds further members of a JSON line.
FIELDS = "fields"


class TextFormatter(logging.Formatter):
    """Formats a record as one line of text."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class JsonFormatter(logging.Formatter):
    """Formats a record as one JSON object per line, with the record's FIELDS as members."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (current := request_id.get()) is not None:
            line["request_id"] = current
        line |= getattr(record, FIELDS, {})
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        clean = {name: redact(value) if isinstance(value, str) else value for name, value in line.items()}
        # ASCII: lone surrogates, which a page may contain, cannot be encoded as UTF-8.
        return json.dumps(clean, default=str)


def log_to_stderr(level: int, kind: LogFormat = "text") -> None:
    """Logs the whole process to stderr."""
    as_json = kind == "json" or (kind == "auto" and not sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if as_json else TextFormatter())
    logging.basicConfig(level=level, handlers=[handler])
