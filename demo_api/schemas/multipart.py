"""Multipart bodies: the same fields as in JSON, of which the larger ones may be files."""

import json
from collections.abc import AsyncGenerator
from typing import Any

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from demo_api.errors import RequestInvalid
from demo_api.schemas.json_object import parse_object

#: Fields that are texts; all others are JSON.
TEXTS = frozenset({"csv", "script", "name", "callback_url"})
#: Those that are mostly files.
FILES = frozenset({"csv", "script"})
MAX_FIELDS, MAX_FILES = 40, 4
MAX_FIELD_BYTES = 6 << 20


def is_multipart(headers: Headers) -> bool:
    """Whether a body is `multipart/form-data`."""
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "multipart/form-data"


async def object_of(headers: Headers, body: bytes) -> dict[str, Any]:
    """The fields of a multipart body as those of a JSON object. Raises RequestInvalid."""

    async def stream() -> AsyncGenerator[bytes]:
        yield body

    parser = MultiPartParser(
        headers, stream(), max_files=MAX_FILES, max_fields=MAX_FIELDS, max_part_size=MAX_FIELD_BYTES
    )
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError) as exc:
        raise _invalid("body", f"is not multipart/form-data: {exc}") from exc
    fields: dict[str, Any] = {}
    try:
        for name, value in form.multi_items():
            if name in fields:
                raise _invalid(name, "comes more than once")
            fields[name] = await _value(name, value)
    finally:
        await form.close()
    return fields


async def _value(name: str, value: UploadFile | str) -> Any:
    if isinstance(value, UploadFile):
        data = await value.read()
        if name == "csv":
            return data
        try:
            value = data.decode("utf-8-sig")
        except UnicodeDecodeError as exc:
            raise _invalid(name, "is not a text in UTF-8") from exc
    if name in TEXTS:
        return value
    # Strict as every other body: no duplicate names, no NaN, not too deep.
    return parse_object(f"{{{json.dumps(name)}: {value}}}".encode())[name]


def _invalid(field: str, message: str) -> RequestInvalid:
    return RequestInvalid([{"field": field, "message": message}])
