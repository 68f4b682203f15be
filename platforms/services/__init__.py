"""The only writers of platforms, what they offer, the status they hold and how they run."""

from platforms.services.appeals import answer_appeal, make_appeal
from platforms.services.applications import (
    add_opinion,
    advance_applications,
    attach_evidence,
    edit_application,
    move_application,
    remove_evidence,
    start_application,
    submit_application,
)
from platforms.services.assessment_batch import plan_assessments
from platforms.services.assessments import (
    ask_extension,
    conclude_assessment,
    grant_extension,
    letter_of,
    plan_assessment,
    refuse_extension,
    request_assessment,
)
from platforms.services.booking import (
    accept_booking,
    ask_booking,
    block_time,
    confirm_use,
    decline_booking,
    move_booking,
    remind_bookings,
)
from platforms.services.challenges import delete_challenge_item, save_challenge_item
from platforms.services.change_detection import detect_changes
from platforms.services.changes import (
    explain_change,
    move_change,
    remove_change_file,
    report_change,
)
from platforms.services.claims import claim_platform, decide_claim
from platforms.services.consulting import (
    answer_request,
    ask_departments,
    merge_opinions,
    withdraw_request,
)
from platforms.services.coverage import record_bodies, strike_body
from platforms.services.demo import attach_demo_platform
from platforms.services.eligibility import end_eligibility, record_eligibility
from platforms.services.equipment_import import (
    ImportErrors,
    equipment_template,
    import_equipment,
)
from platforms.services.funding import (
    correct_funding,
    record_funding,
    strike_funding,
)
from platforms.services.listings import (
    confirm_listing,
    confirm_platform,
    create_listing,
    discard_listing,
    edit_listing,
    move_listing,
    receive_listing,
)
from platforms.services.publicity import answer_objection, object_to
from platforms.services.recognition_demo import attach_demo_challenge, attach_demo_programme
from platforms.services.register import (
    edit_entry,
    end_entry,
    receive_entries,
    record_entry,
    strike_entry,
)
from platforms.services.register_import import import_entries, register_template
from platforms.services.reports import close_report, report_listing
from platforms.services.reviewing import (
    answer_invitation,
    assign_assessor,
    assign_expert,
    hand_in_scores,
    record_visit,
)
from platforms.services.roster import (
    correct_recognition,
    expire_recognitions,
    move_recognition,
    record_recognition,
)
from platforms.services.schemes import (
    close_programmes,
    move_programme,
    save_programme,
    sync_schemes,
)
from platforms.services.subsidies import (
    judge_year,
    pay_year,
    plan_subsidy,
    stop_subsidy,
)
from platforms.services.support import (
    move_ticket,
    raise_from_report,
    raise_ticket,
    reply_to_ticket,
    route_ticket,
)
from platforms.services.task_book import may_take_back, remove_task_file, save_task_book
from platforms.services.usage import (
    delete_usage,
    import_usage,
    log_usage,
    receive_usage,
    usage_template,
)
