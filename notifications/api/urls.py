"""REST addresses of notifications, under /api/v1/."""

from rest_framework.routers import SimpleRouter

from notifications.api import views

router = SimpleRouter()
router.register("webhook-deliveries", views.DeliveryViewSet, basename="webhook-delivery")
urlpatterns = router.urls
