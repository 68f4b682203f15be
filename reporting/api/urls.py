"""REST addresses of reporting, under /api/v1/."""

from rest_framework.routers import SimpleRouter

from reporting.api import evaluations, modes, publications, targets, views

router = SimpleRouter()
router.register("indicators", views.IndicatorViewSet, basename="indicator")
router.register("report-cycles", views.CycleViewSet, basename="report-cycle")
router.register("reports", views.ReportViewSet, basename="report")
router.register("operation-modes", modes.ModeViewSet, basename="operation-mode")
router.register("targets", targets.TargetViewSet, basename="target")
router.register("publications", publications.PublicationViewSet, basename="publication")
router.register("lists", publications.ListViewSet, basename="list")
router.register("evaluation-schemes", evaluations.SchemeViewSet, basename="evaluation-scheme")
router.register("evaluations", evaluations.EvaluationViewSet, basename="evaluation")
urlpatterns = router.urls
