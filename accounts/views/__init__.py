from django.http import HttpRequest, HttpResponse

def _stub(request: HttpRequest, **kwargs: object) -> HttpResponse:
    return HttpResponse("")

join = join_invited = join_kind = join_instead = home = preferences = data = erase = kept = privacy = _stub
profile_list = profile_new = profile = profile_preview = profile_edit = profile_translations = claim = profile_remove = _stub
organisation = organisation_edit = organisation_people = organisation_invite = unsubscribe = invitation = _stub
