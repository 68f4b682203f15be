"""Life cycle of bookings (G09): asked, answered, used or not; time kept back by the platform."""

from core.states import Relation, StateMachine, transition
from platforms.enums import BookingStatus as B

PLATFORM, ASKER = Relation.OWNER, Relation.COUNTERPART

BOOKING = StateMachine(
    name="booking",
    title="设备与中试线预约",
    statuses=B,
    initial=B.REQUESTED,
    transitions=(
        transition("accept", "受理", sources=[B.REQUESTED], target=B.ACCEPTED,
                   relations=[PLATFORM], tone="primary", required_fields=("unit",)),
        transition("decline", "婉拒", sources=[B.REQUESTED], target=B.DECLINED,
                   relations=[PLATFORM], required_fields=("decline_reason",), tone="danger",
                   confirm="婉拒后对方会收到您的理由。"),
        transition("withdraw", "撤回", sources=[B.REQUESTED, B.ACCEPTED], target=B.WITHDRAWN,
                   relations=[ASKER], confirm="撤回后时段让出，需要时可以重新申请。"),
        # said again, it corrects the hours
        transition("use", "登记实际使用", sources=[B.ACCEPTED, B.USED], target=B.USED,
                   relations=[PLATFORM], tone="primary", required_fields=("used_hours",)),
        transition("cancel", "取消或未使用", sources=[B.ACCEPTED], target=B.NOT_USED,
                   relations=[PLATFORM], reason_required=True, tone="danger",
                   confirm="时段让出，不计机时；对方会收到您的原因。"),
        transition("release", "取消停用", sources=[B.BLOCKED], target=B.WITHDRAWN,
                   relations=[PLATFORM], confirm="时段重新开放预约。"),
    ),
)  # fmt: skip
