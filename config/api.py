"""The API's paging and errors: a refusal of an action becomes a response here, once."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler as drf_handler


class CreatedCursor(CursorPagination):
    """Newest first; rows that appear meanwhile neither repeat nor hide others."""

    ordering = ("-created_at", "-pk")
    page_size_query_param = "page_size"
    max_page_size = 100


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    if isinstance(error, DjangoValidationError):
        error = ValidationError(by_field(error))
    elif isinstance(error, DjangoPermissionDenied) and error.args:
        error = PermissionDenied(str(error.args[0]))
    elif isinstance(error, ValidationError) and isinstance(error.detail, list):
        error = ValidationError({api_settings.NON_FIELD_ERRORS_KEY: error.detail})
    return drf_handler(error, context)


def by_field(error: DjangoValidationError) -> dict[str, list[str]]:
    """An action's refusal in the shape of a serializer's: {field: [messages]}."""
    found = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    whole = str(api_settings.NON_FIELD_ERRORS_KEY)
    return {whole if name == NON_FIELD_ERRORS else name: messages for name, messages in found.items()}
