"""What search engines may read: everything that is public, or nothing at all, by environment."""

from collections.abc import Callable

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.cache import cache_control

from accounts.countries import get_pack
from accounts.rendering import absolute
from accounts.sitemaps import Organisations, Profiles, Translated
from hubs.sitemaps import Challenges, Hubs, Programmes
from matching.country_views import slug_of

# Pages of whoever is signed in, what was typed in, and results of a search
NOBODYS = (
    *("account", "admin", "calendar", "challenges/new", "computing", "consortia", "evaluations"),
    *(
        "introductions",
        "jobs",
        "kept",
        "matches",
        "my",
        "programmes/mine",
        "programmes/new",
        "responses",
        "review",
        "search",
    ),
    *("suggestions", "try", "workspaces"),
)


class Pages(Translated):
    """The pages that are there whatever the database holds."""

    def items(self) -> list[str]:
        pack = get_pack(settings.HELICE_COUNTRY)
        names = (
            "hubs:home",
            "hubs:challenge_list",
            "hubs:hub_list",
            "hubs:programme_list",
            "hubs:partner_list",
            "hubs:indicators",
            "accounts:profile_list",
            "matching:country",
        )
        states = [reverse("matching:country_state", args=[slug_of(pack, code)]) for code in pack.states.codes]
        return [*(reverse(name) for name in names), *states]

    def location(self, item: str) -> str:
        return item


SITEMAPS: dict[str, type[Sitemap]] = {  # type: ignore[type-arg]
    "pages": Pages,
    "challenges": Challenges,
    "hubs": Hubs,
    "organisations": Organisations,
    "profiles": Profiles,
    "programmes": Programmes,
}


@cache_control(public=True, max_age=86_400)
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *"]
    if settings.HELICE_INDEXED:
        lines += [f"Disallow: /*/{name}/" for name in NOBODYS]
        lines += ["Disallow: /api/", "", f"Sitemap: {absolute(reverse('sitemap'))}"]
    else:
        lines.append("Disallow: /")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def keep_out(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Where search engines are not wanted, every answer says so, for those that ask no robots.txt."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if not settings.HELICE_INDEXED:
            response.headers.setdefault("X-Robots-Tag", "noindex")
        return response

    return answer
