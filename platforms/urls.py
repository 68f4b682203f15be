"""Addresses of platforms."""

from django.urls import path, register_converter

from platforms.kinds import KINDS, OFFERS, RESOURCES
from platforms.states import (
    APPEAL,
    APPLICATION,
    ASSIGNMENT,
    BOOKING,
    CHANGE,
    CLAIM,
    LISTING,
    PROGRAMME,
    RECOGNITION,
    REPORT,
    TICKET,
)
from platforms.views import (
    applications,
    assessments,
    booking,
    challenges,
    consulting,
    coverage,
    eligibility,
    experts,
    manage,
    operations,
    programmes,
    public,
    register,
    review,
    roster,
    spreadsheet,
    subsidies,
    support,
)


class Words:
    """A path part that is one of a few words; any other address is left to other apps."""

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class KindWords(Words):
    regex = "|".join(KINDS)


class OfferWords(Words):
    regex = "|".join(kind.key for kind in OFFERS)


class MoveWords(Words):
    regex = "|".join((*LISTING.by_name, *CLAIM.by_name, *REPORT.by_name))


class StepWords(Words):
    machines = (PROGRAMME, APPLICATION, ASSIGNMENT, RECOGNITION, CHANGE, APPEAL, TICKET, BOOKING)
    regex = "|".join(dict.fromkeys(name for machine in machines for name in machine.by_name))


class SharedWords(Words):
    regex = "equipment|lines"


class NumberWords(Words):
    regex = "[A-Z][0-9]{4}-[0-9]{5,}"


register_converter(KindWords, "kind")
register_converter(OfferWords, "offer")
register_converter(MoveWords, "move")
register_converter(StepWords, "step")
register_converter(SharedWords, "shared")
register_converter(NumberWords, "number")

