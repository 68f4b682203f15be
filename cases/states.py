"""From first contact to confirmed outcome, and the story told of it."""

from cases.enums import BidStatus as B
from cases.enums import CallStatus as K
from cases.enums import CaseStatus as C
from cases.enums import ChallengeStatus as H
from cases.enums import OutcomeStatus as O
from cases.enums import ProjectStatus as P
from cases.enums import VoucherProgrammeStatus as G
from cases.enums import VoucherStatus as V
from core.states import Relation, StateMachine, transition

# in a project the platform is OWNER of the work, the enterprise is COUNTERPART
PLATFORM, ENTERPRISE = Relation.OWNER, Relation.COUNTERPART
STAFF, SYSTEM = Relation.STAFF, Relation.SYSTEM
OPEN = [P.ENQUIRY, P.IN_TALKS, P.QUOTED]

PROJECT = StateMachine(
    name="project",
    title="对接项目",
    statuses=P,
    initial=P.ENQUIRY,
    transitions=(
        transition("answer", "回复", sources=[P.ENQUIRY], target=P.IN_TALKS, relations=[PLATFORM],
                   tone="primary"),
        transition("quote", "报价", sources=OPEN, target=P.QUOTED,
                   relations=[PLATFORM, SYSTEM], tone="primary"),
        transition("decline", "婉拒", sources=OPEN, target=P.DECLINED, relations=[PLATFORM],
                   reason_required=True, tone="danger", confirm="婉拒后企业会收到您的理由。"),
        transition("contract", "确认签约", sources=[P.QUOTED], target=P.CONTRACTED,
                   relations=[ENTERPRISE], tone="primary"),
        transition("begin", "开始中试", sources=[P.CONTRACTED], target=P.PILOTING,
                   relations=[PLATFORM], tone="primary"),
        transition("deliver", "交付", sources=[P.PILOTING], target=P.DELIVERED,
                   relations=[PLATFORM], tone="primary"),
        transition("close", "办结", sources=[P.DELIVERED], target=P.CLOSED,
                   relations=[ENTERPRISE, SYSTEM]),
        transition("cancel", "取消对接", sources=[*OPEN, P.CONTRACTED], target=P.CANCELLED,
                   relations=[ENTERPRISE], reason_required=True, tone="danger",
                   confirm="取消后不能恢复，可重新发起咨询。"),
    ),
)  # fmt: skip

OUTCOME = StateMachine(
    name="outcome",
    title="成果确认",
    statuses=O,
    initial=O.CLAIMED,
    transitions=(
        transition("confirm", "确认属实", sources=[O.CLAIMED], target=O.CONFIRMED,
                   relations=[ENTERPRISE], tone="primary"),
        transition("reject", "不认可", sources=[O.CLAIMED], target=O.REJECTED,
                   relations=[ENTERPRISE], reason_required=True, tone="danger"),
    ),
)  # fmt: skip

RECEIPT = StateMachine(
    name="receipt",
    title="到账确认",
    statuses=O,
    initial=O.CLAIMED,
    transitions=(
        transition("confirm", "确认已付", sources=[O.CLAIMED], target=O.CONFIRMED,
                   # what public money paid needs nobody's word
                   relations=[ENTERPRISE, SYSTEM], tone="primary"),
        transition("reject", "不认可", sources=[O.CLAIMED], target=O.REJECTED,
                   relations=[ENTERPRISE], reason_required=True, tone="danger"),
    ),
)  # fmt: skip

CASE = StateMachine(
    name="case",
    title="典型案例",
    statuses=C,
    initial=C.DRAFT,
    transitions=(
        transition("ask_consent", "请企业同意", sources=[C.DRAFT], target=C.IN_CONSENT,
                   relations=[PLATFORM], tone="primary"),
        transition("consent", "同意公开", sources=[C.IN_CONSENT], target=C.IN_REVIEW,
                   relations=[ENTERPRISE], tone="primary"),
        transition("refuse", "不同意", sources=[C.IN_CONSENT], target=C.DRAFT,
                   relations=[ENTERPRISE], reason_required=True),
        transition("publish", "发布", sources=[C.IN_REVIEW], target=C.PUBLISHED,
                   relations=[STAFF, SYSTEM], tone="primary"),
        transition("return", "退回修改", sources=[C.IN_REVIEW], target=C.DRAFT, relations=[STAFF],
                   reason_required=True),
        transition("withdraw", "撤下", sources=[C.PUBLISHED], target=C.WITHDRAWN,
                   relations=[PLATFORM, ENTERPRISE, STAFF], reason_required=True, tone="danger",
                   confirm="撤下后公众将看不到这个案例。"),
    ),
)  # fmt: skip

