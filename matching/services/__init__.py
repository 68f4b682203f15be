"""Writing: vectors, lists of matches, runs, feedback, weights and subscriptions."""

from core.activity import register_actions

register_actions(
    {
        "matching.matchrun.start": "发起了匹配",
        "matching.matchrun.cancel": "取消了匹配任务",
        "matching.demand.ask_broker": "请技术经理人协助对接",
        "matching.feedback.give": "评价了一项匹配",
        "matching.feedback.withdraw": "收回了对匹配的评价",
        "matching.matchweights.add": "登记了一版匹配权重",
        "matching.weightstraining.start": "发起了匹配权重训练",
        "matching.matchweights.activate": "启用了一版匹配权重",
        "matching.matchweights.freeze": "冻结了匹配权重",
        "matching.matchweights.unfreeze": "解除了匹配权重的冻结",
    }
)
