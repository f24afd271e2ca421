"""The URL table. Pages live under a language; the API, health and secret links do not."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps import views as sitemaps
from django.urls import URLPattern, URLResolver, include, path

from accounts import brand
from accounts.urls import secret_links as account_links
from config import health
from config.design import design
from config.robots import SITEMAPS, robots
from matching.urls import secret_links as match_links

handler400 = "config.refusals.bad_request"

urlpatterns: list[URLPattern | URLResolver] = [
    path("brand.css", brand.brand_css, name="brand_css"),
    path("brand/logo", brand.brand_logo, name="brand_logo"),
    path("favicon.ico", brand.favicon),
    path("robots.txt", robots, name="robots"),
    path(
        "sitemap.xml",
        sitemaps.index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_part"},
        name="sitemap",
    ),
    path("sitemap-<section>.xml", sitemaps.sitemap, {"sitemaps": SITEMAPS}, name="sitemap_part"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("api/v1/", include("config.api_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    *account_links,
    *match_links,
]
if settings.HELICE_DEMO:
    urlpatterns.append(path("demo/mailbox/", include("accounts.mailbox_urls")))

urlpatterns += i18n_patterns(
    path("", include("hubs.urls")),
    path("", include("matching.urls")),
    path("", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    *([path("design/", design, name="design")] if settings.HELICE_DEMO else []),
    prefix_default_language=True,
)
