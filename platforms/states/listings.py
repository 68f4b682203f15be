"""Life cycles of listings (platform, capability, resource, solution) and of claims."""

from core.states import Relation, StateMachine, transition
from platforms.enums import ClaimStatus, ListingStatus, ReportStatus

DRAFT, IN_REVIEW, RETURNED, PUBLISHED, WITHDRAWN = (
    ListingStatus.DRAFT,
    ListingStatus.IN_REVIEW,
    ListingStatus.RETURNED,
    ListingStatus.PUBLISHED,
    ListingStatus.WITHDRAWN,
)
OWNER, STAFF, SYSTEM = Relation.OWNER, Relation.STAFF, Relation.SYSTEM

LISTING = StateMachine(
    name="listing",
    title="平台、能力与资源",
    statuses=ListingStatus,
    initial=DRAFT,
    transitions=(
        transition(
            "submit", "提交审核", sources=[DRAFT, RETURNED], target=IN_REVIEW,
            relations=[OWNER, SYSTEM], tone="primary",
            # L22: nothing secret may enter a shared register
            confirm="提交即声明：所填内容属实，不涉及国家秘密和他人商业秘密。",
        ),
        transition("recall", "撤回修改", sources=[IN_REVIEW], target=DRAFT, relations=[OWNER]),
        transition(
            "publish", "通过并发布", sources=[IN_REVIEW], target=PUBLISHED,
            relations=[STAFF, SYSTEM], tone="primary",
        ),
        transition(
            "return", "退回修改", sources=[IN_REVIEW, PUBLISHED], target=RETURNED,
            relations=[STAFF], reason_required=True,
        ),
        transition(
            "withdraw", "下架", sources=[PUBLISHED], target=WITHDRAWN,
            relations=[OWNER, STAFF, SYSTEM], reason_required=True, tone="danger",
            confirm="下架后公众将看不到，可随时重新提交。",
        ),
        transition(
            "reopen", "重新编辑", sources=[WITHDRAWN], target=DRAFT, relations=[OWNER],
        ),
        # what a neighbouring portal publishes again, and nobody here has taken over
        transition(
            "restore", "恢复公开", sources=[WITHDRAWN], target=PUBLISHED, relations=[SYSTEM],
        ),
    ),
)  # fmt: skip

CLAIM = StateMachine(
    name="claim",
    title="平台认领",
    statuses=ClaimStatus,
    initial=ClaimStatus.PENDING,
    transitions=(
        transition(
            "approve", "同意认领", sources=[ClaimStatus.PENDING], target=ClaimStatus.APPROVED,
            relations=[STAFF], tone="primary",
        ),
        transition(
            "reject", "不同意", sources=[ClaimStatus.PENDING], target=ClaimStatus.REJECTED,
            relations=[STAFF], reason_required=True, tone="danger",
        ),
    ),
)  # fmt: skip

REPORT = StateMachine(
    name="report",
    title="信息纠错",
    statuses=ReportStatus,
    initial=ReportStatus.OPEN,
    transitions=(
        transition(
            "resolve", "已更正", sources=[ReportStatus.OPEN], target=ReportStatus.RESOLVED,
            relations=[OWNER, STAFF], tone="primary",
        ),
        transition(
            "dismiss", "情况不实", sources=[ReportStatus.OPEN], target=ReportStatus.DISMISSED,
            relations=[STAFF], reason_required=True,
        ),
    ),
)  # fmt: skip
