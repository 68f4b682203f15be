"""REST addresses of platforms, under /api/v1/."""

from rest_framework.routers import SimpleRouter

from platforms.api import (
    booking,
    challenges,
    consulting,
    coverage,
    eligibility,
    recognition,
    register,
    subsidies,
    views,
)

router = SimpleRouter()
router.register("platforms", views.PlatformViewSet, basename="platform")
router.register("capabilities", views.CapabilityViewSet, basename="capability")
router.register("equipment", views.EquipmentViewSet, basename="equipment")
router.register("lines", views.LineViewSet, basename="line")
router.register("experts", views.ExpertViewSet, basename="expert")
router.register("solutions", views.SolutionViewSet, basename="solution")
router.register("roster", recognition.RosterViewSet, basename="roster")
router.register("roster-changes", recognition.RosterChangeViewSet, basename="roster-change")
router.register("programmes", recognition.ProgrammeViewSet, basename="programme")
router.register("challenge-items", challenges.ChallengeItemViewSet, basename="challenge-item")
router.register("applications", recognition.ApplicationViewSet, basename="application")
router.register("opinion-requests", consulting.OpinionRequestViewSet, basename="opinion-request")
router.register("subsidies", subsidies.SubsidyViewSet, basename="subsidy")
router.register("import-tax", eligibility.EligibilityViewSet, basename="import-tax")
router.register("coverage", coverage.CoverageViewSet, basename="coverage")
router.register("bookings", booking.BookingViewSet, basename="booking")
router.register("usage-logs", recognition.UsageViewSet, basename="usage-log")
router.register("register-entries", register.RegisterViewSet, basename="register-entry")
urlpatterns = router.urls
