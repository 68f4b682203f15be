"""Addresses of matching."""

from django.urls import path, register_converter

from matching.enums import ResourceKind
from matching.views import (
    atlas,
    capabilities,
    challenges,
    demands,
    duplicates,
    fairness,
    offers,
    runs,
    subscriptions,
    weights,
)


class MatchedWords:
    """A path part that is a kind of thing which demands are shown for."""

    regex = "|".join(("platform", *ResourceKind.values))

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class ResourceWords(MatchedWords):
    """A path part that is a kind of resource or solution."""

    regex = "|".join(ResourceKind.values)


register_converter(MatchedWords, "matched")
register_converter(ResourceWords, "resource")

app_name = "matching"
urlpatterns = [
    path("atlas/", atlas.atlas, name="atlas"),
    path("atlas/demands/", atlas.unmet, name="unmet"),
    path("manage/challenges/new/", challenges.edit, name="challenge_new"),
    path("manage/challenges/<int:pk>/edit/", challenges.edit, name="challenge_edit"),
    path("demands/<slug:slug>/matches/", demands.demand, name="demand"),
    path("demands/<slug:slug>/matches/start/", demands.start_demand, name="start_demand"),
    path("demands/<slug:slug>/matches/progress/", demands.demand_progress, name="demand_progress"),
    path("demands/<slug:slug>/matches/ask-broker/", demands.ask_for_broker, name="ask_broker"),
    path(
        "demands/<slug:slug>/matches/subscribe/",
        subscriptions.subscribe_demand,
        name="subscribe_demand",
    ),
    path(
        "demands/<slug:slug>/matches/<slug:capability>/",
        demands.judge_capability,
        name="judge_capability",
    ),
    path(
        "demands/<slug:slug>/matches/<resource:kind>/<slug:resource>/",
        demands.judge_resource,
        name="judge_resource",
    ),
    path("manage/matching/demands/", capabilities.fitting, name="fitting"),
    path("manage/capabilities/<slug:slug>/demands/", capabilities.capability, name="capability"),
    path(
        "manage/capabilities/<slug:slug>/demands/start/",
        capabilities.start_capability,
        name="start_capability",
    ),
    path(
        "manage/capabilities/<slug:slug>/demands/progress/",
        capabilities.capability_progress,
        name="capability_progress",
    ),
    path(
        "manage/capabilities/<slug:slug>/demands/subscribe/",
        subscriptions.subscribe_capability,
        name="subscribe_capability",
    ),
    path(
        "manage/capabilities/<slug:slug>/demands/<slug:demand>/",
        capabilities.judge_demand,
        name="judge_demand",
    ),
    path("manage/matching/<matched:kind>/<slug:slug>/", offers.suited, name="suited"),
    path(
        "manage/matching/<resource:kind>/<slug:slug>/start/",
        offers.start_resource,
        name="start_resource",
    ),
    path(
        "manage/matching/<resource:kind>/<slug:slug>/subscribe/",
        subscriptions.subscribe_resource,
        name="subscribe_resource",
    ),
    path(
        "manage/matching/<resource:kind>/<slug:slug>/<slug:demand>/",
        offers.judge_suited,
        name="judge_suited",
    ),
    path("manage/subscriptions/", subscriptions.subscriptions, name="subscriptions"),
    path(
        "manage/subscriptions/<int:pk>/cancel/",
        subscriptions.cancel_subscription,
        name="cancel_subscription",
    ),
    path("manage/similar/demands/", duplicates.similar, {"kind": "demands"}, "similar_demands"),
    path(
        "manage/similar/capabilities/",
        duplicates.similar,
        {"kind": "capabilities"},
        "similar_capabilities",
    ),
    path("matching/policy/", fairness.policy, name="policy"),
    path("manage/match-exposure/", fairness.exposure, name="exposure"),
    path("manage/match-runs/", runs.runs, name="runs"),
    path("manage/match-runs/start/", runs.start_full, name="start_full"),
    path("manage/match-runs/<int:pk>/", runs.run, name="run"),
    path("manage/match-runs/<int:pk>/progress/", runs.run_progress, name="run_progress"),
    path("manage/match-runs/<int:pk>/cancel/", runs.cancel, name="cancel_run"),
    path("manage/match-weights/", weights.weights, name="weights"),
    path("manage/match-weights/add/", weights.add, name="add_weights"),
    path("manage/match-weights/train/", weights.train, name="train_weights"),
    path("manage/match-weights/train/progress/", weights.train_progress, name="train_progress"),
    path("manage/match-weights/<int:pk>/", weights.version, name="weights_version"),
    path("manage/match-weights/activate/", weights.activate, name="activate_weights"),
    path("manage/match-weights/freeze/", weights.freeze, name="freeze_weights"),
]
