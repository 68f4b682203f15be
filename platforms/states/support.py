"""Life cycle of what platforms ask for (G48): passed on, answered, judged by the platform."""

from core.states import Relation, StateMachine, transition
from platforms.enums import TicketStatus as T

OWNER, STAFF, COUNTERPART = Relation.OWNER, Relation.STAFF, Relation.COUNTERPART

TICKET = StateMachine(
    name="support_ticket",
    title="要素诉求",
    statuses=T,
    initial=T.SUBMITTED,
    transitions=(
        transition("route", "分办", sources=[T.SUBMITTED, T.HANDLING], target=T.HANDLING,
                   relations=[STAFF], tone="primary", required_fields=("due_at",)),
        transition("answer", "正式答复", sources=[T.HANDLING], target=T.ANSWERED,
                   relations=[STAFF, COUNTERPART], reason_required=True, tone="primary"),
        transition("accept", "满意，办结", sources=[T.ANSWERED], target=T.CLOSED,
                   relations=[OWNER], tone="primary"),
        transition("insist", "没有解决，继续办理", sources=[T.ANSWERED], target=T.HANDLING,
                   relations=[OWNER], reason_required=True),
        transition("end", "不满意，结束", sources=[T.ANSWERED], target=T.CLOSED,
                   relations=[OWNER], reason_required=True),
        transition("close", "办结归档", sources=[T.ANSWERED], target=T.CLOSED,
                   relations=[STAFF], reason_required=True),
        transition("withdraw", "撤回", sources=[T.SUBMITTED, T.HANDLING], target=T.WITHDRAWN,
                   relations=[OWNER], confirm="撤回后不再办理，需要时可以重新提出。"),
    ),
)  # fmt: skip
