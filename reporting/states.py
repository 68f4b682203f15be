"""The life of a cycle and of a report. The review chain is the jurisdiction's."""

from core.states import Relation, StateMachine, transition
from reporting.enums import EDITABLE, IN_REVIEW
from reporting.enums import AlertStatus as A
from reporting.enums import CycleStatus as C
from reporting.enums import DisputeStatus as D
from reporting.enums import ListStatus as L
from reporting.enums import PublicationStatus as P
from reporting.enums import ReportStatus as R
from reporting.enums import RewardStatus as W
from reporting.enums import RunStatus as E

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
        transition("recall", "撤回修改", sources=IN_REVIEW, target=R.FILLING, relations=[OWNER],
                   confirm="审核还没有开始，撤回后可以修改，须重新提交；已封存的版本保留。"),
        transition("reopen", "重新打开", sources=[R.ACCEPTED], target=R.REOPENED,
                   relations=[STAFF], reason_required=True, tone="danger",
                   confirm="已归档的报告将可修改，须重新提交和审核；原版本保留。"),
    ),
)  # fmt: skip

STEP_OF = {"county": R.COUNTY, "city": R.CITY, "province": R.PROVINCE}

EVALUATION = StateMachine(
    name="evaluation",
    title="评价",
    statuses=E,
    initial=E.DRAFT,
    transitions=(
        transition("finish", "计算完成", sources=[E.DRAFT], target=E.COMPUTED, relations=[SYSTEM]),
        transition("show", "开始公示", sources=[E.COMPUTED], target=E.PUBLICITY,
                   relations=[STAFF, SYSTEM], tone="primary",
                   confirm="各平台将看到自己的结果，可在公示期内提出异议。此后只能更正查实的数值。"),
        transition("back", "停止公示", sources=[E.PUBLICITY], target=E.COMPUTED,
                   relations=[STAFF], reason_required=True,
                   confirm="平台不再看到结果，可以重新计算后再次公示。"),
        transition("publish", "公布结果", sources=[E.PUBLICITY], target=E.PUBLISHED,
                   relations=[STAFF, SYSTEM], tone="primary",
                   confirm="公布后等次公开显示，不能再更改。"),
        transition("cancel", "取消评价", sources=[E.DRAFT, E.COMPUTED, E.PUBLICITY],
                   target=E.CANCELLED, relations=[STAFF], reason_required=True, tone="danger"),
    ),
)  # fmt: skip

DISPUTE = StateMachine(
    name="evaluation_dispute",
    title="评价异议",
    statuses=D,
    initial=D.OPEN,
    transitions=(
        transition("uphold", "采纳并更正", sources=[D.OPEN], target=D.UPHELD, relations=[STAFF],
                   reason_required=True, tone="primary"),
        transition("reject", "不采纳", sources=[D.OPEN], target=D.REJECTED, relations=[STAFF],
                   reason_required=True),
        transition("withdraw", "撤回异议", sources=[D.OPEN], target=D.WITHDRAWN,
                   relations=[OWNER]),
    ),
)  # fmt: skip

REWARD = StateMachine(
    name="reward_plan",
    title="奖补方案",
    statuses=W,
    initial=W.DRAFT,
    transitions=(
        transition("show", "开始公示", sources=[W.DRAFT], target=W.PUBLICITY,
                   relations=[STAFF, SYSTEM], tone="primary",
                   confirm="奖补名单和金额将公开显示。"),
        transition("decide", "作出决定", sources=[W.PUBLICITY], target=W.DECIDED,
                   relations=[STAFF, SYSTEM], tone="primary",
                   required_fields=("document_number",),
                   confirm="名单将记入财政资金台账，不能撤销。"),
        transition("cancel", "取消方案", sources=[W.DRAFT, W.PUBLICITY], target=W.CANCELLED,
                   relations=[STAFF], reason_required=True, tone="danger"),
    ),
)  # fmt: skip

PUBLICATION = StateMachine(
    name="publication",
    title="发布物",
    statuses=P,
    initial=P.DRAFT,
    transitions=(
        transition("submit", "送审", sources=[P.DRAFT], target=P.IN_REVIEW, relations=[STAFF],
                   tone="primary",
                   confirm="将生成网页、PDF、Word、Excel 和 JSON 供核对；退回之前不能修改。"),
        transition("return", "退回修改", sources=[P.IN_REVIEW], target=P.DRAFT,
                   relations=[STAFF], reason_required=True),
        transition("publish", "发布", sources=[P.IN_REVIEW], target=P.PUBLISHED,
                   relations=[STAFF], tone="primary",
                   confirm="发布后任何人可见，内容不能再改；更正须另出新版。"),
        transition("withdraw", "撤回", sources=[P.PUBLISHED], target=P.WITHDRAWN,
                   relations=[STAFF], reason_required=True, tone="danger",
                   confirm="页面保留并写明撤回原因，内容和文件不再公开。"),
    ),
)  # fmt: skip

PUBLISHED_LIST = StateMachine(
    name="published_list",
    title="清单",
    statuses=L,
    initial=L.ISSUING,
    transitions=(
        transition("complete", "完成", sources=[L.ISSUING], target=L.PUBLISHED,
                   relations=[SYSTEM]),
        transition("withdraw", "撤回", sources=[L.PUBLISHED], target=L.WITHDRAWN,
                   relations=[STAFF], reason_required=True, tone="danger",
                   confirm="这一期的编号和撤回原因保留，清单内容不再公开。"),
    ),
)  # fmt: skip

# a value back within its bounds closes its alert by itself; a person who closes it before shows
# what was done, and the alert opens again should the value stay where it is (C18)
ALERT = StateMachine(
    name="alert",
    title="运行预警",
    statuses=A,
    initial=A.OPEN,
    transitions=(
        transition("close", "办结", sources=[A.OPEN], target=A.CLOSED,
                   relations=[STAFF, SYSTEM], reason_required=True, tone="primary"),
        transition("reopen", "重新打开", sources=[A.CLOSED], target=A.OPEN,
                   relations=[STAFF, SYSTEM], reason_required=True,
                   confirm="办结不算数，须在新的期限前再次处理。"),
    ),
)  # fmt: skip
