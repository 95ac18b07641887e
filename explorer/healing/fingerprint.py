"""Records of healing: what is remembered of an element, a candidate for a lost one, and one found again."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from explorer.healing.names import NAME_CHARS

_Text = Annotated[str, Field(max_length=400)]
#: A place or a length in CSS pixels.
_Pixels = Annotated[int, Field(ge=-1_000_000, le=1_000_000)]
#: So many names of the nearest elements are kept: 600 letters, as much as all the rest of a fingerprint.
MAX_OTHERS = 150


class Fingerprint(BaseModel):
    """What an element was like: attributes that Similo compares (doi 10.1145/3571855), "" for what it lacks.

    `nearby` is what stands beside it, `path` and `id_path` lead to it from the root and from the closest
    ancestor with an id. `x` and `y` are CSS pixels from the document's top left corner. `others` are the
    names (`name_of`) of what is used alike on its page; so many `namesakes` share its own, `rank` before it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    tag: Annotated[str, Field(min_length=1, max_length=100)]
    role: _Text = ""
    label: _Text = ""
    text: _Text = ""
    nearby: _Text = ""
    id: _Text = ""
    name: _Text = ""
    test_id: _Text = ""
    classes: _Text = ""
    href: _Text = ""
    alt: _Text = ""
    kind: _Text = ""
    placeholder: _Text = ""
    path: _Text = ""
    id_path: _Text = ""
    clickable: bool = False
    x: _Pixels = 0
    y: _Pixels = 0
    width: _Pixels = 0
    height: _Pixels = 0
    others: Annotated[str, Field(max_length=MAX_OTHERS * NAME_CHARS)] = ""
    namesakes: Annotated[int, Field(ge=0)] = 0
    rank: Annotated[int, Field(ge=0)] = 0


class Candidate(Fingerprint):
    """An element on a page that may be the one; `selector` finds it within its frame."""

    selector: Annotated[str, Field(min_length=1, max_length=4_000)]


@dataclass(frozen=True, slots=True)
class Healed:
    """An element that was found again: its selector from the page on, what it is called now, and how sure.

    `score` and `margin` are shares of the most attainable, as in `similarity`.
    """

    selector: str
    label: str
    role: str
    score: float
    margin: float
