"""New challenges as an Atom feed: of all of them, or of a sector, a state, a language, a hub, some words."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from accounts.rendering import absolute
from accounts.templatetags.pages import own_words

from ..models import Challenge
from .chosen import Chosen, chosen

MOST = 50


class ChallengeFeed(Feed):  # type: ignore[type-arg]
    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Chosen:
        return chosen(request.GET)

    def title(self, about: Chosen) -> str:
        return " · ".join([_("Challenges in %(site)s") % {"site": settings.HELICE_NAME}, *about.words()])

    def subtitle(self, about: Chosen) -> str:
        return _("Problems that agencies and companies want to solve with others, open to answers.")

    def link(self, about: Chosen) -> str:
        return absolute(reverse("hubs:challenge_list") + _query(about))

    def feed_url(self, about: Chosen) -> str:
        return absolute(reverse("hubs:challenge_feed") + _query(about))

    def items(self, about: Chosen) -> Iterable[Challenge]:
        found = about.open_ones().select_related("organisation").prefetch_related("translations")
        return found.order_by("-published_at", "-pk")[:MOST]

    def item_title(self, item: Challenge) -> str:
        return own_words(item, "title")["text"]

    def item_description(self, item: Challenge) -> str:
        return own_words(item, "summary")["text"]

    def item_link(self, item: Challenge) -> str:
        return absolute(item.get_absolute_url())

    def item_guid(self, item: Challenge) -> str:
        """The same whatever becomes of the address: RFC 4151."""
        return f"tag:{urlsplit(settings.HELICE_URL).hostname},2026:challenge/{item.public_id}"

    def item_author_name(self, item: Challenge) -> str:
        return item.organisation_shown

    def item_pubdate(self, item: Challenge) -> datetime | None:
        return item.published_at or item.opens_at

    def item_updateddate(self, item: Challenge) -> datetime:
        return item.updated_at

    def item_categories(self, item: Challenge) -> list[str]:
        return [word for word in (item.sector_name, item.state_name, *item.field_names) if word]


def _query(about: Chosen) -> str:
    """The filters that make sense, as an address carries them."""
    kept = {name: about.data[name] for name, value in about.wanted().items() if value}
    return f"?{urlencode(kept)}" if kept else ""
