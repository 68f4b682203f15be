"""The life cycle of an organisation: registered, reviewed by its region's staff, suspended."""

from accounts.enums import OrganisationStatus as S
from core.states import Relation, StateMachine, transition

OWNER, STAFF = Relation.OWNER, Relation.STAFF

ORGANISATION = StateMachine(
    name="organisation",
    title="单位",
    statuses=S,
    initial=S.PENDING,
    transitions=(
        transition("approve", "审核通过", sources=[S.PENDING], target=S.APPROVED,
                   relations=[STAFF], tone="primary"),
        transition("return", "退回补正", sources=[S.PENDING], target=S.RETURNED,
                   relations=[STAFF], reason_required=True),
        transition("resubmit", "重新提交", sources=[S.RETURNED], target=S.PENDING,
                   relations=[OWNER], tone="primary", required_fields=("name", "uscc", "region")),
        transition("suspend", "停用单位", sources=[S.APPROVED], target=S.SUSPENDED,
                   relations=[STAFF], reason_required=True, tone="danger",
                   confirm="停用后该单位不能再发布内容，已发布的内容不受影响。"),
        transition("resume", "恢复使用", sources=[S.SUSPENDED], target=S.APPROVED,
                   relations=[STAFF]),
    ),
)  # fmt: skip
