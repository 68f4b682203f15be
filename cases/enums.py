"""Choices of projects, outcomes and cases."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ProjectStatus(models.TextChoices):
    ENQUIRY = "enquiry", _("待回复")
    IN_TALKS = "in_talks", _("洽谈中")
    QUOTED = "quoted", _("已报价")
    CONTRACTED = "contracted", _("已签约")
    PILOTING = "piloting", _("中试进行中")
    DELIVERED = "delivered", _("已交付")
    CLOSED = "closed", _("已办结")
    DECLINED = "declined", _("平台婉拒")
    CANCELLED = "cancelled", _("企业取消")


class DeclineReason(models.TextChoices):
    SCOPE = "scope", _("不在服务范围")
    CAPACITY = "capacity", _("排期已满")
    CONDITIONS = "conditions", _("条件不具备")
    PRICE = "price", _("预算不足")
    COMPLIANCE = "compliance", _("环评安评受限")
    OTHER = "other", _("其他")


class OutcomeKind(models.TextChoices):
    VERIFIED = "verified", _("完成中试验证")
    PRODUCED = "produced", _("实现量产")
    LAUNCHED = "launched", _("产品上市")
    HANDED = "handed", _("量产承接")
    FOUNDED = "founded", _("孵化企业")
    INVESTED = "invested", _("获得产业投资")
    LICENSED = "licensed", _("技术转让许可")
    SOLD = "sold", _("新增销售收入")
    FAILED = "failed", _("未成功")


# what the pilot itself did to a technology; the other kinds follow from it later
TECHNICAL = (
    OutcomeKind.VERIFIED, OutcomeKind.PRODUCED, OutcomeKind.LAUNCHED, OutcomeKind.FAILED,
)  # fmt: skip
WITH_AMOUNT = (OutcomeKind.INVESTED, OutcomeKind.LICENSED, OutcomeKind.SOLD)


class OutcomeStatus(models.TextChoices):
    CLAIMED = "claimed", _("待企业确认")
    CONFIRMED = "confirmed", _("企业已确认")
    REJECTED = "rejected", _("企业不认可")


class EvidenceGrade(models.TextChoices):
    """Complaint 9, counts without truth: how well an outcome is proven."""

    A = "A", _("A 合同、报告与发票齐全")
    B = "B", _("B 有合同或验证报告")
    C = "C", _("C 有往来记录")
    D = "D", _("D 仅有陈述")


class CaseStatus(models.TextChoices):
    DRAFT = "draft", _("草稿")
    IN_CONSENT = "in_consent", _("待企业同意")
    IN_REVIEW = "in_review", _("待审核")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤下")


class CallStatus(models.TextChoices):
    """G23: a call for cases, from its draft to the selection."""

    DRAFT = "draft", _("草稿")
    OPEN = "open", _("征集中")
    SCORING = "scoring", _("评分中")
    SELECTED = "selected", _("已公布入选")
    CANCELLED = "cancelled", _("已取消")


class ClearanceKind(models.TextChoices):
    """L10, L11: procedures that a pilot may need before it begins."""

    EIA = "eia", _("环境影响评价")
    SAFETY = "safety", _("安全评价")


class ClearanceStage(models.TextChoices):
    """`EXEMPT` and `REUSED` need no new approval; only `APPROVED` and these two are in order."""

    TO_JUDGE = "to_judge", _("待判定")
    EXEMPT = "exempt", _("无需办理")
    REUSED = "reused", _("沿用已有批复")
    PREPARING = "preparing", _("编制中")
    SUBMITTED = "submitted", _("已报审")
    APPROVED = "approved", _("已批复")


class VoucherProgrammeStatus(models.TextChoices):
    """G25: a region's 服务券 from its draft to the day the last one is dealt with."""

    DRAFT = "draft", _("草稿")
    OPEN = "open", _("申领中")
    CLOSED = "closed", _("已停止申领")
    SETTLED = "settled", _("已结清")


class VoucherStatus(models.TextChoices):
    ISSUED = "issued", _("已发放，待使用")
    BOUND = "bound", _("已关联合同")
    REQUESTED = "requested", _("待审核")
    RETURNED = "returned", _("退回补正")
    APPROVED = "approved", _("待拨付")
    PAID = "paid", _("已兑付")
    REFUSED = "refused", _("不予兑付")
    EXPIRED = "expired", _("已过期")
    VOIDED = "voided", _("已作废")


# what takes nothing of the budget any more
VOUCHER_OVER = (VoucherStatus.REFUSED, VoucherStatus.EXPIRED, VoucherStatus.VOIDED)


class VoucherReach(models.TextChoices):
    """At which platforms a voucher may be used; the last one makes it 跨城市通用 (complaint 12)."""

    REGION = "region", _("本地区的平台")
    RECOGNISED = "recognised", _("在册认定的平台，不限地区")
    ANYWHERE = "anywhere", _("所有平台，不限地区")


class VoucherMode(models.TextChoices):
    """Complaint 12: 企业兑付 or 机构兑付."""

    REIMBURSE = "reimburse", _("企业先付款，兑付给企业")
    DEDUCT = "deduct", _("平台先抵扣，兑付给平台")


class ChallengeStatus(models.TextChoices):
    """Z06: a demand put forward for others to bid for, from its draft to its acceptance."""

    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("待审核")
    RETURNED = "returned", _("退回修改")
    ACCEPTED = "accepted", _("待发榜")
    OPEN = "open", _("揭榜中")
    JUDGING = "judging", _("评审中")
    PUBLICITY = "publicity", _("公示中")
    AWARDED = "awarded", _("攻关中")
    DONE = "done", _("已验收")
    FAILED = "failed", _("未揭成")
    WITHDRAWN = "withdrawn", _("已撤榜")


class BidStatus(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
    WITHDRAWN = "withdrawn", _("已撤回")
    WON = "won", _("中选")
    LOST = "lost", _("未中选")
