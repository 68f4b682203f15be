"""The life cycle of public content: written, published (its time never changes), withdrawn."""

from core.states import Relation, StateMachine, transition
from policies.enums import ContentStatus as S

STAFF, SYSTEM = Relation.STAFF, Relation.SYSTEM

CONTENT = StateMachine(
    name="content",
    title="政策文件、解读、动态与专题",
    statuses=S,
    initial=S.DRAFT,
    transitions=(
        transition("publish", "发布", sources=[S.DRAFT], target=S.PUBLISHED,
                   relations=[STAFF, SYSTEM], tone="primary"),
        transition("withdraw", "撤下", sources=[S.PUBLISHED], target=S.WITHDRAWN,
                   relations=[STAFF], reason_required=True, tone="danger",
                   confirm="撤下后公众将看不到这篇内容。"),
        transition("republish", "重新发布", sources=[S.WITHDRAWN], target=S.PUBLISHED,
                   relations=[STAFF]),
    ),
)  # fmt: skip
