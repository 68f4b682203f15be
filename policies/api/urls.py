"""REST addresses of policies, under /api/v1/."""

from rest_framework.routers import SimpleRouter

from policies.api import views

router = SimpleRouter()
router.register("policies", views.PolicyDocumentViewSet, basename="policy")
router.register("interpretations", views.InterpretationViewSet, basename="interpretation")
router.register("news", views.NewsViewSet, basename="news")
router.register("topics", views.TopicViewSet, basename="topic")
urlpatterns = router.urls
