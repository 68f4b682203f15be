"""The living style guide."""

from datetime import timedelta

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone

from core.filters import Facet, FacetChoice
from portal.forms import StyleguideForm


def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with sample words, for developers; only where DEBUG is on."""
    if not settings.DEBUG:
        raise Http404
    now = timezone.now()
    context = {
        "form": StyleguideForm(),
        "group_form": StyleguideForm(prefix="group"),
        "wrong_form": StyleguideForm({"name": "高纯度电子级树脂中试", "budget": "-3"}),
        "page": Paginator(range(230), 20).get_page(request.GET.get("page", 3)),
        "now": now,
        "days": [now.date() - timedelta(days=days) for days in (12, 120, 400)],
        "facets": [
            Facet("city", "所在城市", [FacetChoice("4401", "广州市", 42, is_active=True),
                                   FacetChoice("4403", "深圳市", 37, is_active=False)]),
            Facet("kind", "平台类型", [FacetChoice("a", "企业平台", 80, is_active=True),
                                   FacetChoice("b", "高校院所", 61, is_active=False)]),
        ],
        "chart": {
            "kind": "bar", "unit": "家",
            "labels": ["新材料", "生物医药", "电子信息", "装备制造"],
            "series": [{"name": "中试平台", "values": [42, 35, 28, 21]}],
        },
        "map": {
            "kind": "map", "unit": "家",
            "map": static("vendor/guangdong/guangdong.json"),
            "labels": ["广州市", "深圳市", "东莞市", "中山市"],
            "series": [{"name": "中试平台", "values": [42, 37, 21, 18]}],
        },
    }  # fmt: skip
    return render(request, "portal/styleguide.html", context)