CALL = StateMachine(
    name="case_call",
    title="案例征集",
    statuses=K,
    initial=K.DRAFT,
    transitions=(
        transition("open", "发布征集", sources=[K.DRAFT], target=K.OPEN, relations=[STAFF],
                   tone="primary", confirm="发布后公众可见，评分标准不能再改。"),
        transition("score", "截止并开始评分", sources=[K.OPEN], target=K.SCORING,
                   relations=[STAFF], tone="primary", confirm="开始评分后不再接受报名。"),
        transition("select", "公布入选", sources=[K.SCORING], target=K.SELECTED,
                   relations=[STAFF], tone="primary",
                   confirm="公布后公众可见入选案例，不能再改评分。"),
        transition("cancel", "取消征集", sources=[K.OPEN, K.SCORING], target=K.CANCELLED,
                   relations=[STAFF], reason_required=True, tone="danger",
                   confirm="页面保留并写明取消原因；报名的平台和受邀专家会收到通知。"),
    ),
)  # fmt: skip

VOUCHER_PROGRAMME = StateMachine(
    name="voucher_programme",
    title="服务券方案",
    statuses=G,
    initial=G.DRAFT,
    transitions=(
        transition("open", "开放申领", sources=[G.DRAFT], target=G.OPEN, relations=[STAFF],
                   tone="primary", confirm="开放后公众可见，除预算和截止日期外的规则不能再改。"),
        transition("close", "停止申领", sources=[G.OPEN], target=G.CLOSED, relations=[STAFF],
                   confirm="停止后不能再申领；已发放的券照常使用和兑付。"),
        transition("settle", "结清", sources=[G.CLOSED], target=G.SETTLED, relations=[STAFF],
                   tone="primary", confirm="所有券都办完后才能结清，结清后不能恢复。"),
    ),
)  # fmt: skip

# of a voucher its enterprise is OWNER, the platform of its contract COUNTERPART, the staff of the
# region that pays STAFF
HOLDER, PROVIDER = Relation.OWNER, Relation.COUNTERPART
VOUCHER = StateMachine(
    name="voucher",
    title="中试服务券",
    statuses=V,
    initial=V.ISSUED,
    transitions=(
        transition("bind", "用于合同", sources=[V.ISSUED], target=V.BOUND, relations=[HOLDER],
                   tone="primary"),
        # the holder or the platform, as the mode says
        transition("request", "申请兑付", sources=[V.BOUND, V.RETURNED], target=V.REQUESTED,
                   relations=[HOLDER, PROVIDER], tone="primary"),
        transition("approve", "审核通过", sources=[V.REQUESTED], target=V.APPROVED,
                   relations=[STAFF], tone="primary", confirm="通过后等待拨付，不能撤回。"),
        transition("return", "退回补正", sources=[V.REQUESTED], target=V.RETURNED,
                   relations=[STAFF], reason_required=True,
                   confirm="申请方会看到理由，补正后可再申请。"),
        transition("refuse", "不予兑付", sources=[V.REQUESTED, V.RETURNED], target=V.REFUSED,
                   relations=[STAFF], reason_required=True, tone="danger",
                   confirm="不予兑付后不能恢复，预算退回方案。"),
        transition("pay", "登记拨付", sources=[V.APPROVED], target=V.PAID, relations=[STAFF],
                   required_fields=("paid_date", "payment_reference"), tone="primary"),
        transition("expire", "过期", sources=[V.ISSUED], target=V.EXPIRED, relations=[SYSTEM]),
        transition("void", "作废", sources=[V.ISSUED, V.BOUND], target=V.VOIDED,
                   relations=[HOLDER, STAFF], reason_required=True, tone="danger",
                   confirm="作废后不能恢复，预算退回方案；申领期内可以重新申领。"),
    ),
)  # fmt: skip

