"""Pages, one module per place."""

from django.http import HttpRequest, HttpResponse


def _being_written(request: HttpRequest, **_: object) -> HttpResponse:
    return HttpResponse("…")


home = challenge_list = challenge_new = challenge = challenge_edit = challenge_preview = _being_written
challenge_step = review_queue = review = hub_list = hub = hub_membership = _being_written
introduction_list = introduction = _being_written
