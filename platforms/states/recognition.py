"""Life cycles of recognition (G15–G20): batch, application, review, status, change report."""

from core.states import Relation, StateMachine, transition
from platforms.enums import AppealStatus as P
from platforms.enums import ApplicationStatus as A
from platforms.enums import AssignmentStatus as E
from platforms.enums import ChangeStatus as C
from platforms.enums import ProgrammeStatus as B
from platforms.enums import RecognitionStatus as R

OWNER, STAFF, REVIEWER, SYSTEM = (
    Relation.OWNER,
    Relation.STAFF,
    Relation.REVIEWER,
    Relation.SYSTEM,
)

PROGRAMME = StateMachine(
    name="programme",
    title="申报批次",
    statuses=B,
    initial=B.DRAFT,
    transitions=(
        transition("open", "发布并受理", sources=[B.DRAFT], target=B.OPEN,
                   relations=[STAFF, SYSTEM], tone="primary",
                   confirm="发布后所有人可见，并通知辖区内的平台运营单位。"),
        transition("close", "截止受理", sources=[B.OPEN], target=B.CLOSED,
                   relations=[STAFF, SYSTEM]),
        transition("reopen", "重新受理", sources=[B.CLOSED], target=B.OPEN, relations=[STAFF],
                   reason_required=True),
    ),
)  # fmt: skip

REVIEWS = (A.COUNTY, A.CITY, A.PROVINCE)
# where an application is somebody's work
STAGES = (*REVIEWS, A.EXPERTS, A.SITE, A.PUBLICITY, A.DECISION)
UNDER_WAY = (A.SUBMITTED, *STAGES)
# which stages come next is the ladder's business: access lets only the next of the path pass
APPLICATION = StateMachine(
    name="application",
    title="申报",
    statuses=A,
    initial=A.DRAFT,
    transitions=(
        transition("submit", "提交申报", sources=[A.DRAFT, A.RETURNED], target=A.SUBMITTED,
                   relations=[OWNER], tone="primary",
                   confirm="提交即承诺所填内容和材料真实。受理期间不能修改，可以撤回。"),
        transition("to_county", "送县区初审", sources=[A.SUBMITTED], target=A.COUNTY,
                   relations=[SYSTEM]),
        transition("to_city", "报送市级审核", sources=[A.SUBMITTED, A.COUNTY], target=A.CITY,
                   relations=[STAFF, SYSTEM], tone="primary"),
        transition("to_province", "报送省级审核", sources=[A.SUBMITTED, A.COUNTY, A.CITY],
                   target=A.PROVINCE, relations=[STAFF, SYSTEM], tone="primary"),
        transition("to_experts", "送专家评审", sources=REVIEWS, target=A.EXPERTS,
                   relations=[STAFF], tone="primary"),
        transition("to_site", "转现场核查", sources=[*REVIEWS, A.EXPERTS], target=A.SITE,
                   relations=[STAFF], tone="primary"),
        transition("to_publicity", "开始公示", sources=[*REVIEWS, A.EXPERTS, A.SITE],
                   target=A.PUBLICITY, relations=[STAFF], tone="primary",
                   confirm="平台名称、申报单位、地区和建设类型将向社会公示。"),
        transition("to_decision", "提请决定", sources=[*REVIEWS, A.EXPERTS, A.SITE, A.PUBLICITY],
                   target=A.DECISION, relations=[STAFF, SYSTEM], tone="primary"),
        transition("recognise", "同意认定", sources=[A.DECISION], target=A.RECOGNISED,
                   relations=[STAFF], tone="primary", required_fields=("decision_number",),
                   confirm="将生成证书并记入名册。"),
        transition("return", "退回补正", sources=REVIEWS, target=A.RETURNED, relations=[STAFF],
                   reason_required=True),
        transition("reject", "不予通过", sources=[*REVIEWS, A.EXPERTS, A.SITE, A.PUBLICITY,
                   A.DECISION], target=A.REJECTED, relations=[STAFF], reason_required=True,
                   tone="danger"),
        transition("withdraw", "撤回申报", sources=[A.DRAFT, A.RETURNED, *UNDER_WAY],
                   target=A.WITHDRAWN, relations=[OWNER], tone="danger",
                   confirm="撤回后本次申报终止；受理期内可以重新申报。"),
        transition("reconsider", "重新审议", sources=[A.REJECTED], target=A.DECISION,
                   relations=[SYSTEM]),
    ),
)  # fmt: skip
TRANSITION_TO = {
    row.target: row.name for row in APPLICATION.transitions if row.name.startswith("to_")
}

