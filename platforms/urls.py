"""Addresses of platforms."""

from django.urls import path, register_converter

from platforms.kinds import KINDS, OFFERS, RESOURCES
from platforms.states import CLAIM, LISTING, REPORT
from platforms.views import manage, public, review, spreadsheet


class Words:
    """A path part that is one of a few words; any other address is left to other apps."""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class KindWords(Words):
    regex = "|".join(KINDS)


class OfferWords(Words):
    regex = "|".join(kind.key for kind in OFFERS)


class MoveWords(Words):
    regex = "|".join((*LISTING.by_name, *CLAIM.by_name, *REPORT.by_name))


register_converter(KindWords, "kind")
register_converter(OfferWords, "offer")
register_converter(MoveWords, "move")

app_name = "platforms"
urlpatterns = [
    path("platforms/", public.platforms, name="platforms"),
    path("platforms/<slug:slug>/", public.platform, name="platform"),
    path("platforms/<slug:slug>/report/", public.report, name="report"),
    path("platforms/<slug:slug>/claim/", manage.claim, name="claim"),
    path("capabilities/", public.capabilities, name="capabilities"),
    path("capabilities/compare/", public.compare, name="compare"),
    path("capabilities/<slug:slug>/", public.capability, name="capability"),
    path("resources/", public.resources, name="resources"),
    *(
        path(f"{kind.key}/<slug:slug>/", public.resource, {"kind": kind.key}, name=kind.name)
        for kind in RESOURCES
    ),
    path("manage/platforms/", manage.mine, name="mine"),
    path("manage/platforms/new/", manage.create, name="create"),
    path("manage/overdue/", review.overdue, name="overdue"),
    path("manage/platforms/<slug:slug>/", manage.workbench, name="workbench"),
    path("manage/platforms/<slug:slug>/confirm-all/", manage.confirm_all, name="confirm_all"),
    path("manage/platforms/<slug:slug>/equipment/import/", spreadsheet.load, name="import"),
    path("manage/platforms/<slug:slug>/<offer:kind>/", manage.offers, name="offers"),
    path("manage/platforms/<slug:slug>/<offer:kind>/new/", manage.add, name="add"),
    path("manage/<kind:kind>/<slug:slug>/edit/", manage.edit, name="edit"),
    path("manage/<kind:kind>/<slug:slug>/confirm/", manage.confirm, name="confirm"),
    path("manage/<kind:kind>/<slug:slug>/discard/", manage.discard, name="discard"),
    path("manage/<kind:kind>/<slug:slug>/<move:name>/", manage.move, name="move"),
    path("review/listings/", review.queue, name="review"),
    path("review/listings/publish/", review.publish_all, name="publish_all"),
    path("review/listings/<kind:kind>/<slug:slug>/", review.listing, name="review_listing"),
    path("review/claims/<int:pk>/<move:name>/", review.claim, name="decide_claim"),
    path("review/reports/<int:pk>/<move:name>/", review.report, name="close_report"),
]
