"""Job spec: what was asked for, whole and validated, made once where a request comes in."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Self

from actors.jobs.callback import Callback
from actors.options import ExplorationOptions, FilmOptions, Limits
from explorer.script.model import Script
from explorer.script.variables import BoundScript
from explorer.types import Wishes
from video.style import CameraChoice, Style

#: Who is filmed first; among equals, who has come first.
Priority = Literal["high", "default", "low"]
RANK: dict[Priority, int] = {"high": 0, "default": 1, "low": 2}


@dataclass(frozen=True, slots=True)
class ScriptSpec:
    """A script whose variables have their values: secrets are only named in it."""

    script: Mapping[str, Any]
    #: The steps that act on what a variable names: `BoundScript.given`.
    given: tuple[str, ...] = ()

    @property
    def is_repeatable(self) -> bool:
        """Whether it may be played again after it has written to the site."""
        return bool(self.script.get("repeatable"))

    @classmethod
    def of(cls, bound: BoundScript) -> Self:
        return cls(bound.as_json, tuple(sorted(bound.given)))

    @property
    def bound(self) -> BoundScript:
        return BoundScript(Script.model_validate(self.script), frozenset(self.given))


@dataclass(frozen=True, slots=True)
class JobSpec:
    """One film: of which site, how far it is explored, and how it looks. It does not change any more."""

    url: str
    limits: Limits
    wishes: Wishes = field(default_factory=Wishes)
    style: Style = field(default_factory=Style)
    camera: CameraChoice = "auto"
    #: Whether pictures of all steps are kept beside the film.
    storyboard: bool = False
    priority: Priority = "default"
    #: Private `host:port` pairs that may be visited besides the operator's own list.
    allow_hosts: tuple[str, ...] = ()
    #: Webhook: who is told when the job has ended.
    callback: Callback | None = None
    #: The script that is played, with its values; None for an exploration.
    script: ScriptSpec | None = None
    #: Whether it is signed in from its start: `storage_state` or `http_credentials` of the request.
    signed_in: bool = False

    @classmethod
    def of(cls, url: str, exploration: ExplorationOptions, film: FilmOptions, **more: Any) -> Self:
        """From options that nobody changes any more; `more` are fields that are no options."""
        return cls(
            url=url,
            limits=exploration.as_limits,
            wishes=exploration.as_wishes,
            storyboard=exploration.storyboard,
            style=film.as_style,
            camera=film.camera,
            **more,
        )

    @property
    def has_secrets(self) -> bool:
        """Whether secret inputs belong to it, which are kept apart."""
        return self.signed_in or bool(self.script and self.script.script.get("secrets"))

    @property
    def rank(self) -> int:
        """Place of its priority; lower ones are filmed first."""
        return RANK[self.priority]

    def encode(self) -> dict[str, str]:
        """As fields of a job. Address and callback are read by scripts, and have fields of their own."""
        row = asdict(self)
        del row["url"], row["callback"]
        callback = self.callback.encode() if self.callback else {}
        return {"url": self.url, "spec": json.dumps(row), **callback}

    @classmethod
    def decode(cls, fields: Mapping[str, str]) -> Self:
        """From a job's fields."""
        row: dict[str, Any] = json.loads(fields["spec"])
        row |= {
            "limits": Limits(**row["limits"]),
            "wishes": decode_wishes(row["wishes"]),
            "style": Style(**row["style"]),
            "allow_hosts": tuple(row["allow_hosts"]),
            "script": decode_script(row.get("script")),
        }
        return cls(url=fields["url"], callback=Callback.decode(fields), **row)


def decode_script(row: Mapping[str, Any] | None) -> ScriptSpec | None:
    """From JSON; None for an exploration."""
    return ScriptSpec(row["script"], tuple(row["given"])) if row else None


def decode_wishes(row: Mapping[str, Any]) -> Wishes:
    """From JSON, which has lists where wishes have tuples; what is missing has its default."""
    fields: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in row.items()
    }
    return Wishes(**fields)
