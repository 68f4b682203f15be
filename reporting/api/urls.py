"""REST addresses of reporting, under /api/v1/."""

from rest_framework.routers import SimpleRouter

from reporting.api import views

router = SimpleRouter()
router.register("indicators", views.IndicatorViewSet, basename="indicator")
router.register("report-cycles", views.CycleViewSet, basename="report-cycle")
router.register("reports", views.ReportViewSet, basename="report")
urlpatterns = router.urls
