"""Addresses for search engines: pages that everybody may read, of people and organisations that want them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap
from django.db.models import QuerySet
from django.utils import translation

from .models import Organisation, Profile
from .real import real
from .rendering import absolute


class Translated(Sitemap):  # type: ignore[type-arg]
    """Each address in every language, with the others beside it; pages are cut from the rows, so that a large
    catalogue is never read whole."""

    limit = 5000

    def changed(self, item: Any) -> datetime | None:
        return None

    def get_urls(self, page: Any = 1, site: Any = None, protocol: Any = None) -> list[dict[str, Any]]:
        codes = [code for code, _name in settings.LANGUAGES]
        urls = []
        with translation.override(settings.LANGUAGE_CODE):
            for item in self.paginator.page(page).object_list:
                rest = self.location(item).removeprefix(f"/{settings.LANGUAGE_CODE}/")
                places = {code: absolute(f"/{code}/{rest}") for code in codes}
                others = [{"lang_code": _tag(code), "location": place} for code, place in places.items()]
                others.append({"lang_code": "x-default", "location": places[settings.LANGUAGE_CODE]})
                urls += [
                    {"item": item, "location": place, "lastmod": self.changed(item), "alternates": others}
                    for place in places.values()
                ]
        return urls


def _tag(code: str) -> str:
    return "es-MX" if code == "es" else code


class Rows(Translated):
    """Of models with `public_id`, `is_demo` and `updated_at`."""

    def changed(self, item: Any) -> datetime | None:
        return item.updated_at  # type: ignore[no-any-return]


class Profiles(Rows):
    """Public ones whose owners have taken them; what was only imported asks for no reader."""

    def items(self) -> QuerySet[Profile]:
        found = real(Profile.objects.visible_to(AnonymousUser()).filter(claimed_at__isnull=False))
        return found.only("public_id", "updated_at").order_by("pk")


class Organisations(Rows):
    """Those whose profile is such a one."""

    def items(self) -> QuerySet[Organisation]:
        shown = Profiles().items().values("pk")
        found = real(Organisation.objects.visible_to(AnonymousUser()).filter(profile__in=shown))
        return found.only("public_id", "updated_at").order_by("pk")