app_name = "platforms"
urlpatterns = [
    path("platforms/", public.platforms, name="platforms"),
    path("platforms/<slug:slug>/", public.platform, name="platform"),
    path("platforms/<slug:slug>/report/", public.report, name="report"),
    path("platforms/<slug:slug>/claim/", manage.claim, name="claim"),
    path("capabilities/", public.capabilities, name="capabilities"),
    path("capabilities/compare/", public.compare, name="compare"),
    path("capabilities/<slug:slug>/", public.capability, name="capability"),
    path("resources/", public.resources, name="resources"),
    path("resources/open/", register.open_resources, name="open_resources"),
    *(
        path(f"{kind.key}/<slug:slug>/", public.resource, {"kind": kind.key}, name=kind.name)
        for kind in RESOURCES
    ),
    path("manage/platforms/", manage.mine, name="mine"),
    path("manage/platforms/new/", manage.create, name="create"),
    path("manage/overdue/", review.overdue, name="overdue"),
    path("manage/platforms/<slug:slug>/", manage.workbench, name="workbench"),
    path("manage/platforms/<slug:slug>/confirm-all/", manage.confirm_all, name="confirm_all"),
    path(
        "manage/platforms/<slug:slug>/equipment/import/",
        spreadsheet.load,
        {"kind": "equipment"},
        name="import",
    ),
    path("manage/platforms/<slug:slug>/<offer:kind>/", manage.offers, name="offers"),
    path("manage/platforms/<slug:slug>/<offer:kind>/new/", manage.add, name="add"),
    path("manage/<kind:kind>/<slug:slug>/edit/", manage.edit, name="edit"),
    path("manage/<kind:kind>/<slug:slug>/confirm/", manage.confirm, name="confirm"),
    path("manage/<kind:kind>/<slug:slug>/discard/", manage.discard, name="discard"),
    path("manage/<kind:kind>/<slug:slug>/<move:name>/", manage.move, name="move"),
    path("review/listings/", review.queue, name="review"),
    path("review/listings/publish/", review.publish_all, name="publish_all"),
    path("review/listings/<kind:kind>/<slug:slug>/", review.listing, name="review_listing"),
    path("review/claims/<int:pk>/<move:name>/", review.claim, name="decide_claim"),
    path("review/reports/<int:pk>/<move:name>/", review.report, name="close_report"),
    # recognition: batches, applications, experts
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/<slug:slug>/", programmes.programme, name="programme"),
    path("programmes/<slug:slug>/apply/", programmes.apply, name="apply"),
    path("manage/programmes/", programmes.managed, name="managed_programmes"),
    path("manage/programmes/new/", programmes.edit, name="programme_new"),
    path("manage/programmes/<slug:slug>/edit/", programmes.edit, name="programme_edit"),
    path(
        "manage/programmes/<slug:slug>/certificates/",
        programmes.certificates,
        name="programme_certificates",
    ),
    path("manage/programmes/<slug:slug>/<step:name>/", programmes.move, name="programme_move"),
    path("challenges/", challenges.challenges, name="challenges"),
    path("challenges/<int:pk>/", challenges.challenge, name="challenge"),
    path("challenges/<int:pk>/delete/", challenges.delete, name="challenge_delete"),
    path("publicity/", applications.publicity, name="publicity"),
    path("publicity/<number:number>/", applications.objection, name="objection"),
    path("manage/applications/", applications.mine, name="applications"),
    path("review/applications/", applications.queue, name="applications_queue"),
    path("review/applications/advance/", applications.advance, name="applications_advance"),
    path("review/applications/all/", applications.everything, name="all_applications"),
    path("applications/<number:number>/", applications.application, name="application"),
    path("applications/<number:number>/edit/", applications.edit, name="application_edit"),
    path("applications/<number:number>/files/", applications.attach, name="attach"),
    path("applications/<number:number>/files/<uuid:pk>/", applications.detach, name="detach"),
    path("applications/<number:number>/opinions/", applications.opine, name="opine"),
    path("applications/<number:number>/experts/", applications.assign, name="assign"),
    path("applications/<number:number>/visits/", applications.visit, name="visit"),
    path("applications/<number:number>/consult/", consulting.consult, name="consult"),
    path("applications/<number:number>/merge/", consulting.merge, name="merge_opinions"),
    path("consultations/", consulting.requests, name="opinion_requests"),
    path("consultations/<int:pk>/", consulting.answer, name="opinion_request"),
    path("consultations/<int:pk>/withdraw/", consulting.withdraw, name="opinion_withdraw"),
    path(
        "applications/<number:number>/objections/<int:pk>/",
        applications.answer_objection,
        name="answer_objection",
    ),
    path("applications/<number:number>/appeal/", applications.appeal, name="appeal"),
    path("applications/<number:number>/<step:name>/", applications.move, name="application_move"),
    path("appeals/<int:pk>/<step:name>/", applications.answer, name="answer_appeal"),
    path("expert/", experts.mine, name="assignments"),
    path("expert/<int:pk>/", experts.assignment, name="assignment"),
    path("expert/<int:pk>/<step:name>/", experts.move, name="assignment_move"),
    # the roster
    path("roster/", roster.roster, name="roster"),
    path("roster/changes/", roster.changes, name="roster_changes"),
    path("roster/record/", roster.record, name="record_recognition"),
    path("verify/", roster.check, name="check"),
    path("verify/<slug:code>/", roster.verify, name="verify"),
    path("certificates/<slug:code>/", roster.certificate, name="certificate"),
    path("certificates/<slug:code>/pdf/", roster.certificate_file, name="certificate_file"),
    path("verify/<slug:code>/assessments/", assessments.plan, name="plan_assessment"),
    path("verify/<slug:code>/correct/", roster.correct, name="correct_recognition"),
    path("verify/<slug:code>/appeal/", roster.appeal, name="appeal_recognition"),
    path("verify/<slug:code>/<step:name>/", roster.move, name="recognition_move"),
    path("assessments/", operations.assessments, name="assessments"),
    path("assessments/new/", operations.plan_assessments, name="plan_assessments"),
    path("assessments/<int:pk>/conclude/", assessments.conclude, name="conclude"),
    path("assessments/<int:pk>/experts/", assessments.assign, name="assign_assessor"),
    path("letters/<slug:code>/", assessments.verify_letter, name="verify_letter"),
    path("assessments/<int:pk>/letter/", assessments.letter, name="assessment_letter"),
    path("assessments/<int:pk>/tasks/", assessments.task_book, name="task_book"),
    path("assessments/<int:pk>/files/<uuid:file_id>/", assessments.detach, name="task_file"),
    path("assessments/<int:pk>/ask/", assessments.ask, name="ask_assessment"),
    path("assessments/<int:pk>/extend/", assessments.extend, name="extend"),
    path("assessments/<int:pk>/extend/grant/", assessments.grant, name="grant_extension"),
    path("assessments/<int:pk>/extend/refuse/", assessments.refuse, name="refuse_extension"),
    # facts of running
    path("changes/", operations.changes, name="changes"),
    path("changes/<int:pk>/", operations.change, name="change"),
    path("changes/<int:pk>/files/<uuid:file_id>/", operations.detach_change, name="change_file"),
    path("changes/<int:pk>/<step:name>/", operations.move_change, name="change_move"),
    path("manage/platforms/<slug:slug>/changes/new/", operations.report_change, name="change_new"),
    path("manage/platforms/<slug:slug>/usage/", operations.usage, name="usage"),
    path(
        "manage/platforms/<slug:slug>/usage/import/",
        spreadsheet.load,
        {"kind": "usage"},
        name="usage_import",
    ),
    path("usage/<int:pk>/delete/", operations.delete_usage, name="usage_delete"),
    path("register-entries/", register.register, name="register"),
    path("register-entries/<int:pk>/", register.entry, name="register_entry"),
    path("register-entries/<int:pk>/end/", register.end, name="register_end"),
    path("register-entries/<int:pk>/strike/", register.strike, name="register_strike"),
    path("manage/platforms/<slug:slug>/register/new/", register.add, name="register_new"),
    path(
        "manage/platforms/<slug:slug>/register/import/",
        spreadsheet.load,
        {"kind": "register"},
        name="register_import",
    ),
    path("<shared:kind>/<slug:slug>/book/", booking.book, name="book"),
    path("bookings/", booking.bookings, name="bookings"),
    path("bookings/<int:pk>/", booking.booking, name="booking"),
    path("bookings/<int:pk>/accept/", booking.accept, name="booking_accept"),
    path("bookings/<int:pk>/decline/", booking.decline, name="booking_decline"),
    path("bookings/<int:pk>/use/", booking.use, name="booking_use"),
    path("bookings/<int:pk>/<step:name>/", booking.move, name="booking_move"),
    # what platforms ask for
    path("support/", support.tickets, name="tickets"),
    path("support/new/", support.new, name="ticket_new"),
    path("support/figures/", support.figures, name="support_figures"),
    path("support/<number:number>/", support.ticket, name="ticket"),
    path("support/<number:number>/assign/", support.route, name="ticket_route"),
    path("support/<number:number>/replies/", support.reply, name="ticket_reply"),
    path("support/<number:number>/<step:name>/", support.move, name="ticket_move"),
    path("import-tax/", eligibility.tax_list, name="tax_list"),
    path("import-tax/new/", eligibility.record, name="tax_record"),
    path("import-tax/<slug:code>/", eligibility.proof, name="tax_proof"),
    path("import-tax/<slug:code>/pdf/", eligibility.proof_file, name="tax_proof_file"),
    path("import-tax/<slug:code>/end/", eligibility.end, name="tax_end"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/new/", coverage.record, name="coverage_new"),
    path("coverage/<int:pk>/strike/", coverage.strike, name="coverage_strike"),
    path("funding/", operations.funding, name="funding"),
    path("funding/new/", operations.record_funding, name="funding_new"),
    path("funding/<int:pk>/", operations.funding_record, name="funding_record"),
    path("funding/<int:pk>/strike/", operations.strike_funding, name="funding_strike"),
    path("funding/subsidies/", subsidies.subsidies, name="subsidies"),
    path("funding/subsidies/new/", subsidies.new, name="subsidy_new"),
    path("funding/subsidies/<int:pk>/", subsidies.subsidy, name="subsidy"),
    path("funding/subsidies/<int:pk>/stop/", subsidies.stop, name="subsidy_stop"),
    path("funding/subsidies/years/<int:pk>/judge/", subsidies.judge, name="subsidy_judge"),
    path("funding/subsidies/years/<int:pk>/pay/", subsidies.pay, name="subsidy_pay"),
]
