"""Forms of the content editor."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fields import DayInput, text_area
from policies.doc_numbers import normalise_doc_number
from policies.models import Content, Interpretation, News, PolicyDocument, Topic
from policies.pieces import PiecesField
from policies.selectors import pieces_to_gather, topic_pieces
from policies.services.content import EDITABLE, LISTS
from taxonomy.fields import RegionField
from taxonomy.selectors import terms

MARKUP_HELP = _(
    "一行一段。行首“## ”为标题、“### ”为小标题，“- ”或“1. ”为列表，"
    "“| 甲 | 乙 |”为表格（首行是表头），[文字](网址) 为链接，**文字** 为加粗。"
)  # fmt: skip


class ContentForm(forms.ModelForm):  # type: ignore[type-arg]
    """Cleans what an editor types."""

    class Meta:
        fields: tuple[str, ...] = ()
        widgets = {
            "summary": text_area(3),
            "body_source": text_area(18),
            "fields": forms.CheckboxSelectMultiple,
            "documents": forms.SelectMultiple(attrs={"size": 8}),
            "issued_date": DayInput(),
            "signed_date": DayInput(),
            "effective_date": DayInput(),
            "expiry_date": DayInput(),
        }
        help_texts = {
            "summary": _("不超过 300 字，显示在列表和搜索结果里。"),
            "body_source": MARKUP_HELP,
            "doc_number": _("例：粤府办〔2024〕7号；括号写成 []、() 会自动改成六角括号。"),
            "issuer": _("写全称；几个机关联合发文用顿号隔开。"),
            "signed_date": _("文末落款的日期。"),
            "expiry_date": _("到期后页面自动显示“失效”提示；长期有效的留空。"),
            "supersedes": _("本文件替代了哪一份，旧文件的页面会指向本文件。"),
            "documents": _("按住 Ctrl 可选多份；政策页面会自动显示这篇解读。"),
            "source_title": _("转载时写原网站和标题；本单位原创留空。"),
            "source_date": _("原文日期，可以只写年份或年月，例：2025-06。"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"] = RegionField(
            label=_("适用地区"), required=False, help_text=_("例：广东省；全国性的写“全国”。")
        )
        field: Any = self.fields["fields"]
        field.choices = [(term.pk, term.name) for term in terms("field-data")]
        for name in ("supersedes", "documents"):
            if name in self.fields:
                self._offer_documents(self.fields[name])

    def _offer_documents(self, field: Any) -> None:
        if not isinstance(field, forms.ModelMultipleChoiceField):
            field.empty_label = _("没有替代其他文件")
        rows = PolicyDocument.objects.newest_first()
        itself = isinstance(self.instance, PolicyDocument) and self.instance.pk
        field.queryset = rows.exclude(pk=itself) if itself else rows

    def clean_doc_number(self) -> str:
        """Brought to its official form here too, so that a taken number is told at its field."""
        return normalise_doc_number(self.cleaned_data["doc_number"])


class TopicForm(ContentForm):
    """A topic also says which pieces it brings together, in which order."""

    pieces = PiecesField(
        label=_("专题内容"),
        required=False,
        help_text=_(
            "每格一篇，输入标题中的几个字后从提示中选；从上到下就是页面上的次序，清空即移出。"
            "格子用完了先保存，再编辑时会有新的空格。"
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        topic: Any = self.instance
        field: Any = self.fields["pieces"]
        kept = [] if topic._state.adding else topic_pieces(topic, published=False)
        field.offer([*pieces_to_gather(), *kept])
        self.initial["pieces"] = kept


def form_class(model: type[Content]) -> type[ContentForm]:
    """The editor's form of a kind."""
    names = [*EDITABLE[model], *LISTS[model]]
    base = TopicForm if model is Topic else ContentForm
    return forms.modelform_factory(model, form=base, fields=names)  # type: ignore[return-value]


# how the editor's form is grouped: legend, hint, fields (those a kind has not are left out)
GROUPS = (
    (_("内容"), "", ("title", "summary", "body_source")),
    (
        _("文件信息"),
        _("与政府网站政策文件页的字段一致，没有的留空，页面显示“未注明”。"),
        (
            "doc_number", "index_number", "issuer", "signed_date", "issued_date",
            "effective_date", "expiry_date", "validity", "supersedes", "topic", "genre",
            "audience", "keywords", "publicity",
        ),
    ),
    (_("汇集"), "", ("pieces",)),
    (_("关联"), "", ("documents", "region", "fields")),
    (_("来源"), _("转载的内容必须注明来源。"), ("source_title", "source_url", "source_date")),
)  # fmt: skip
MODELS: dict[str, type[Content]] = {
    "documents": PolicyDocument,
    "interpretations": Interpretation,
    "news": News,
    "topics": Topic,
}


class AttachmentForm(forms.Form):
    file = forms.FileField(label=_("附件"), help_text=_("PDF、Word、Excel 或图片。"))
