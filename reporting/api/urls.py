"""REST addresses of reporting, under /api/v1/."""

from rest_framework.routers import SimpleRouter

from reporting.api import targets, views

router = SimpleRouter()
router.register("indicators", views.IndicatorViewSet, basename="indicator")
router.register("report-cycles", views.CycleViewSet, basename="report-cycle")
router.register("reports", views.ReportViewSet, basename="report")
router.register("targets", targets.TargetViewSet, basename="target")
urlpatterns = router.urls
