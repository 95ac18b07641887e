"""Detects requests that no user has made: prefetches, and bots that make link previews."""

import re
from collections.abc import Mapping

#: Headers by which browsers mark a prefetch.
_PREFETCH_HEADERS = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_PREFETCH = re.compile(r"\b(prefetch|prerender|preview|preload)\b", re.I)

#: User agents of link-preview bots and crawlers.
_BOTS = re.compile(
    # CUBOT is a brand of phones.
    r"(?<!cu)bot\b|crawler|spider|slurp|facebookexternalhit|facebookcatalog|meta-externalagent|whatsapp/|"
    r"skypeuripreview|bingpreview|microsoftpreview|slack-imgproxy|google-read-aloud|googleother|feedfetcher|"
    r"embedly|iframely|outbrain|pinterest/0|vkshare|flipboardproxy|line-poker|kakaotalk-scrap|zulipurlpreview|"
    r"rocket\.chat|synapse|matrix-media-repo|mastodon/|pleroma|misskey|lemmy|cardyb|link ?preview|"
    r"url ?preview|unfurl|linkexpander|proofpoint|mimecast|barracuda|urlscan|virustotal",
    re.I,
)


def is_link_preview(headers: Mapping[str, str]) -> bool:
    """Whether the request is a prefetch or from a bot. `headers` have lower-case names."""
    if any(_PREFETCH.search(headers.get(name, "")) for name in _PREFETCH_HEADERS):
        return True
    return bool(_BOTS.search(headers.get("user-agent", "")))
