"""Options as they may be asked for: in a request, on the command line, and by agents."""

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from actors.options import option_of

F = TypeVar("F", bound=Callable[..., Any])


def asked(model: type[BaseModel]) -> dict[str, Any]:
    """The fields of a model as those of a request: what has a setting may be left to the operator."""
    return {name: _asked(field) for name, field in model.model_fields.items()}


def _asked(field: FieldInfo) -> tuple[Any, Any]:
    annotation = annotated(field)
    if option_of(field).setting:
        return annotation | None, Field(None, description=field.description)
    return annotation, Field(field.default, description=field.description)


def annotated(field: FieldInfo) -> Any:
    """A field's type with its bounds and checks."""
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def with_parameters(parameters: Mapping[str, Any], after: str) -> Callable[[F], F]:
    """Gives a function these parameters in place of its `**options`: name to annotation and default.

    They follow its parameter `after`. For libraries that make options or schemas of signatures.
    """

    def decorate(function: F) -> F:
        found = signature(function, eval_str=True)
        own = [one for one in found.parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
        more = [
            Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=annotation, default=default)
            for name, (annotation, default) in parameters.items()
        ]
        place = [one.name for one in own].index(after) + 1
        own[place:place] = more
        function.__signature__ = found.replace(parameters=own)  # type: ignore[attr-defined]
        function.__annotations__ = {
            **{one.name: one.annotation for one in own if one.annotation is not Parameter.empty},
            "return": found.return_annotation,
        }
        return function

    return decorate
