"""The life cycle of a demand (G03): draft, review, publish, amend, withdraw, expire, fulfil."""

from core.states import Relation, StateMachine, transition
from demands.enums import DemandStatus as S

OWNER, STAFF, BROKER, SYSTEM = Relation.OWNER, Relation.STAFF, Relation.BROKER, Relation.SYSTEM

DEMAND = StateMachine(
    name="demand",
    title="中试需求",
    statuses=S,
    initial=S.DRAFT,
    transitions=(
        transition(
            "submit", "提交发布", sources=[S.DRAFT, S.RETURNED], target=S.IN_REVIEW,
            relations=[OWNER], tone="primary", required_fields=("title", "description", "field"),
        ),
        transition("recall", "撤回修改", sources=[S.IN_REVIEW], target=S.DRAFT, relations=[OWNER]),
        transition(
            "publish", "通过并发布", sources=[S.IN_REVIEW], target=S.OPEN,
            relations=[STAFF, BROKER, SYSTEM], tone="primary",
        ),
        transition(
            "return", "退回修改", sources=[S.IN_REVIEW, S.OPEN], target=S.RETURNED,
            relations=[STAFF, BROKER], reason_required=True,
        ),
        transition(
            "withdraw", "撤回需求", sources=[S.OPEN], target=S.WITHDRAWN, relations=[OWNER],
            reason_required=True, tone="danger", confirm="撤回后平台看不到这条需求，可以重新发布。",
        ),
        transition(
            "fulfil", "标为已对接成功", sources=[S.OPEN, S.EXPIRED], target=S.FULFILLED,
            relations=[OWNER, SYSTEM],
        ),
        transition("expire", "到期", sources=[S.OPEN], target=S.EXPIRED, relations=[SYSTEM]),
        transition(
            "reopen", "重新编辑", sources=[S.WITHDRAWN, S.EXPIRED], target=S.DRAFT,
            relations=[OWNER],
        ),
    ),
)  # fmt: skip
