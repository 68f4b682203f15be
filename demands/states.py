"""The life cycles of a demand (G03) and of its disclosure to an organisation (D08)."""

from core.states import Relation, StateMachine, transition
from demands.enums import DemandStatus as S
from demands.enums import DisclosureStatus as D

OWNER, STAFF, BROKER, SYSTEM = Relation.OWNER, Relation.STAFF, Relation.BROKER, Relation.SYSTEM
COUNTERPART = Relation.COUNTERPART

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
            "withdraw", "撤回需求", sources=[S.OPEN], target=S.WITHDRAWN,
            relations=[OWNER, SYSTEM], reason_required=True, tone="danger",
            confirm="撤回后平台看不到这条需求，可以重新发布。",
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
        # what a neighbouring portal publishes again, and nobody here has taken over
        transition(
            "restore", "恢复公开", sources=[S.WITHDRAWN, S.EXPIRED], target=S.OPEN,
            relations=[SYSTEM],
        ),
    ),
)  # fmt: skip

DISCLOSURE = StateMachine(
    name="disclosure",
    title="保密需求的查看",
    statuses=D,
    initial=D.REQUESTED,
    transitions=(
        transition(
            "request", "再次申请查看", sources=[D.DECLINED, D.REVOKED], target=D.REQUESTED,
            relations=[COUNTERPART],
        ),
        transition(
            "grant", "同意", sources=[D.REQUESTED, D.DECLINED, D.REVOKED], target=D.GRANTED,
            relations=[OWNER], tone="primary",
        ),
        transition(
            "decline", "不同意", sources=[D.REQUESTED], target=D.DECLINED, relations=[OWNER],
            reason_required=True,
        ),
        transition(
            "promise", "接受保密承诺", sources=[D.GRANTED], target=D.PROMISED,
            relations=[COUNTERPART], tone="primary",
        ),
        transition(
            "revoke", "撤回", sources=[D.GRANTED, D.PROMISED], target=D.REVOKED,
            relations=[OWNER], confirm="撤回后对方不能再看全文；查看记录留着，承诺仍然有效。",
        ),
    ),
)  # fmt: skip
