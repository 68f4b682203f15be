"""REST addresses of code lists, under /api/v1/."""

from rest_framework.routers import SimpleRouter

from taxonomy.api import views

router = SimpleRouter()
router.register("code-lists", views.CodeListViewSet, basename="code-list")
router.register("terms", views.TermViewSet, basename="term")
router.register("term-mappings", views.TermMappingViewSet, basename="term-mapping")
router.register("regions", views.RegionViewSet, basename="region")
router.register("industries", views.IndustryViewSet, basename="industry")
urlpatterns = router.urls
