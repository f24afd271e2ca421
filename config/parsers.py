"""What the API reads; a module of its own, for REST framework asks for it while `api` is being imported."""

import json
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser


class TooLargeError(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = _("This is larger than 2.5 MB.")
    default_code = "too_large"


class Parser(JSONParser):
    """Refuses what Python's json takes and nobody can answer: bottomless nesting and halves of characters;
    and, unread, what is larger than any form may be."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        # The server hands over as many bytes as this header says, and no more.
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLargeError
        try:
            data = super().parse(stream, media_type, parser_context)
            json.dumps(data, ensure_ascii=False).encode()
        except (RecursionError, UnicodeEncodeError):
            raise ParseError from None
        return data
