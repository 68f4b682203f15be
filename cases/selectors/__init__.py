"""Reading projects, outcomes and cases: one selector for each page."""

from cases.selectors.calls import (
    call_rows,
    calls_with_selected,
    enterable_cases,
    entries_to_mark,
    honours,
    open_calls,
    own_cases,
    own_entries,
    ranking,
    selected_entries,
    unmarked_calls,
)
from cases.selectors.challenges import (
    accepted_challenges,
    biddable_platforms,
    challenge_rows,
    challenge_steps,
    match_of,
    offered_capabilities,
    open_challenges,
    own_bids,
    ranked_bids,
    unmarked_challenges,
    winner_of,
)
from cases.selectors.figures import PERIODS, funnel, reply_facts
from cases.selectors.ledger import clearance_rows, inspection_rows, overdue_inspections
from cases.selectors.projects import (
    case_in_question,
    file_items,
    history,
    next_step,
    project_page,
    project_rows,
    project_steps,
    thread_of,
)
from cases.selectors.stories import case_beginnings, case_rows, case_years, similar_cases
from cases.selectors.voucher_checks import Eligibility, Payout, RuleCheck, payout
from cases.selectors.vouchers import (
    ProgrammeFigures,
    bindable_projects,
    eligibilities,
    programme_figures,
    programme_rows,
    project_voucher,
    voucher_counts,
    voucher_rows,
    vouchers_to_handle,
)
