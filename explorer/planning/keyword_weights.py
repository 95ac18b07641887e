"""Vocabulary of the keyword planner: words that raise and lower the score of a control."""

import re

#: Pages and controls that a visitor came for.
BOOST = re.compile(
    r"\b(?:features?|pricing|products?|demos?|tour|docs|documentation|tutorials?|guides?|examples?|gallery"
    r"|showcase|solutions?|how it works|get(?:ting)? started|quick ?start|dashboard|charts?|reports?"
    r"|analytics|components?|templates?|use cases?|customers|case studies|explore|discover|playground"
    r"|about|blog|what.s new)\b"
)
#: Parts of an app that are worth seeing, by the names that their buttons have.
PARTS = re.compile(
    r"\b(?:layers?|librar(?:y|ies)|shapes?|templates?|previews?|outline|history|timeline|properties"
    r"|inspector|source|schemas?|models?|thumbnails?|calendar|board|map|filters?|effects|formulas?"
    r"|functions?|sparklines?|pivot|presentation|slide ?show|play|run|try it(?: out)?|insert|preferences"
    r"|settings|control panel|new|create|add|compose|write|edit)\b"
)
#: A button that says nothing but that there is more: what icons of three dots are called.
OVERFLOW = re.compile(
    r"(?=.*\b(?:dots?|ellipsis|kebab|meatballs?|more[\W_](?:vert|horiz))\b)(?:(?:dots?|three|ellipsis|kebab"
    r"|meatballs?|more|vert|vertical|horiz|horizontal|v|h|rounded|circle|outlined?|filled?|icon|alt|menu"
    r"|options?|actions?)[\W_]*)+"
)
#: A call to action.
CALL = re.compile(
    r"\b(?:get started|start|try|see|watch|explore|learn more|view|discover|open|show|tour|demo)\b"
)
#: What a film can do without, by the name that goes into the reason.
DEMOTED: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("skip link", re.compile(r"^(?:skip|jump) (?:to|over|navigation)\b|^(?:back to )?top$")),
    (
        "legal page",
        re.compile(
            r"\b(?:privacy|terms|cookie policy|cookie settings|imprint|impressum|legal|licen[cs]e|gdpr"
            r"|copyright|trademarks?|accessibility statement|security policy|code of conduct)\b"
        ),
    ),
    (
        "social link",
        re.compile(
            r"\b(?:twitter|facebook|instagram|linkedin|youtube|mastodon|discord|reddit|tiktok|whatsapp|rss"
            r"|atom|github|gitlab|share|tweet)\b"
        ),
    ),
    (
        "language picker",
        re.compile(
            r"\b(?:language|sprache|english|deutsch|français|español|italiano|português|nederlands|polski"
            r"|türkçe|русский)\b|日本語|中文|한국어|^(?:en|de|fr|es|it|pt|nl|ru|ja|zh|ko)$"
        ),
    ),
    (
        "theme picker",
        re.compile(r"\b(?:(?:dark|light) (?:mode|theme|version)|theme|colou?r (?:mode|scheme))\b"),
    ),
    ("arrow of a number", re.compile(r"^[\u25b2\u25bc\u25b3\u25bd\u23f6\u23f7]$")),
    # What ends or takes back a change shows nothing by itself.
    ("closing word", re.compile(r"^(?:ok(?:ay)?|cancel|apply|done|undo|redo|cut|paste)\b.{0,12}$")),
    ("download page", re.compile(r"\bdownloads?\b")),
    ("sorting", re.compile(r"\b(?:sort|order by|ascending|descending)\b")),
    (
        "pagination",
        re.compile(
            r"^\W*(?:next|prev(?:ious)?|older|newer|first|last)(?: (?:page|posts?|entries|chapter))?\W*$"
            r"|^(?:next|previous|older|newer) (?:post|page|article|chapter)\b"
            r"|^page \d+$|^\d{1,3}$|^[«»\u2039\u203a<>]+$"
        ),
    ),
    (
        "newsletter",
        re.compile(
            r"\b(?:subscribe|newsletter|send me|sign me up|e-?mail me|notify me|keep me (?:posted|updated))\b"
        ),
    ),
    (
        "housekeeping",
        re.compile(
            r"\b(?:edit this page|view source|show source|print|report (?:a )?bugs?|reporting bugs"
            r"|copy|full ?screen|site ?map)\b|^(?:modules|(?:general )?index)$"
        ),
    ),
)
#: Chooses a colour.
COLOUR = re.compile(r"\bcolou?rs?\b")
#: Sorts or filters what is listed.
NARROWS = re.compile(r"\b(?:sort|order by|filter|categor(?:y|ies)|price|brand)\b")
#: Words by which a cookie banner is known, besides its answers.
CONSENT = re.compile(r"\b(?:cookies?|consent|necessary|essential)\b|\b(?:reject|accept|decline|allow) all\b")
#: Closes a dialog.
CLOSE_SIGN = re.compile(r"^(?:close|dismiss)\b|[\u00d7x\u2715\u2716]$")
