"""Turns the bytes of a CSV file into text: UTF-8, UTF-16 with a byte order mark, or Windows-1252."""

import codecs
from dataclasses import dataclass

from actors.batches.errors import refused

MAX_FILE_BYTES = 5 * 1024 * 1024
#: First bytes of files that are taken for CSV by mistake, and what these files are.
_MAGIC = {
    b"PK\x03\x04": "a spreadsheet or a ZIP archive",
    b"PK\x05\x06": "an empty ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old spreadsheet (.xls)",
    b"%PDF-": "a PDF",
    b"\x1f\x8b": "compressed (gzip)",
}
_UTF_16 = {codecs.BOM_UTF16_LE: "utf-16-le", codecs.BOM_UTF16_BE: "utf-16-be"}
_SAVE_ANEW = "save it as CSV UTF-8"


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a file without its byte order mark, its encoding, and what is to be said of that, or ""."""

    text: str
    encoding: str
    notice: str = ""


def decode(data: bytes | str) -> Decoded:
    """Decodes a file, or takes text as it is. Raises RowsInvalid for what is too large or no text."""
    raw = data.encode(errors="surrogatepass") if isinstance(data, str) else data
    if len(raw) > MAX_FILE_BYTES:
        raise refused(1, "", f"the file has {len(raw):,} bytes, {MAX_FILE_BYTES:,} are the most")
    for magic, kind in _MAGIC.items():
        if raw.startswith(magic):
            raise refused(1, "", f"the file is {kind}: {_SAVE_ANEW}")
    if isinstance(data, str):
        return Decoded(data.lstrip("\ufeff"), "utf-8")
    for mark, encoding in _UTF_16.items():
        if raw.startswith(mark) and not raw.startswith(codecs.BOM_UTF32_LE):
            notice = "The file is in UTF-16, and was read as such."
            return Decoded(_strictly(raw.removeprefix(mark), encoding), encoding, notice)
    if b"\0" in raw[:4]:
        raise refused(1, "", f"the file is not text, or in an encoding that is not known: {_SAVE_ANEW}")
    return _utf_8_or_windows(raw)


def count_line_ends(text: str, start: int, end: int) -> int:
    """How many lines end in a part of a text: with CRLF, LF or CR."""
    pairs = text.count("\r\n", start, end)
    return text.count("\n", start, end) + text.count("\r", start, end) - pairs


def _utf_8_or_windows(raw: bytes) -> Decoded:
    try:
        return Decoded(raw.decode().lstrip("\ufeff"), "utf-8")
    except UnicodeDecodeError as exc:
        if raw.startswith(codecs.BOM_UTF8) or _is_damaged_utf_8(raw):
            line = _line_after(raw[: exc.start].decode())
            raise refused(line, "", f"a letter is not in UTF-8, as others are: {_SAVE_ANEW}") from exc
    notice = "The file is not in UTF-8, and was read as Windows-1252: if letters are wrong, save it as UTF-8."
    return Decoded(_strictly(raw, "windows-1252"), "windows-1252", notice)


def _is_damaged_utf_8(raw: bytes) -> bool:
    """Whether most letters beyond ASCII are in UTF-8. Those of Windows-1252 hardly ever look like it: each is
    a byte that must be followed by certain others."""
    text = raw.decode(errors="replace")
    wrong = text.count("\ufffd")
    return len(text) - len(text.encode("ascii", "ignore")) - wrong > wrong


def _strictly(raw: bytes, encoding: str) -> str:
    try:
        return raw.decode(encoding).lstrip("\ufeff")
    except UnicodeDecodeError as exc:
        line = _line_after(raw[: exc.start].decode(encoding))
        raise refused(line, "", f"a letter is in no known encoding: {_SAVE_ANEW}") from exc


def _line_after(text: str) -> int:
    return 1 + count_line_ends(text, 0, len(text))
