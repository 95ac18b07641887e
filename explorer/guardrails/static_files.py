"""Recognizes URLs of static files, which are safe to request. Pure, no browser, no network."""

import re

from explorer.guardrails.action_urls import find_suspicious_word, split_url_part

_FILE = re.compile(
    r"\.(?:m?js|css|woff2?|ttf|otf|eot|png|jpe?g|gif|webp|avif|svg|ico|bmp|mp[34]|webm|ogg|wav|m4a|vtt|json|html?"
    r"|md|txt|xml|wasm|map|glb|gltf|bin|pdf|csv|ya?ml|webmanifest|topojson|geojson|pbf|data|hdr|obj)$",
    re.IGNORECASE,
)
#: A query on these is a version; on a picture it may be a tracking message.
_VERSIONED = re.compile(r"\.(?:m?js|css|woff2?|ttf|otf|eot)$", re.IGNORECASE)
_VERSION_QUERY = re.compile(r"(?:(?:v|ver|version|rev|hash|h|t|ts|_|cb|build|dpl)=)?[\w.-]*", re.IGNORECASE)


def is_file_path(part: str) -> bool:
    """Checks whether path and query of a URL, without its host, are those of a static file."""
    path, query, _ = split_url_part(part)
    if not _FILE.search(path):
        return False
    return not query or (
        bool(_VERSIONED.search(path)) and all(map(_VERSION_QUERY.fullmatch, query.split("&")))
    )


def is_harmless_file(part: str) -> bool:
    """Checks the same, and that its name contains no command."""
    return is_file_path(part) and find_suspicious_word(part) is None
