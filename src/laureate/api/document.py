"""The API's description (OpenAPI 3.1): every operation tells its errors, and who may call it."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from laureate.api.auth import stranger
from laureate.api.errors import PROBLEM

ERRORS = (400, 401, 403, 404, 409, 422, 429)

SCHEMAS: dict[str, Any] = {
    "Problem": {
        "title": "Problem",
        "description": "What went wrong (RFC 9457), with every mistake at once.",
        "type": "object",
        "required": ["type", "title", "status", "detail", "errors"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ProblemError"}},
        },
    },
    "ProblemError": {
        "title": "ProblemError",
        "description": "One mistake: its rule, what was found, how to mend it, and where it stands.",
        "type": "object",
        "required": ["rule", "message", "fix"],
        "properties": {
            "rule": {"type": "string"},
            "message": {"type": "string"},
            "fix": {"type": "string"},
            "file": {"type": "string"},
            "line": {"type": "integer"},
            "column": {"type": "string"},
            "count": {"type": "integer"},
            "examples": {"type": "array", "items": {"type": "object"}},
        },
    },
}
_CONTENT = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}


class LaureateAPI(NinjaAPI):
    """The framework's API, with one name for each operation and errors in its description."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of the operation: that of its function, rule, action, page and command."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the description; what the framework leaves out is added."""
        described = super().get_openapi_schema(**options)
        described["components"]["schemas"].update(SCHEMAS)
        public = {name for name, open_to_all in self._operations().items() if open_to_all}
        for methods in described["paths"].values():
            for operation in methods.values():
                _add_errors(operation)
                if operation["operationId"] in public:
                    operation["security"].append({})
        return described

    def _operations(self) -> dict[str, bool]:
        return {
            self.get_openapi_operation_id(operation): stranger in operation.auth_callbacks
            for bound in self._get_bound_routers()
            for view in bound.path_operations.values()
            for operation in view.operations
        }


def _add_errors(operation: dict[str, Any]) -> None:
    responses = {str(status): answer for status, answer in operation["responses"].items()}
    for status in ERRORS:
        responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": _CONTENT}
    if "416" in responses:
        responses["416"] = {**responses["416"], "content": _CONTENT}
    operation["responses"] = responses
