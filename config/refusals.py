"""What is refused before any page is asked: a form too large to be read, or no request at all."""

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import requires_csrf_token

TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page knows neither its reader nor its host: nothing of the request may be relied upon."""
    large = isinstance(exception, TOO_LARGE)
    return render(None, "400.html", {"large": large}, status=413 if large else 400)
