"""Addresses of demands. The buttons' addresses come from the table of the life cycle."""

from django.urls import path, re_path

from demands.states import DEMAND
from demands.views import disclosing, managing, public, writing

app_name = "demands"
# submitting is done on the preview page, with the secrecy check
BUTTONS = "|".join(row.name for row in DEMAND.transitions if row.name != "submit")

urlpatterns = [
    path("demands/", public.demands, name="demands"),
    path("demands/new/", writing.new, name="new"),
    path("demands/<slug:slug>/", public.demand, name="demand"),
    path("demands/<slug:slug>/edit/<slug:step>/", writing.edit, name="edit"),
    path("demands/<slug:slug>/amend/", writing.amend, name="amend"),
    path("demands/<slug:slug>/ask/", disclosing.ask, name="ask"),
    path("demands/<slug:slug>/disclosures/<int:pk>/", disclosing.promise, name="promise"),
    re_path(
        r"^demands/(?P<slug>[-\w]+)/disclosures/(?P<pk>\d+)/(?P<name>grant|decline|revoke)/$",
        disclosing.answer,
        name="answer",
    ),
    re_path(
        rf"^demands/(?P<slug>[-\w]+)/(?P<name>{BUTTONS})/$", managing.transition, name="transition"
    ),
    path("manage/demands/", managing.manage, name="manage"),
    path("review/demands/", managing.review, name="review"),
    path("review/demands/publish/", managing.publish_many, name="publish_many"),
]
