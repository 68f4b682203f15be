"""REST addresses of platforms, under /api/v1/."""

from rest_framework.routers import SimpleRouter

from platforms.api import views

router = SimpleRouter()
router.register("platforms", views.PlatformViewSet, basename="platform")
router.register("capabilities", views.CapabilityViewSet, basename="capability")
router.register("equipment", views.EquipmentViewSet, basename="equipment")
router.register("lines", views.LineViewSet, basename="line")
router.register("experts", views.ExpertViewSet, basename="expert")
router.register("solutions", views.SolutionViewSet, basename="solution")
urlpatterns = router.urls
