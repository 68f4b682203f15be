"""People, organisations, roles, consents and service tokens."""

from __future__ import annotations

from functools import cached_property

import pghistory
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.enums import (
    ORGANISATION_ROLES,
    REGION_ROLES,
    SECOND_FACTOR_ROLES,
    OrganisationStatus,
    Role,
    Scope,
    SizeClass,
)
from accounts.querysets import OrganisationQuerySet, RoleAssignmentQuerySet, UserManager
from core.models import BaseModel
from taxonomy.term_fields import region_field


@pghistory.track(exclude=["updated_at"])
class Organisation(BaseModel):
    """A legal body, known by its unified social credit code (GB 32100-2015)."""

    name = models.CharField(_("单位名称"), max_length=200)
    uscc = models.CharField(
        _("统一社会信用代码"),
        max_length=18,
        unique=True,
        error_messages={"unique": _("该统一社会信用代码已登记，请联系本单位管理员加入。")},
    )
    region = region_field(_("注册地区"), required=True)
    industry = models.ForeignKey(
        "taxonomy.Industry",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("所属行业"),
    )
    size_class = models.CharField(
        _("企业规模"), max_length=10, choices=SizeClass.choices, blank=True
    )
    qualifications = models.ManyToManyField(
        "taxonomy.Term", blank=True, related_name="+", verbose_name=_("企业资质")
    )
    # watched for changes where the organisation runs a recognised platform (G12)
    legal_person = models.CharField(_("法定代表人"), max_length=50, blank=True)
    address = models.CharField(_("地址"), max_length=200, blank=True)
    website = models.URLField(_("网站"), blank=True)
    status = models.CharField(
        _("状态"),
        max_length=10,
        choices=OrganisationStatus.choices,
        default=OrganisationStatus.PENDING,
    )
    status_changed_at = models.DateTimeField(_("状态时间"), null=True, blank=True)
    wants_platform = models.BooleanField(_("申请登记中试平台"), default=False)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("单位")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:organisation", args=[self.pk])

    @property
    def is_approved(self) -> bool:
        return self.status == OrganisationStatus.APPROVED


class User(AbstractBaseUser):
    """A person. Signs in by e-mail; what they may do follows from their role assignments."""

    email = models.EmailField(_("邮箱"), unique=True)
    name = models.CharField(_("姓名"), max_length=50)
    phone = models.CharField(_("电话"), max_length=30, blank=True)
    is_active = models.BooleanField(_("启用"), default=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)
    date_joined = models.DateTimeField(_("注册时间"), default=timezone.now)

    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    is_system = False
    is_staff = False
    is_superuser = False

    class Meta:
        verbose_name = verbose_name_plural = _("用户")
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("email"),
                name="accounts_user_email",
                violation_error_message=_("该邮箱已注册，请直接登录。"),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.email

    @cached_property
    def assignments(self) -> list[RoleAssignment]:
        """Roles in force, loaded once a request with organisation and region."""
        rows = self.role_assignments.current(now=timezone.now())
        return list(rows.select_related("organisation", "region").order_by("pk"))

    @property
    def role_names(self) -> str:
        """Roles in force for a list: 企业用户（某公司）、政府工作人员（广东省）."""
        rows = getattr(self, "current_roles", None)  # prefetched by selectors.people_with_roles
        return "、".join(row.label for row in (self.assignments if rows is None else rows))

    @cached_property
    def roles(self) -> frozenset[str]:
        return frozenset(row.role for row in self.assignments)

    def has_role(self, *roles: str) -> bool:
        return self.is_active and bool(self.roles & set(roles))

    @cached_property
    def organisations(self) -> list[Organisation]:
        """Organisations the person acts for, without doubles."""
        found = {row.organisation_id: row.organisation for row in self.assignments}
        return [organisation for organisation in found.values() if organisation is not None]

    @property
    def organisation(self) -> Organisation | None:
        """The first of them, as the page header names it."""
        return self.organisations[0] if self.organisations else None

    def organisation_ids(self, *roles: str) -> set[int]:
        """Ids of the organisations where the person holds one of `roles` (none: any role)."""
        return {
            row.organisation_id
            for row in self.assignments
            if row.organisation_id and (not roles or row.role in roles)
        }

    def region_prefixes(self, role: str) -> list[str]:
        """Region prefixes the person is responsible for in `role` ("" is the whole country)."""
        return [row.region.prefix for row in self.assignments if row.role == role and row.region]

    def covers_region(self, role: str, region_code: str | None) -> bool:
        """Whether `region_code` lies in the scope of the person's `role`.

        What has no region belongs to nobody's county: only a country-wide scope covers it.
        """
        return any((region_code or "").startswith(p) for p in self.region_prefixes(role))

    @property
    def may_sign_in(self) -> bool:
        """Active, and not a demo person where no demonstration is run."""
        return self.is_active and (settings.DEMO_MODE or not self.is_demo)

    @property
    def needs_second_factor(self) -> bool:
        return bool(self.roles & SECOND_FACTOR_ROLES)


