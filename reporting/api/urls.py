"""REST addresses of reporting, under /api/v1/."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from reporting.api import analysis, evaluations, monitoring, publications, targets, views

router = SimpleRouter()
router.register("indicators", views.IndicatorViewSet, basename="indicator")
router.register("report-cycles", views.CycleViewSet, basename="report-cycle")
router.register("reports", views.ReportViewSet, basename="report")
router.register("running-indicators", monitoring.RunningViewSet, basename="running-indicator")
router.register("alerts", monitoring.AlertViewSet, basename="alert")
router.register("targets", targets.TargetViewSet, basename="target")
router.register("publications", publications.PublicationViewSet, basename="publication")
router.register("lists", publications.ListViewSet, basename="list")
router.register("evaluation-schemes", evaluations.SchemeViewSet, basename="evaluation-scheme")
router.register("evaluations", evaluations.EvaluationViewSet, basename="evaluation")
urlpatterns = [path("statistics/", analysis.AnalysisView.as_view()), *router.urls]
