"""The only writers of demands."""

from core.activity import register_actions
from demands.services.disclosure import (
    decline_disclosure,
    disclose_demand,
    note_full_reading,
    note_full_readings,
    promise_secrecy,
    remind_disclosures,
    request_disclosure,
    revoke_disclosure,
)
from demands.services.lifecycle import (
    expire_demands,
    fulfil_demand,
    move_demand,
    publish_demand,
    submit_demand,
)
from demands.services.posting import amend_demand, create_draft, new_slug, save_draft
from demands.services.receiving import receive_demand, update_received
from demands.services.starting_data import load_demands
from demands.states import DISCLOSURE

register_actions(
    {
        "demands.demand.create": "新建了需求草稿",
        "demands.demand.load": "从公开资料导入了需求",
        "demands.demand.receive": "从其他门户同步了需求",
        "demands.demand.restore": "恢复公开了需求",
        "demands.demand.submit": "提交了需求",
        "demands.demand.recall": "撤回修改",
        "demands.demand.publish": "审核通过，需求已发布",
        "demands.demand.return": "退回修改",
        "demands.demand.amend": "修改了已发布的需求",
        "demands.demand.withdraw": "撤回了需求",
        "demands.demand.fulfil": "标为已对接成功",
        "demands.demand.expire": "需求到期",
        "demands.demand.reopen": "重新编辑需求",
        "demands.demand.ask_full": "申请查看全文",
        "demands.demand.disclose": "同意对方在承诺保密后看全文",
        "demands.demand.decline_full": "没有同意查看全文",
        "demands.demand.promise": "接受保密承诺",
        "demands.demand.revoke_disclosure": "撤回看全文的同意",
        "demands.demand.read_full": "阅读了保密需求的全文",
        **{f"demands.disclosure.{row.name}": row.label for row in DISCLOSURE.transitions},
    }
)
