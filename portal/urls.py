"""The plan on the door: which app answers which address."""

from django.contrib.sitemaps import views as sitemap_views
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from portal.sitemaps import SITEMAPS
from portal.views import operations, pages, styleguide

portal_patterns = (
    [
        path("", pages.home, name="home"),
        path("workbench/", pages.workbench, name="workbench"),
        path("search/", pages.search, name="search"),
        path("about/", pages.about, name="about"),
        path("privacy/", pages.privacy, name="privacy"),
        path("accessibility/", pages.accessibility, name="accessibility"),
        path("care-mode/", pages.care_mode, name="care_mode"),
        path("styleguide/", styleguide.styleguide, name="styleguide"),
        path("robots.txt", pages.robots, name="robots"),
        path("healthz", operations.healthz, name="healthz"),
        path("readyz", operations.readyz, name="readyz"),
        path("metrics", operations.metrics, name="metrics"),
    ],
    "portal",
)

api_patterns = [
    path("", include("taxonomy.api.urls")),
    path("", include("accounts.api.urls")),
    path("", include("platforms.api.urls")),
    path("", include("demands.api.urls")),
    path("", include("matching.api.urls")),
    path("", include("cases.api.urls")),
    path("", include("reporting.api.urls")),
    path("", include("policies.api.urls")),
    path("", include("notifications.api.urls")),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]

urlpatterns = [
    path("", include(portal_patterns)),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path("", include("accounts.urls")),
    path("", include("core.urls")),
    path("", include("taxonomy.urls")),
    path("", include("platforms.urls")),
    path("", include("demands.urls")),
    path("", include("matching.urls")),
    path("", include("cases.urls")),
    path("", include("reporting.urls")),
    path("", include("exchange.urls")),
    path("", include("policies.urls")),
    path("", include("notifications.urls")),
    path("api/v1/", include(api_patterns)),
    path(
        "sitemap.xml",
        sitemap_views.index,
        {"sitemaps": SITEMAPS, "sitemap_url_name": "sitemap_section"},
        name="sitemap",
    ),
    path(
        "sitemap-<slug:section>.xml",
        sitemap_views.sitemap,
        {"sitemaps": SITEMAPS},
        name="sitemap_section",
    ),
]

handler400 = "portal.views.operations.bad_request"
handler403 = "portal.views.operations.forbidden"
handler404 = "portal.views.operations.not_found"
handler500 = "portal.views.operations.server_error"
