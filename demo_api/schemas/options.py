"""Builds request fields and function parameters from the declared options."""

from collections.abc import Callable, Mapping
from inspect import Parameter, signature
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, Field
from pydantic.fields import FieldInfo

from actors.options import option_of

F = TypeVar("F", bound=Callable[..., Any])


def request_fields(model: type[BaseModel]) -> dict[str, Any]:
    """Builds the fields of a request from a model; those with a setting are optional."""
    return {name: _request_field(field) for name, field in model.model_fields.items()}


def _request_field(field: FieldInfo) -> tuple[Any, Any]:
    annotation = annotated_type(field)
    if option_of(field).setting:
        return annotation | None, Field(None, description=field.description)
    return annotation, Field(field.default, description=field.description)


def annotated_type(field: FieldInfo) -> Any:
    """Returns a field's type with its bounds and validators."""
    return Annotated[(field.annotation, *field.metadata)] if field.metadata else field.annotation


def with_parameters(parameters: Mapping[str, Any], after: str) -> Callable[[F], F]:
    """Replaces the `**options` of a function's signature by parameters: name to annotation and default.

    They follow its parameter `after`. For libraries that build options or schemas from signatures.
    """

    def decorate(function: F) -> F:
        original = signature(function, eval_str=True)
        merged = [one for one in original.parameters.values() if one.kind is not Parameter.VAR_KEYWORD]
        added = [
            Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, annotation=annotation, default=default)
            for name, (annotation, default) in parameters.items()
        ]
        index = [one.name for one in merged].index(after) + 1
        merged[index:index] = added
        function.__signature__ = original.replace(parameters=merged)  # type: ignore[attr-defined]
        function.__annotations__ = {
            **{one.name: one.annotation for one in merged if one.annotation is not Parameter.empty},
            "return": original.return_annotation,
        }
        return function

    return decorate
