"""Addresses of cases. The buttons' addresses come from the tables of the life cycles."""

from django.urls import path, re_path

from cases.enums import ClearanceKind
from cases.services.challenges import PLAIN
from cases.states import CASE, OUTCOME, RECEIPT, VOUCHER_PROGRAMME
from cases.views import (
    bids,
    calls,
    challenges,
    enquiries,
    figures,
    ledger,
    outcomes,
    projects,
    receipts,
    stories,
    vouchers,
)

app_name = "cases"
ACTS = "|".join(projects.ACTS)
ANSWERS = "|".join(row.name for row in OUTCOME.transitions)
RECEIPT_ANSWERS = "|".join(row.name for row in RECEIPT.transitions)
MOVES = "|".join(row.name for row in CASE.transitions)
VOUCHER_ACTS = "|".join(vouchers.ACTS)
PROGRAMME_MOVES = "|".join(row.name for row in VOUCHER_PROGRAMME.transitions)

KINDS = "|".join(ClearanceKind.values)
CHALLENGE_MOVES = "|".join((*PLAIN, "settle"))

urlpatterns = [
    path("clearances/", ledger.clearances, name="clearances"),
    path("inspections/", ledger.inspections, name="inspections"),
    path("projects/<slug:number>/ledger/", ledger.ledger, name="ledger"),
    path("projects/<slug:number>/inspections/", ledger.inspect, name="inspect"),
    path("projects/<slug:number>/inspections/<int:pk>/", ledger.mend, name="mend"),
    re_path(
        rf"^projects/(?P<number>[-\w]+)/ledger/(?P<kind>{KINDS})/$", ledger.clear, name="clear"
    ),
    path("projects/", projects.projects, name="projects"),
    path("projects/start/", enquiries.start, name="start"),
    path("projects/<slug:number>/", projects.project, name="project"),
    path("projects/<slug:number>/outcome/", projects.claim, name="claim"),
    path("projects/<slug:number>/case/", stories.write, name="write"),
    re_path(rf"^projects/(?P<number>[-\w]+)/(?P<name>{ACTS})/$", projects.act, name="act"),
    path("outcomes/<int:pk>/", outcomes.outcome, name="outcome"),
    path("outcomes/<int:pk>/answer/<str:secret>/", outcomes.outcome_link, name="outcome_link"),
    re_path(rf"^outcomes/(?P<pk>\d+)/(?P<name>{ANSWERS})/$", outcomes.answer, name="answer"),
    re_path(
        rf"^receipts/(?P<pk>\d+)/(?P<name>{RECEIPT_ANSWERS})/$",
        receipts.answer_receipt,
        name="answer_receipt",
    ),
    path("cases/", stories.cases, name="cases"),
    path("cases/<slug:slug>/", stories.case, name="case"),
    path("cases/<slug:slug>/edit/", stories.edit, name="edit"),
    re_path(rf"^cases/(?P<slug>[-\w]+)/(?P<name>{MOVES})/$", stories.move, name="move"),
    path("case-calls/", calls.calls, name="calls"),
    path("case-calls/new/", calls.new_call, name="new_call"),
    path("case-calls/<int:pk>/", calls.call, name="call"),
    path("case-calls/<int:pk>/edit/", calls.edit_call, name="edit_call"),
    path("case-calls/<int:pk>/enter/", calls.enter, name="enter"),
    path("case-calls/<int:pk>/ranking/", calls.ranking, name="ranking"),
    path("case-calls/<int:pk>/select/", calls.select, name="select"),
    re_path(
        r"^case-calls/(?P<pk>\d+)/(?P<name>open|score|cancel)/$", calls.move_call, name="move_call"
    ),
    path("case-entries/", calls.entries, name="entries"),
    path("case-entries/<int:pk>/withdraw/", calls.withdraw, name="withdraw_entry"),
    path("case-entries/<int:pk>/mark/", calls.mark, name="mark"),
    path("voucher-programmes/", vouchers.programmes, name="voucher_programmes"),
    path("voucher-programmes/new/", vouchers.new_programme, name="new_voucher_programme"),
    path("voucher-programmes/<int:pk>/", vouchers.programme, name="voucher_programme"),
    path(
        "voucher-programmes/<int:pk>/edit/", vouchers.edit_programme, name="edit_voucher_programme"
    ),
    path("voucher-programmes/<int:pk>/claim/", vouchers.claim, name="claim_voucher"),
    re_path(
        rf"^voucher-programmes/(?P<pk>\d+)/(?P<name>{PROGRAMME_MOVES})/$",
        vouchers.move_programme,
        name="move_voucher_programme",
    ),
    path("vouchers/", vouchers.vouchers, name="vouchers"),
    path("vouchers/<slug:number>/", vouchers.voucher, name="voucher"),
    path("vouchers/<slug:number>/bind/", vouchers.bind, name="bind_voucher"),
    path("vouchers/<slug:number>/pay/", vouchers.pay, name="pay_voucher"),
    re_path(
        rf"^vouchers/(?P<number>[-\w]+)/(?P<name>{VOUCHER_ACTS})/$",
        vouchers.act,
        name="act_on_voucher",
    ),
    path("tech-challenges/", challenges.challenges, name="challenges"),
    path("tech-challenges/propose/<slug:slug>/", challenges.propose, name="propose_challenge"),
    path("tech-challenges/publish/", challenges.publish, name="publish_challenges"),
    path("tech-challenges/<int:pk>/", challenges.challenge, name="challenge"),
    path("tech-challenges/<int:pk>/edit/", challenges.edit, name="edit_challenge"),
    path("tech-challenges/<int:pk>/extend/", challenges.extend, name="extend_challenge"),
    path("tech-challenges/<int:pk>/invite/", challenges.invite, name="invite_to_challenge"),
    path("tech-challenges/<int:pk>/object/", challenges.object_to, name="object_to_choice"),
    path(
        "tech-challenges/<int:pk>/objections/<int:objection>/",
        challenges.answer,
        name="answer_objection",
    ),
    path("tech-challenges/<int:pk>/bid/", bids.new_bid, name="new_bid"),
    path("tech-challenges/<int:pk>/bids/", bids.ranked_bids, name="ranked_bids"),
    re_path(
        rf"^tech-challenges/(?P<pk>\d+)/(?P<name>{CHALLENGE_MOVES})/$",
        challenges.move,
        name="move_challenge",
    ),
    path("tech-bids/", bids.bids, name="bids"),
    path("tech-bids/<int:pk>/", bids.bid, name="bid"),
    path("tech-bids/<int:pk>/edit/", bids.edit_bid, name="edit_bid"),
    path("tech-bids/<int:pk>/choose/", bids.choose, name="choose_bid"),
    re_path(r"^tech-bids/(?P<pk>\d+)/(?P<name>submit|withdraw)/$", bids.move_bid, name="move_bid"),
    path("review/cases/", stories.review, name="review"),
    path("manage/figures/", figures.figures, name="figures"),
]
