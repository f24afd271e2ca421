"""The home page."""

from django.urls import reverse
from time_machine import travel

import pytest
from django.test import Client

from tests import factories
from tests.conftest import signed_in


def test_it_offers_the_four_ways_in(db, client):
    page = client.get(reverse("hubs:home")).content.decode()
    for kind in ("researcher", "startup", "company", "agency"):
        assert reverse("accounts:join_kind", args=[kind]) in page
