"""Job spec: what was asked for, whole and validated, made once where a request comes in."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Self

from actors.jobs.callback import Callback
from actors.options import ExplorationOptions, FilmOptions, Limits
from actors.sites.site_file import SiteFile
from explorer.script.model import Script
from explorer.script.variables import BoundScript
from explorer.types import Wishes
from video.style import CameraChoice, Style

#: Who is filmed first; among equals, who has come first.
Priority = Literal["high", "default", "low"]
RANK: dict[Priority, int] = {"high": 0, "default": 1, "low": 2}
#: Where a script has its steps.
STEP_LISTS = ("before", "steps")


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

    def with_most_clicks(self, most: int) -> Self:
        """The same, of which no step explores with more clicks."""
        lower = {part: [_lowered(step, most) for step in self.script.get(part, ())] for part in STEP_LISTS}
        return replace(
            self, script={**self.script, **{part: steps for part, steps in lower.items() if steps}}
        )

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
    #: The site file that was applied (`actors.sites`), and what it says of consent box and masks.
    site_file: str | None = None
    consent: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        url: str,
        exploration: ExplorationOptions,
        film: FilmOptions,
        *,
        site: SiteFile | None = None,
        script: ScriptSpec | None = None,
        **more: Any,
    ) -> Self:
        """From options that nobody changes any more; `more` are fields that are no options.

        Adds what a site file says beside options; where it has no script to play, its own is played.
        """
        if site:
            script = _script_at(site, url, script)
            more |= {"site_file": site.name, "consent": site.consent, "mask": site.mask}
        return cls(
            url=url,
            limits=exploration.as_limits,
            wishes=exploration.as_wishes,
            storyboard=exploration.storyboard,
            style=film.as_style,
            camera=film.camera,
            script=script,
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
            **{name: tuple(row.get(name, ())) for name in ("allow_hosts", "consent", "mask")},
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


def _script_at(site: SiteFile, url: str, script: ScriptSpec | None) -> ScriptSpec | None:
    """The request's script, or else the site file's, within the clicks that the file allows."""
    if script is None and (bound := site.bound_script(url)):
        script = ScriptSpec.of(bound)
    if script is None or "max_clicks" not in site.limits.model_fields_set:
        return script
    return script.with_most_clicks(site.limits.max_clicks)


def _lowered(step: Mapping[str, Any], most: int) -> Mapping[str, Any]:
    asked = step.get("explore", {}).get("max_clicks")
    return step if asked is None else {**step, "explore": {**step["explore"], "max_clicks": min(asked, most)}}
