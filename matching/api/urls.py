"""REST addresses of matching, under /api/v1/."""

from rest_framework.routers import SimpleRouter

from matching.api import gaps, views

router = SimpleRouter()
router.register("match-runs", views.MatchRunViewSet, basename="matchrun")
router.register("gaps", gaps.GapViewSet, basename="gap")
urlpatterns = router.urls
