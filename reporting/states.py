"""The life of a cycle and of a report. The review chain is the jurisdiction's."""

from core.states import Relation, StateMachine, transition
from reporting.enums import EDITABLE, IN_REVIEW
from reporting.enums import CycleStatus as C
from reporting.enums import ReportStatus as R

OWNER, STAFF, SYSTEM = Relation.OWNER, Relation.STAFF, Relation.SYSTEM

CYCLE = StateMachine(
    name="report_cycle",
    title="年度填报",
    statuses=C,
    initial=C.PLANNED,
    transitions=(
        transition("open", "开始填报", sources=[C.PLANNED], target=C.OPEN,
                   relations=[STAFF, SYSTEM], tone="primary",
                   confirm="将为辖区内每个应报平台生成报告并预填，随后通知运营单位。"),
        transition("close", "结束填报", sources=[C.OPEN], target=C.CLOSED,
                   relations=[STAFF], reason_required=True,
                   confirm="结束后运营单位不能再提交。"),
        transition("reopen", "重新开放", sources=[C.CLOSED], target=C.OPEN, relations=[STAFF],
                   reason_required=True),
    ),
)  # fmt: skip

REPORT = StateMachine(
    name="annual_report",
    title="年度报告",
    statuses=R,
    initial=R.FILLING,
    transitions=(
        transition("submit", "提交", sources=EDITABLE, target=R.SUBMITTED, relations=[OWNER],
                   tone="primary", confirm="提交后数据封存，审核退回前不能修改。所填内容属实。"),
        # who reads it first is a matter of the chain: the service routes, nobody clicks
        transition("to_county", "送县区审核", sources=[R.SUBMITTED], target=R.COUNTY,
                   relations=[SYSTEM]),
        transition("to_city", "送市级审核", sources=[R.SUBMITTED], target=R.CITY,
                   relations=[SYSTEM]),
        transition("to_province", "送省级审核", sources=[R.SUBMITTED], target=R.PROVINCE,
                   relations=[SYSTEM]),
        transition("forward_city", "通过，报市级", sources=[R.COUNTY], target=R.CITY,
                   relations=[STAFF], tone="primary"),
        transition("forward_province", "通过，报省级", sources=[R.COUNTY, R.CITY],
                   target=R.PROVINCE, relations=[STAFF], tone="primary"),
        transition("accept", "通过并归档", sources=IN_REVIEW, target=R.ACCEPTED,
                   relations=[STAFF], tone="primary"),
        transition("return", "退回修改", sources=IN_REVIEW, target=R.RETURNED, relations=[STAFF],
                   reason_required=True),
        transition("reopen", "重新打开", sources=[R.ACCEPTED], target=R.REOPENED,
                   relations=[STAFF], reason_required=True, tone="danger",
                   confirm="已归档的报告将可修改，须重新提交和审核；原版本保留。"),
    ),
)  # fmt: skip

STEP_OF = {"county": R.COUNTY, "city": R.CITY, "province": R.PROVINCE}