ASSIGNMENT = StateMachine(
    name="expert_assignment",
    title="专家评审",
    statuses=E,
    initial=E.INVITED,
    transitions=(
        transition("declare", "声明无利益关系", sources=[E.INVITED], target=E.SCORING,
                   relations=[REVIEWER], tone="primary",
                   confirm="本人与申报单位、平台负责人没有任职、投资、合作、亲属等利益关系，"
                   "评审内容保密。"),
        transition("decline", "有利益关系，回避", sources=[E.INVITED, E.SCORING],
                   target=E.DECLINED, relations=[REVIEWER], reason_required=True),
        transition("score", "提交评分", sources=[E.SCORING], target=E.SCORED,
                   relations=[REVIEWER], tone="primary", required_fields=("total",)),
        transition("reopen", "请专家重评", sources=[E.SCORED], target=E.SCORING,
                   relations=[STAFF], reason_required=True),
        transition("release", "取消邀请", sources=[E.INVITED, E.SCORING], target=E.RELEASED,
                   relations=[STAFF],
                   confirm="逾期没有答复或不能参加的专家不再参加本次评审，可以另邀他人。"),
    ),
)  # fmt: skip

ON_ROSTER = (R.ACTIVE, R.WARNED, R.RECTIFYING)
# not over: being built, or on the roster
LIVE = (R.BUILDING, *ON_ROSTER)
RECOGNITION = StateMachine(
    name="recognition",
    title="认定状态",
    statuses=R,
    initial=R.BUILDING,
    transitions=(
        transition("accept", "验收通过，纳入序列", sources=[R.BUILDING], target=R.ACTIVE,
                   relations=[STAFF], tone="primary"),
        transition("warn", "警示", sources=[R.ACTIVE], target=R.WARNED, relations=[STAFF],
                   reason_required=True),
        transition("rectify", "责令整改", sources=[R.ACTIVE, R.WARNED], target=R.RECTIFYING,
                   relations=[STAFF], reason_required=True, required_fields=("rectify_by",)),
        transition("restore", "整改合格，恢复", sources=[R.WARNED, R.RECTIFYING],
                   target=R.ACTIVE, relations=[STAFF], reason_required=True),
        transition("remove", "取消资格", sources=[R.BUILDING, *ON_ROSTER], target=R.REMOVED,
                   relations=[STAFF], reason_required=True, tone="danger",
                   confirm="退出名册并公告原因；平台页面和历史保留。"),
        transition("resign", "主动退出", sources=[R.BUILDING, *ON_ROSTER], target=R.REMOVED,
                   relations=[OWNER], reason_required=True, tone="danger",
                   confirm="退出名册后须重新申报才能恢复。"),
        transition("expire", "到期", sources=ON_ROSTER, target=R.EXPIRED, relations=[SYSTEM]),
        transition("reinstate", "申诉成立，恢复", sources=[R.REMOVED], target=R.ACTIVE,
                   relations=[SYSTEM], reason_required=True),
        transition("rebuild", "申诉成立，继续建设", sources=[R.REMOVED], target=R.BUILDING,
                   relations=[SYSTEM], reason_required=True),
    ),
)  # fmt: skip

CHANGE = StateMachine(
    name="change_report",
    title="重要变动报告",
    statuses=C,
    initial=C.ASKED,
    transitions=(
        transition("submit", "提交报告", sources=[C.ASKED, C.RETURNED, C.WITHDRAWN],
                   target=C.SUBMITTED,
                   relations=[OWNER], tone="primary", required_fields=("note",)),
        transition("accept", "核准", sources=[C.SUBMITTED], target=C.ACCEPTED,
                   relations=[STAFF], tone="primary"),
        transition("return", "退回补充", sources=[C.SUBMITTED], target=C.RETURNED,
                   relations=[STAFF], reason_required=True),
        transition("dismiss", "无须报告", sources=[C.ASKED, C.SUBMITTED], target=C.DISMISSED,
                   relations=[STAFF, SYSTEM], reason_required=True),
        transition("disclaim", "不属于重要变动", sources=[C.ASKED], target=C.DISMISSED,
                   relations=[OWNER], reason_required=True,
                   confirm="请说明理由，例如更正笔误。主管部门会看到，可以要求补报。"),
        transition("withdraw", "撤回", sources=[C.SUBMITTED], target=C.WITHDRAWN,
                   relations=[OWNER],
                   confirm="撤回后可以修改内容和材料再提交；不再提交的，不作为已报告。"),
        transition("ask", "要求补报", sources=[C.DISMISSED, C.WITHDRAWN], target=C.ASKED,
                   relations=[STAFF], reason_required=True),
    ),
)  # fmt: skip

APPEAL = StateMachine(
    name="appeal",
    title="申诉",
    statuses=P,
    initial=P.OPEN,
    transitions=(
        transition("uphold", "申诉成立", sources=[P.OPEN], target=P.UPHELD, relations=[STAFF],
                   reason_required=True, tone="primary",
                   confirm="申报将回到决定环节；已取消的资格将恢复，在建的继续建设。"),
        transition("dismiss", "维持原决定", sources=[P.OPEN], target=P.DISMISSED,
                   relations=[STAFF], reason_required=True),
    ),
)  # fmt: skip
