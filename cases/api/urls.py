"""REST addresses of cases, under /api/v1/."""

from rest_framework.routers import SimpleRouter

from cases.api import challenges, receipts, views, vouchers

router = SimpleRouter()
router.register("enquiries", views.EnquiryViewSet, basename="enquiry")
router.register("outcomes", views.OutcomeViewSet, basename="outcome")
router.register("receipts", receipts.ReceiptViewSet, basename="receipt")
router.register("cases", views.CaseViewSet, basename="case")
router.register("case-calls", views.CaseCallViewSet, basename="case-call")
router.register(
    "voucher-programmes", vouchers.VoucherProgrammeViewSet, basename="voucher-programme"
)
router.register("vouchers", vouchers.VoucherViewSet, basename="voucher")
router.register("tech-challenges", challenges.ChallengeViewSet, basename="tech-challenge")
urlpatterns = router.urls
