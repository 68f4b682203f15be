"""Choices of the register of platforms and what they offer."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ListingStatus(models.TextChoices):
    """The life of everything a platform shows: see `platforms/states.py`."""

    DRAFT = "draft", _("草稿")
    IN_REVIEW = "in_review", _("审核中")
    RETURNED = "returned", _("退回修改")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已下架")


class PriceModel(models.TextChoices):
    FIXED = "fixed", _("固定价")
    RANGE = "range", _("区间价")
    FORMULA = "formula", _("按公式")
    NEGOTIABLE = "negotiable", _("面议")


class Origin(models.TextChoices):
    DOMESTIC = "domestic", _("国产")
    IMPORTED = "imported", _("进口")


class LineKind(models.TextChoices):
    LINE = "line", _("中试线")
    WORKSHOP = "workshop", _("中试车间")
    LAB = "lab", _("实验室")


class EngagementMode(models.TextChoices):
    """G38: how an expert works with others."""

    SHORT_TERM = "short_term", _("短期服务")
    PROJECT = "project", _("项目合作")
    STATION = "station", _("专家工作站")
    MENTOR = "mentor", _("名师带徒")


class ClaimStatus(models.TextChoices):
    PENDING = "pending", _("待审核")
    APPROVED = "approved", _("已通过")
    REJECTED = "rejected", _("未通过")


class ReportKind(models.TextChoices):
    CONTACT = "contact", _("联系不上")
    CLOSED = "closed", _("已停止服务")
    WRONG = "wrong", _("内容有误")
    OTHER = "other", _("其他问题")


class ReportStatus(models.TextChoices):
    OPEN = "open", _("待处理")
    RESOLVED = "resolved", _("已更正")
    DISMISSED = "dismissed", _("情况不实")


class GovernmentLevel(models.TextChoices):
    """Whose ladder, whose money."""

    NATIONAL = "national", _("国家级")
    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    COUNTY = "county", _("县区级")


class BuildType(models.TextChoices):
    """G16: 授牌一批、新建一批、提升一批 (codes of the list build-type)."""

    DIRECT = "direct", _("直接认定")
    NEW = "new", _("新建")
    UPGRADE = "upgrade", _("提升")


class ProgrammeStatus(models.TextChoices):
    DRAFT = "draft", _("筹备中")
    OPEN = "open", _("受理中")
    CLOSED = "closed", _("已截止")


class ChallengeState(models.TextChoices):
    """Where an item of a challenge list stands: read off its batch and its bids, never stored."""

    DRAFT = "draft", _("待发布")
    OPEN = "open", _("征集中")
    REVIEWING = "reviewing", _("评审中")
    WON = "won", _("已揭榜")
    ACCEPTED = "accepted", _("已验收")
    UNAWARDED = "unawarded", _("未揭榜")


class ApplicationStatus(models.TextChoices):
    """Where an application stands; a scheme uses those of its steps (`path_of`)."""

    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("已提交")
    RETURNED = "returned", _("退回补正")
    COUNTY = "county", _("县区初审")
    CITY = "city", _("市级审核")
    PROVINCE = "province", _("省级审核")
    EXPERTS = "experts", _("专家评审")
    SITE = "site", _("现场核查")
    PUBLICITY = "publicity", _("公示中")
    DECISION = "decision", _("待决定")
    RECOGNISED = "recognised", _("已认定")
    REJECTED = "rejected", _("未通过")
    WITHDRAWN = "withdrawn", _("已撤回")


class AssignmentStatus(models.TextChoices):
    INVITED = "invited", _("待声明")
    SCORING = "scoring", _("待评分")
    SCORED = "scored", _("已评分")
    DECLINED = "declined", _("已回避")
    RELEASED = "released", _("已取消邀请")


class OpinionKind(models.TextChoices):
    """G49: departments sign beside the one that reviews."""

    REVIEW = "review", _("审核意见")
    COSIGN = "cosign", _("会签意见")
    MERGED = "merged", _("部门意见汇总")
    OBJECTION = "objection", _("公示异议")


class RequestStatus(models.TextChoices):
    """How far a department is with the opinion it was asked for."""

    ASKED = "asked", _("待答复")
    ANSWERED = "answered", _("已答复")
    MERGED = "merged", _("已汇总")
    WITHDRAWN = "withdrawn", _("已撤回")


class Stance(models.TextChoices):
    """What a department says to an application."""

    AGREE = "agree", _("同意")
    CONDITIONS = "conditions", _("有条件同意")
    OBJECT = "object", _("不同意")


class CheckResult(models.TextChoices):
    PASSED = "passed", _("通过")
    RECTIFY = "rectify", _("限期整改")
    FAILED = "failed", _("不通过")


class RecognitionStatus(models.TextChoices):
    """Active, warned and rectifying stand on the roster; building does not yet."""

    BUILDING = "building", _("建设中")
    ACTIVE = "active", _("在册")
    WARNED = "warned", _("已警示")
    RECTIFYING = "rectifying", _("整改中")
    REMOVED = "removed", _("已退出")
    EXPIRED = "expired", _("已到期")


class AssessmentKind(models.TextChoices):
    MIDTERM = "midterm", _("中期考核评估")
    ACCEPTANCE = "acceptance", _("考核验收")
    RECHECK = "recheck", _("整改复查")


class AppealStatus(models.TextChoices):
    OPEN = "open", _("待答复")
    UPHELD = "upheld", _("申诉成立")
    DISMISSED = "dismissed", _("维持原决定")


class FundingKind(models.TextChoices):
    BUILD = "build", _("建设资助")
    REWARD = "reward", _("绩效奖补")
    SUBSIDY = "subsidy", _("运营补贴")
    OTHER = "other", _("其他")


class SubsidyStatus(models.TextChoices):
    """One year of a declining subsidy."""

    WAITING = "waiting", _("待考核")
    PAYABLE = "payable", _("可拨付")
    PAID = "paid", _("已拨付")
    WITHHELD = "withheld", _("不予拨付")
    STOPPED = "stopped", _("已停止")


class ChangeKind(models.TextChoices):
    """G12: what must be told when it happens."""

    NAME = "name", _("名称变更")
    HOST = "host", _("依托单位变更")
    LEGAL_PERSON = "legal_person", _("法定代表人变更")
    LEADER = "leader", _("负责人变更")
    ADDRESS = "address", _("地址变更")
    EQUIPMENT = "equipment", _("主要设备变动")
    SUSPENSION = "suspension", _("停运或恢复")
    SHARES = "shares", _("股权变更")
    QUALIFICATION = "qualification", _("资质失效")
    ACCIDENT = "accident", _("安全环保事故")
    OTHER = "other", _("其他重要变动")


class ChangeStatus(models.TextChoices):
    ASKED = "asked", _("待说明")
    SUBMITTED = "submitted", _("待核准")
    RETURNED = "returned", _("退回补充")
    ACCEPTED = "accepted", _("已核准")
    DISMISSED = "dismissed", _("无须报告")
    WITHDRAWN = "withdrawn", _("已撤回")


class SupportKind(models.TextChoices):
    """G48: what a platform may ask the departments for (the classes of PLN-06)."""

    LAND = "land", _("用地")
    ENERGY = "energy", _("用能")
    ENVIRONMENT = "environment", _("环保")
    FUNDS = "funds", _("资金")
    TALENT = "talent", _("人才")
    APPROVAL = "approval", _("审批")
    OTHER = "other", _("其他")


class TicketStatus(models.TextChoices):
    SUBMITTED = "submitted", _("待分办")
    HANDLING = "handling", _("办理中")
    ANSWERED = "answered", _("已答复")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")


class UsageSource(models.TextChoices):
    ENTERED = "entered", _("手工填写")
    IMPORT = "import", _("表格导入")
    API = "api", _("接口上报")
    BOOKING = "booking", _("预约生成")


class RegisterKind(models.TextChoices):
    """What a platform registers once and reports from every year (see `platforms/registers.py`)."""

    MANAGER = "manager", _("技术经理人证书")
    DATASET = "dataset", _("开放数据集")
    PATENT = "patent", _("专利开放许可")
    LICENCE = "licence", _("开放许可被许可")
    ROADSHOW = "roadshow", _("对接路演活动")
    ALLIANCE = "alliance", _("联盟活动")
    SCENARIO = "scenario", _("开放应用场景")


class ManagerLevel(models.TextChoices):
    """Levels of technology managers' certificates (TAL-06)."""

    JUNIOR = "junior", _("初级")
    MIDDLE = "middle", _("中级")
    SENIOR = "senior", _("高级")


class BookingStatus(models.TextChoices):
    """A piece of equipment or a line for some hours: see `platforms/states/booking.py`."""

    REQUESTED = "requested", _("待答复")
    ACCEPTED = "accepted", _("已受理")
    DECLINED = "declined", _("已婉拒")
    WITHDRAWN = "withdrawn", _("已撤回")
    USED = "used", _("已使用")
    NOT_USED = "not_used", _("未使用")
    BLOCKED = "blocked", _("停用")  # the platform's own: maintenance, own work


class BookingRefusal(models.TextChoices):
    BUSY = "busy", _("这段时间排不开")
    MAINTENANCE = "maintenance", _("设备检修")
    CONDITIONS = "conditions", _("样品或安全条件不具备")
    CONSULT = "consult", _("请先咨询，谈定方案后再预约")
    OTHER = "other", _("其他")
