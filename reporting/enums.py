"""Choices of indicators, cycles, reports and jobs."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a value is. `pct` is 0–100 with two decimals and always derived or computed."""

    INT = "int", _("整数")
    DEC = "dec", _("两位小数")
    PCT = "pct", _("百分比")
    BOOL = "bool", _("是否")
    ENUM = "enum", _("单选")
    TEXT = "text", _("文字")
    DATE = "date", _("日期")
    LIST = "list", _("清单")


NUMBERS = frozenset({Kind.INT, Kind.DEC, Kind.PCT})
STRUCTURED = frozenset({Kind.BOOL, Kind.LIST})


class Fill(models.TextChoices):
    """Where a value comes from."""

    AUTO = "A", _("自动计算")
    CONFIRMED = "C", _("企业确认")
    DERIVED = "D", _("公式派生")
    MANUAL = "M", _("单位填报")


class Period(models.TextChoices):
    YEAR = "Y", _("年度")
    END = "E", _("年末")
    TOTAL = "T", _("累计")


class NullReason(models.TextChoices):
    """House rule 4: no value is not 0, and says why."""

    NOT_APPLICABLE = "na", _("不适用")
    NOT_COUNTED = "uncounted", _("未统计")
    SECRET = "secret", _("涉密")


class CycleStatus(models.TextChoices):
    PLANNED = "planned", _("未开始")
    OPEN = "open", _("填报中")
    CLOSED = "closed", _("已结束")


class Coverage(models.TextChoices):
    """Which platforms of the region report."""

    RECOGNISED = "recognised", _("已认定的平台")
    PUBLISHED = "published", _("全部在网平台")


class ReportStatus(models.TextChoices):
    FILLING = "filling", _("填报中")
    SUBMITTED = "submitted", _("已提交")
    COUNTY = "county", _("县区审核")
    CITY = "city", _("市级审核")
    PROVINCE = "province", _("省级审核")
    RETURNED = "returned", _("退回修改")
    REOPENED = "reopened", _("重新打开")
    ACCEPTED = "accepted", _("已归档")


EDITABLE = frozenset({ReportStatus.FILLING, ReportStatus.RETURNED, ReportStatus.REOPENED})
IN_REVIEW = frozenset({ReportStatus.COUNTY, ReportStatus.CITY, ReportStatus.PROVINCE})


class Answer(models.TextChoices):
    """What became of a request: a correction, an extension."""

    PENDING = "pending", _("待处理")
    ACCEPTED = "accepted", _("已同意")
    DECLINED = "declined", _("未同意")


class JobKind(models.TextChoices):
    OPEN_CYCLE = "open_cycle", _("生成和计算年度报告")
    EVALUATE = "evaluate", _("计算评价")
    FREEZE = "freeze", _("封存发布数据")
    RENDER = "render", _("生成发布文件")
    ISSUE_LIST = "issue_list", _("发布清单")


class AlertStatus(models.TextChoices):
    OPEN = "open", _("待处理")
    CLOSED = "closed", _("已处理")


class SchemeUse(models.TextChoices):
    """What a scheme is for; only one of use GRADE gives a platform its grade of the year."""

    GRADE = "grade", _("评定等次")
    REWARD = "reward", _("奖补")
    CHECK = "check", _("专项核查")


class RunStatus(models.TextChoices):
    DRAFT = "draft", _("未计算")
    COMPUTED = "computed", _("已计算")
    PUBLICITY = "publicity", _("公示中")
    PUBLISHED = "published", _("已公布")
    CANCELLED = "cancelled", _("已取消")


class DisputeStatus(models.TextChoices):
    OPEN = "open", _("待处理")
    UPHELD = "upheld", _("已采纳")
    REJECTED = "rejected", _("未采纳")
    WITHDRAWN = "withdrawn", _("已撤回")


class RewardStatus(models.TextChoices):
    DRAFT = "draft", _("拟定")
    PUBLICITY = "publicity", _("公示中")
    DECIDED = "decided", _("已决定")
    CANCELLED = "cancelled", _("已取消")


class PublicationKind(models.TextChoices):
    ANNUAL = "annual", _("年度发展报告")
    HANDBOOK = "handbook", _("服务能力手册")
    CASES = "cases", _("典型案例汇编")


class Family(models.TextChoices):
    """What an indicator watches (C17: 成都市建设西部中试中心实施方案)."""

    BUILD = "build", _("中试平台建设")
    TRANSFER = "transfer", _("科技成果转化")
    INDUSTRY = "industry", _("中试产业发展")
    ECOLOGY = "ecology", _("中试生态构建")


# the document names the four families, which group belongs to which is our reading
GROUPS_OF = {
    Family.BUILD: ("BAS", "CON", "TAL", "CAP", "SAF", "DIG"),
    Family.TRANSFER: ("TRF", "INN"),
    Family.INDUSTRY: ("SRV", "FIN"),
    Family.ECOLOGY: ("SHR", "ECO"),
}


class PublicationStatus(models.TextChoices):
    DRAFT = "draft", _("编写中")
    IN_REVIEW = "in_review", _("审核中")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤回")


class Includes(models.TextChoices):
    """Which reports a development report is made of."""

    ACCEPTED = "accepted", _("只收已归档的报告")
    SUBMITTED = "submitted", _("也收已提交、尚未归档的报告")


class ListKind(models.TextChoices):
    PLATFORMS = "platforms", _("中试平台清单")
    SUPPLY = "supply", _("中试供给清单")
    DEMANDS = "demands", _("中试需求清单")
    PROJECTS = "projects", _("中试项目清单")
    PRODUCTS = "products", _("创新产品清单")
    GAPS = "gaps", _("急需紧缺清单")
    STRONG = "strong", _("服务能力突出名单")
    TAX = "tax", _("进口税收政策平台名单")


class ListStatus(models.TextChoices):
    ISSUING = "issuing", _("生成中")
    PUBLISHED = "published", _("已发布")
    WITHDRAWN = "withdrawn", _("已撤回")


class ListChange(models.TextChoices):
    """What became of a line since the edition before."""

    ADDED = "added", _("新增")
    REMOVED = "removed", _("移出")
    CHANGED = "changed", _("变化")
