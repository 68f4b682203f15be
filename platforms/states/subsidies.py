"""Life cycle of one year of a declining subsidy (C07): judged by results, then paid."""

from core.states import Relation, StateMachine, transition
from platforms.enums import SubsidyStatus as S

STAFF, SYSTEM = Relation.STAFF, Relation.SYSTEM

SUBSIDY_YEAR = StateMachine(
    name="subsidy_year",
    title="退坡补贴分年计划",
    statuses=S,
    initial=S.WAITING,
    transitions=(
        transition("meet", "考核达标，可以拨付", sources=[S.WAITING, S.WITHHELD],
                   target=S.PAYABLE, relations=[STAFF, SYSTEM], reason_required=True,
                   tone="primary"),
        transition("miss", "考核未达标，不予拨付", sources=[S.WAITING, S.PAYABLE],
                   target=S.WITHHELD, relations=[STAFF, SYSTEM], reason_required=True),
        transition("pay", "登记拨付", sources=[S.PAYABLE], target=S.PAID, relations=[STAFF],
                   tone="primary", required_fields=("funding",)),
        transition("stop", "停止", sources=[S.WAITING, S.PAYABLE, S.WITHHELD], target=S.STOPPED,
                   relations=[STAFF], reason_required=True, tone="danger",
                   confirm="还没有拨付的年度不再拨付，已拨付的不变。"),
    ),
)  # fmt: skip
