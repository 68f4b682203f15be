"""Writers of projects, outcomes and cases."""

from cases.services.calls import (
    create_call,
    edit_call,
    enter_case,
    mark_entry,
    move_call,
    select_entries,
    withdraw_entry,
)
from cases.services.consequences import fulfil_demand_of, hand_over_projects
from cases.services.ledger import (
    mend_findings,
    record_inspection,
    remind_inspections,
    save_clearance,
)
from cases.services.outcomes import (
    answer_outcome,
    claim_outcome,
    mail_outcome_link,
    make_outcome_link,
    outcome_by_link,
)
from cases.services.projects import (
    contract_project,
    decline_project,
    move_project,
    open_project,
    post_message,
    quote_project,
    remind_overdue,
    start_enquiry,
)
from cases.services.receipts import answer_receipt, register_receipt
from cases.services.starting_data import load_cases
from cases.services.stories import edit_case, move_case, write_case
from cases.services.voucher_programmes import (
    create_programme,
    edit_programme,
    move_programme,
)
from cases.services.vouchers import (
    audit_voucher,
    bind_voucher,
    claim_voucher,
    expire_vouchers,
    pay_voucher,
    remind_vouchers,
    request_payout,
    void_voucher,
)
from core.activity import register_actions

register_actions(
    {
        "cases.project.start": "发起了咨询",
        "cases.project.message": "发送了消息",
        "cases.project.answer": "回复了咨询",
        "cases.project.quote": "给出了报价",
        "cases.project.decline": "婉拒了咨询",
        "cases.project.contract": "确认签约",
        "cases.project.begin": "开始中试",
        "cases.project.deliver": "交付了成果",
        "cases.project.close": "办结了对接",
        "cases.project.cancel": "取消了对接",
        "cases.project.clearance": "登记了环评安评",
        "cases.project.inspection": "记录了安全检查",
        "cases.project.mended": "登记了整改",
        "cases.outcome.claim": "提出了成果",
        "cases.outcome.confirm": "确认了成果",
        "cases.outcome.answer_by_link": "通过邮件链接作出答复",
        "cases.outcome.reject": "不认可成果",
        "cases.receipt.register": "登记了到账",
        "cases.receipt.confirm": "确认了到账",
        "cases.receipt.reject": "不认可到账",
        "cases.case.create": "起草了案例",
        "cases.case.edit": "修改了案例",
        "cases.case.ask_consent": "请企业同意公开案例",
        "cases.case.consent": "同意公开案例",
        "cases.case.refuse": "不同意公开案例",
        "cases.case.publish": "发布了案例",
        "cases.case.return": "退回了案例",
        "cases.case.withdraw": "撤下了案例",
        "cases.casecall.create": "新建了案例征集",
        "cases.casecall.edit": "修改了案例征集",
        "cases.casecall.open": "发布了案例征集",
        "cases.casecall.score": "截止报名并开始评分",
        "cases.casecall.select": "公布了入选案例",
        "cases.casecall.cancel": "取消了案例征集",
        "cases.casecall.enter": "报名了案例",
        "cases.casecall.withdraw_entry": "撤回了案例报名",
        "cases.casecall.mark": "给案例评了分",
        "cases.case.load": "载入了公开案例",
        "cases.voucherprogramme.create": "新建了服务券方案",
        "cases.voucherprogramme.edit": "修改了服务券方案",
        "cases.voucherprogramme.open": "开放了服务券申领",
        "cases.voucherprogramme.close": "停止了服务券申领",
        "cases.voucherprogramme.settle": "结清了服务券方案",
        "cases.voucher.issue": "申领了服务券",
        "cases.voucher.bind": "把服务券用于合同",
        "cases.voucher.request": "申请兑付",
        "cases.voucher.return": "退回补正",
        "cases.voucher.refuse": "不予兑付",
        "cases.voucher.approve": "审核通过",
        "cases.voucher.pay": "登记了拨付",
        "cases.voucher.expire": "服务券过期",
        "cases.voucher.void": "作废了服务券",
    }
)
