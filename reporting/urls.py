from django.urls import path

from reporting.views import cycles, exchange, filling, indicators, reports

app_name = "reporting"
urlpatterns = [
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/<str:code>/", indicators.indicator, name="indicator"),
    path("reports/", reports.reports, name="reports"),
    path("reports/bulk/", reports.bulk, name="bulk"),
    path("reports/verify/", reports.verify, name="verify"),
    path("reports/verify/<str:code>/", reports.verify, name="verified"),
    path("reports/comments/<int:pk>/resolve/", reports.resolve, name="resolve"),
    path("reports/extensions/<int:pk>/answer/", filling.answer_extension, name="answer_extension"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("reports/<int:pk>/fill/<str:group>/", filling.fill, name="fill"),
    path("reports/<int:pk>/plan/", filling.plan, name="plan"),
    path("reports/<int:pk>/check/", filling.check, name="check"),
    path("reports/<int:pk>/refresh/", filling.refresh, name="refresh"),
    path("reports/<int:pk>/move/<str:name>/", reports.move, name="move"),
    path("reports/<int:pk>/comment/", reports.comment, name="comment"),
    path("reports/<int:pk>/extension/", filling.extension, name="extension"),
    path("reports/<int:pk>/scan/", filling.scan, name="scan"),
    path("reports/<int:pk>/import/", exchange.import_, name="import"),
    path("reports/<int:pk>/download/<str:kind>/", exchange.download, name="download"),
    path("reports/<int:pk>/values/<str:code>/", filling.value, name="value"),
    path(
        "reports/<int:pk>/values/<str:code>/answer/",
        filling.answer_correction,
        name="answer_correction",
    ),
    path("reports/<int:pk>/values/<str:code>/evidence/", filling.evidence, name="evidence"),
    path("reports/<int:pk>/versions/<int:number>/", reports.version, name="version"),
    path("report-cycles/", cycles.cycles, name="cycles"),
    path("report-cycles/new/", cycles.create, name="new_cycle"),
    path("report-cycles/<int:pk>/", cycles.cycle, name="cycle"),
    path("report-cycles/<int:pk>/compute/", cycles.compute, name="compute"),
    path("report-cycles/<int:pk>/move/<str:name>/", cycles.move, name="move_cycle"),
    path("reporting-jobs/", cycles.jobs, name="jobs"),
    path("reporting-jobs/<int:pk>/", cycles.job, name="job"),
    path("reporting-jobs/<int:pk>/progress/", cycles.progress, name="job_progress"),
    path("reporting-jobs/<int:pk>/cancel/", cycles.cancel, name="cancel_job"),
]
