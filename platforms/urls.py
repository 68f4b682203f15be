"""Addresses of platforms."""

from django.urls import path

from platforms.kinds import RESOURCES
from platforms.views import public

app_name = "platforms"
urlpatterns = [
    path("platforms/", public.platforms, name="platforms"),
    path("platforms/<slug:slug>/", public.platform, name="platform"),
    path("platforms/<slug:slug>/report/", public.report, name="report"),
    path("capabilities/", public.capabilities, name="capabilities"),
    path("capabilities/compare/", public.compare, name="compare"),
    path("capabilities/<slug:slug>/", public.capability, name="capability"),
    path("resources/", public.resources, name="resources"),
    *(
        path(f"{kind.key}/<slug:slug>/", public.resource, {"kind": kind.key}, name=kind.name)
        for kind in RESOURCES
    ),
]