@pghistory.track(exclude=["updated_at"])
class RoleAssignment(BaseModel):
    """One role of one person: for an organisation, or over a region, or portal-wide.

    A row without `granted_at` is a request to join: it gives no right until it is granted.
    """

    user = models.ForeignKey(User, models.PROTECT, related_name="role_assignments")
    role = models.CharField(_("角色"), max_length=20, choices=Role.choices)
    organisation = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="role_assignments",
        verbose_name=_("单位"),
    )
    region = region_field(_("管辖地区"))
    granted_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("授予人")
    )
    # empty while somebody who asked to join waits for the answer
    granted_at = models.DateTimeField(_("授予时间"), null=True, blank=True, default=timezone.now)
    ended_at = models.DateTimeField(_("终止时间"), null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("角色授予")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "organisation", "region"],
                condition=Q(ended_at__isnull=True),
                nulls_distinct=False,
                name="accounts_role_once",
                violation_error_message=_("该用户已有这一角色。"),
            ),
            models.CheckConstraint(
                condition=~Q(role__in=sorted(ORGANISATION_ROLES)) | Q(organisation__isnull=False),
                name="accounts_role_organisation",
                violation_error_message=_("这一角色须指明单位。"),
            ),
            models.CheckConstraint(
                condition=~Q(role__in=sorted(REGION_ROLES)) | Q(region__isnull=False),
                name="accounts_role_region",
                violation_error_message=_("这一角色须指明管辖地区。"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.get_role_display()}"

    @property
    def label(self) -> str:
        """The role with its scope: 企业用户（某公司）."""
        scope = self.organisation or self.region
        return f"{self.get_role_display()}（{scope}）" if scope else str(self.get_role_display())

    @property
    def is_waiting(self) -> bool:
        """Asked for, neither granted nor declined."""
        return self.granted_at is None and self.ended_at is None


class ServiceToken(BaseModel):
    """A partner system's key. The secret is shown once; SHA-256 is kept."""

    user = models.ForeignKey(User, models.PROTECT, related_name="service_tokens")
    name = models.CharField(_("用途"), max_length=100)
    prefix = models.CharField(_("前缀"), max_length=12, unique=True)
    digest = models.CharField(_("摘要"), max_length=64)
    scopes = ArrayField(
        models.CharField(max_length=30, choices=Scope.choices), verbose_name=_("权限范围")
    )
    expires_at = models.DateTimeField(_("有效期至"))
    last_used_at = models.DateTimeField(_("最近使用"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("服务令牌")

    def __str__(self) -> str:
        return f"{self.name} {self.prefix}…"

    @property
    def scope_labels(self) -> list[str]:
        """What the scopes read like."""
        return [str(Scope(scope).label) for scope in self.scopes]


class ConsentRecord(BaseModel):
    """Consent to one purpose, with the version of the text (个人信息保护法)."""

    user = models.ForeignKey(User, models.PROTECT, related_name="consents")
    purpose = models.CharField(_("目的"), max_length=60)
    text_version = models.CharField(_("文本版本"), max_length=20)
    granted_at = models.DateTimeField(_("同意时间"))
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("个人信息同意")

    def __str__(self) -> str:
        return self.purpose
