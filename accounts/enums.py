"""Roles of REQUIREMENTS and how their scope is stated."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What somebody does here. 等保 separates the three administrators from one another."""

    ENTERPRISE = "enterprise", _("企业用户")
    OPERATOR = "operator", _("平台运营")
    GOVERNMENT = "government", _("政府工作人员")
    DEPARTMENT = "department", _("协同部门")
    BROKER = "broker", _("技术经理人")
    REVIEWER = "reviewer", _("评审专家")
    PARTNER = "partner", _("对接系统")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDITOR = "auditor", _("审计管理员")


ORGANISATION_ROLES = frozenset({Role.ENTERPRISE, Role.OPERATOR, Role.DEPARTMENT, Role.PARTNER})
REGION_ROLES = frozenset({Role.GOVERNMENT, Role.BROKER})
ADMIN_ROLES = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR})
# who must sign in with a second factor (GB/T 22239-2019 level 3)
SECOND_FACTOR_ROLES = frozenset({Role.GOVERNMENT, *ADMIN_ROLES})


class OrganisationStatus(models.TextChoices):
    PENDING = "pending", _("待审核")
    APPROVED = "approved", _("已通过")
    RETURNED = "returned", _("待补正")
    SUSPENDED = "suspended", _("已停用")


class SizeClass(models.TextChoices):
    """工信部联企业〔2011〕300号."""

    LARGE = "large", _("大型")
    MEDIUM = "medium", _("中型")
    SMALL = "small", _("小型")
    MICRO = "micro", _("微型")


class Scope(models.TextChoices):
    """What a service token may do; a token never does more than its user may."""

    PLATFORMS_READ = "platforms:read", _("读取平台与能力")
    PLATFORMS_WRITE = "platforms:write", _("维护能力")
    DEMANDS_READ = "demands:read", _("读取需求")
    DEMANDS_WRITE = "demands:write", _("发布需求")
    MATCHING_READ = "matching:read", _("读取匹配")
    MATCHING_WRITE = "matching:write", _("发起匹配")
    CASES_READ = "cases:read", _("读取对接与案例")
    CASES_WRITE = "cases:write", _("发起对接")
    POLICIES_READ = "policies:read", _("读取政策与动态")
    TAXONOMY_READ = "taxonomy:read", _("读取代码表")
    REPORTS_READ = "reports:read", _("读取年度报告与指标")
    REPORTS_WRITE = "reports:write", _("填写年度报告")
    WEBHOOKS_READ = "webhooks:read", _("读取推送记录")
    MONITORING_READ = "monitoring:read", _("读取运行监测")
    MONITORING_WRITE = "monitoring:write", _("处理运行预警")


WATCHING = frozenset({Scope.MONITORING_READ, Scope.MONITORING_WRITE})
# what a token may hold, by a role of who makes it. Government sign-ins have a second factor and a
# token has none, so theirs watch the portal and open no organisation's records (GB/T 22239-2019)
TOKEN_SCOPES = {
    Role.ENTERPRISE: frozenset(Scope) - WATCHING,
    Role.OPERATOR: frozenset(Scope) - WATCHING,
    Role.PARTNER: frozenset(Scope) - WATCHING,
    Role.GOVERNMENT: WATCHING | {Scope.TAXONOMY_READ},
}


# what people consent to when they register, and the edition of the text they read
PRIVACY_PURPOSE = "注册与使用本平台"
PRIVACY_TEXT_VERSION = "2026-11"  # as named on portal:privacy
