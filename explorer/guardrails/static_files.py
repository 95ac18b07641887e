"""Addresses of files as servers keep them: asking for one does nothing. Pure, no browser, no network."""

import re

from explorer.guardrails.action_urls import find_suspicious_word, split_url_part

_FILE = re.compile(
    r"\.(?:m?js|css|woff2?|ttf|otf|eot|png|jpe?g|gif|webp|avif|svg|ico|bmp|mp[34]|webm|ogg|wav|m4a|vtt|json|html?"
    r"|md|txt|xml|wasm|map|glb|gltf|bin|pdf|csv|ya?ml|webmanifest|topojson|geojson|pbf|data|hdr|obj)$",
    re.IGNORECASE,
)
#: Editions of these are told by a query; a picture with one may be a message.
_CODE = re.compile(r"\.(?:m?js|css|woff2?|ttf|otf|eot)$", re.IGNORECASE)
_EDITION = re.compile(r"(?:(?:v|ver|version|rev|hash|h|t|ts|_|cb|build|dpl)=)?[\w.-]*", re.IGNORECASE)


def is_file_path(part: str) -> bool:
    """Whether path and query of an address, without its host, are those of a file, without a message."""
    path, query, _ = split_url_part(part)
    if not _FILE.search(path):
        return False
    return not query or (bool(_CODE.search(path)) and all(map(_EDITION.fullmatch, query.split("&"))))


def is_harmless_file(part: str) -> bool:
    """The same, and its name says no command either."""
    return is_file_path(part) and find_suspicious_word(part) is None