# of a challenge the one who put it forward is OWNER; of a bid the bidder, the poser COUNTERPART
CHALLENGE = StateMachine(
    name="challenge",
    title="技术揭榜项目",
    statuses=H,
    initial=H.DRAFT,
    transitions=(
        transition("submit", "提交审核", sources=[H.DRAFT, H.RETURNED], target=H.IN_REVIEW,
                   relations=[Relation.OWNER], tone="primary"),
        transition("accept", "审核通过", sources=[H.IN_REVIEW], target=H.ACCEPTED,
                   relations=[STAFF], tone="primary"),
        transition("return", "退回修改", sources=[H.IN_REVIEW, H.ACCEPTED],
                   target=H.RETURNED, relations=[STAFF], reason_required=True),
        transition("publish", "发榜", sources=[H.ACCEPTED], target=H.OPEN, relations=[STAFF],
                   tone="primary"),
        transition("withdraw", "撤榜",
                   sources=[H.DRAFT, H.RETURNED, H.IN_REVIEW, H.ACCEPTED, H.OPEN],
                   target=H.WITHDRAWN, relations=[Relation.OWNER, STAFF, SYSTEM],
                   reason_required=True, tone="danger",
                   confirm="撤榜后不能恢复；已揭榜的单位会收到通知，方案不再拆封。"),
        transition("unseal", "拆封方案", sources=[H.OPEN], target=H.JUDGING,
                   relations=[Relation.OWNER, STAFF, SYSTEM], tone="primary"),
        transition("choose", "选定并公示", sources=[H.JUDGING], target=H.PUBLICITY,
                   relations=[Relation.OWNER], tone="primary"),
        transition("award", "选定", sources=[H.JUDGING], target=H.AWARDED,
                   relations=[Relation.OWNER], tone="primary"),
        transition("settle", "公示期满，确认中选", sources=[H.PUBLICITY], target=H.AWARDED,
                   relations=[Relation.OWNER, STAFF, SYSTEM], tone="primary"),
        transition("reopen", "异议成立，重新评审", sources=[H.PUBLICITY], target=H.JUDGING,
                   relations=[STAFF], reason_required=True, tone="danger"),
        transition("fail", "不选定，结束揭榜", sources=[H.JUDGING], target=H.FAILED,
                   relations=[Relation.OWNER], reason_required=True, tone="danger",
                   confirm="揭榜的单位会看到原因；以后可以重新提出。"),
        transition("resume", "对接中断，重新评审", sources=[H.AWARDED], target=H.JUDGING,
                   relations=[SYSTEM]),
        transition("finish", "验收", sources=[H.AWARDED], target=H.DONE, relations=[SYSTEM]),
        transition("miss", "未达要求", sources=[H.AWARDED], target=H.FAILED, relations=[SYSTEM]),
    ),
)  # fmt: skip

BID = StateMachine(
    name="bid",
    title="揭榜方案",
    statuses=B,
    initial=B.DRAFT,
    transitions=(
        transition("submit", "提交方案", sources=[B.DRAFT, B.WITHDRAWN], target=B.SUBMITTED,
                   relations=[Relation.OWNER], tone="primary"),
        transition("withdraw", "撤回方案", sources=[B.SUBMITTED], target=B.WITHDRAWN,
                   relations=[Relation.OWNER], tone="danger",
                   confirm="撤回后不参加评审，截止前可以再提交。"),
        transition("win", "中选", sources=[B.SUBMITTED, B.LOST], target=B.WON,
                   relations=[Relation.COUNTERPART]),
        transition("lose", "未中选", sources=[B.SUBMITTED, B.WON], target=B.LOST,
                   relations=[Relation.COUNTERPART, SYSTEM]),
    ),
)  # fmt: skip
