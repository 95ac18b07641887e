"""Who asks for a link without anybody having followed it: prefetch, and the bots that make link previews."""

import re
from collections.abc import Mapping

#: What browsers say of a request that nobody has made yet.
_AHEAD = ("sec-purpose", "purpose", "x-purpose", "x-moz")
_GUESS = re.compile(r"\b(prefetch|prerender|preview|preload)\b", re.I)

#: Names by which those that fetch a link to show what is behind it, and crawlers, call themselves.
_BOTS = re.compile(
    # CUBOT makes telephones.
    r"(?<!cu)bot\b|crawler|spider|slurp|facebookexternalhit|facebookcatalog|meta-externalagent|whatsapp/|"
    r"skypeuripreview|bingpreview|microsoftpreview|slack-imgproxy|google-read-aloud|googleother|feedfetcher|"
    r"embedly|iframely|outbrain|pinterest/0|vkshare|flipboardproxy|line-poker|kakaotalk-scrap|zulipurlpreview|"
    r"rocket\.chat|synapse|matrix-media-repo|mastodon/|pleroma|misskey|lemmy|cardyb|link ?preview|"
    r"url ?preview|unfurl|linkexpander|proofpoint|mimecast|barracuda|urlscan|virustotal",
    re.I,
)


def is_link_preview(headers: Mapping[str, str]) -> bool:
    """Whether nobody waits for what is answered. `headers` have names in small letters."""
    if any(_GUESS.search(headers.get(name, "")) for name in _AHEAD):
        return True
    return bool(_BOTS.search(headers.get("user-agent", "")))
