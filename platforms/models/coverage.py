"""Bodies paid for by public money that must enter the register, whether they did or not (G01)."""

from __future__ import annotations

import pghistory
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.model_fields import user_field
from core.models import BaseModel
from taxonomy.models import Region

# 财政资金投资建设 and 财政资金补助 must enter, 自愿纳入 may (粤府办〔2024〕7号)
FISCAL = ("fiscal-investment", "fiscal-subsidy")


@pghistory.track(exclude=["updated_at"])
class FundedBody(BaseModel):
    """A body that a department named; it has entered once a platform of its code is published."""

    name = models.CharField(_("机构名称"), max_length=200)
    uscc = models.CharField(
        _("统一社会信用代码"), max_length=18, unique=True,
        error_messages={"unique": _("该机构已在名单中。")},
    )  # fmt: skip
    # where it is registered, read from its code; decides which offices see it
    region = models.ForeignKey(Region, models.PROTECT, related_name="+", verbose_name=_("地区"))
    basis = models.ForeignKey(
        "taxonomy.Term", models.PROTECT, related_name="+", verbose_name=_("纳入依据"),
        limit_choices_to={"code_list": "inclusion-basis", "code__in": FISCAL},
    )  # fmt: skip
    fund = models.CharField(_("资金来源"), max_length=150, help_text=_("专项资金或投资项目名称。"))
    source = models.CharField(
        _("信息来源"),
        max_length=200,
        help_text=_("报送部门和文件，例如“省科技厅来函〔2026〕5号”。"),
    )
    recorded_by = user_field(_("登记人"), required=True)
    is_demo = models.BooleanField(_("演示数据"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("应纳入机构")

    def __str__(self) -> str:
        return self.name
