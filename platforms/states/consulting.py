"""Life cycle of what a department is asked (G49): answered, corrected, merged, taken back."""

from core.states import Relation, StateMachine, transition
from platforms.enums import RequestStatus as Q

STAFF, COUNTERPART, SYSTEM = Relation.STAFF, Relation.COUNTERPART, Relation.SYSTEM

OPINION_REQUEST = StateMachine(
    name="opinion_request",
    title="征求部门意见",
    statuses=Q,
    initial=Q.ASKED,
    transitions=(
        transition("answer", "提交意见", sources=[Q.ASKED, Q.ANSWERED], target=Q.ANSWERED,
                   relations=[COUNTERPART], tone="primary", required_fields=("stance",)),
        transition("merge", "汇总", sources=[Q.ANSWERED], target=Q.MERGED, relations=[STAFF],
                   tone="primary"),
        transition("withdraw", "撤回征求", sources=[Q.ASKED], target=Q.WITHDRAWN,
                   relations=[STAFF, SYSTEM], reason_required=True,
                   confirm="撤回后该部门不再答复，也不再能看到这件申报。"),
    ),
)  # fmt: skip
