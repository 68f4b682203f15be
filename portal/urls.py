"""The plan on the door: which app answers which address."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from portal import views

portal_patterns = (
    [
        path("", views.home, name="home"),
        path("workbench/", views.workbench, name="workbench"),
        path("search/", views.search, name="search"),
        path("about/", views.about, name="about"),
        path("accessibility/", views.accessibility, name="accessibility"),
        path("care-mode/", views.care_mode, name="care_mode"),
        path("styleguide/", views.styleguide, name="styleguide"),
        path("healthz", views.healthz, name="healthz"),
        path("readyz", views.readyz, name="readyz"),
        path("metrics", views.metrics, name="metrics"),
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
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
]

urlpatterns = [
    path("", include(portal_patterns)),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.urls")),
    path("", include("core.urls")),
    path("", include("taxonomy.urls")),
    path("", include("platforms.urls")),
    path("", include("demands.urls")),
    path("", include("matching.urls")),
    path("", include("cases.urls")),
    path("", include("reporting.urls")),
    path("", include("policies.urls")),
    path("messages/", include("notifications.urls")),
    path("api/v1/", include(api_patterns)),
]

handler400 = "portal.views.bad_request"
handler403 = "portal.views.forbidden"
handler404 = "portal.views.not_found"
handler500 = "portal.views.server_error"
