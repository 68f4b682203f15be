"""What everybody may open: the three lists and the page of a piece."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from core.breadcrumbs import trail
from core.lists import list_page
from policies import selectors
from policies.access import DocumentAccess, InterpretationAccess, NewsAccess, TopicAccess
from policies.enums import Validity
from policies.filters import ContentFilter, DocumentFilter
from policies.forms import MODELS
from policies.models import Content
from policies.tables import ContentTable, DocumentTable


def documents(request: HttpRequest) -> HttpResponse:
    """政策文件, with 文号 search, region, validity and year."""
    rows = DocumentAccess(request.user).visible().published().for_list()
    return list_page(
        request,
        queryset=rows.with_validity(today=timezone.localdate()),
        table_class=DocumentTable,
        filter_class=DocumentFilter,
        template="policies/documents.html",
        export_name="政策文件",
        context={"tabs": _tabs("documents")},
    )


def interpretations(request: HttpRequest) -> HttpResponse:
    """政策解读."""
    return list_page(
        request,
        queryset=InterpretationAccess(request.user).visible().published().for_list(),
        table_class=ContentTable,
        filter_class=ContentFilter,
        template="policies/interpretations.html",
        export_name="政策解读",
        context={"tabs": _tabs("interpretations")},
    )


def news_list(request: HttpRequest) -> HttpResponse:
    """行业动态."""
    topics = TopicAccess(request.user).visible().published().select_related("written_by")
    return list_page(
        request,
        queryset=NewsAccess(request.user).visible().published().for_list(),
        table_class=ContentTable,
        filter_class=ContentFilter,
        template="policies/news_list.html",
        export_name="行业动态",
        context={"topics": topics.newest_first()[:3]},
    )


def document(request: HttpRequest, slug: str) -> HttpResponse:
    """One document: official fields, validity warning, interpretations, attachments."""
    access = DocumentAccess(request.user)
    rows = access.visible().select_related("region", "supersedes", "written_by")
    found = get_object_or_404(rows, slug=slug)
    seen = InterpretationAccess(request.user).visible()
    validity = found.validity_on(timezone.localdate())
    is_known = validity != Validity.UNKNOWN
    facts, missing = selectors.document_facts(found, str(validity.label) if is_known else "")
    page = {
        "validity": validity,
        "facts": facts,
        "missing": missing,
        "over": {Validity.EXPIRED, Validity.REPEALED},
        "superseding": selectors.superseding(found),
        "interpretations": seen.filter(documents=found).newest_first(),
        "trail": trail(("政策文件", "policies:documents"), str(found)),
    }
    return piece_page(request, "policies/document.html", access, found, page)


def interpretation(request: HttpRequest, slug: str) -> HttpResponse:
    """One interpretation with the documents it explains."""
    access = InterpretationAccess(request.user)
    found = get_object_or_404(access.visible().select_related("region", "written_by"), slug=slug)
    page = {
        "documents": DocumentAccess(request.user)
        .visible()
        .filter(interpretations=found)
        .newest_first(),
        "trail": trail(("政策解读", "policies:interpretations"), str(found)),
    }
    return piece_page(request, "policies/interpretation.html", access, found, page)


def news(request: HttpRequest, slug: str) -> HttpResponse:
    """One piece of news."""
    access = NewsAccess(request.user)
    found = get_object_or_404(access.visible().select_related("region", "written_by"), slug=slug)
    page = {"trail": trail(("行业动态", "policies:news_list"), str(found))}
    return piece_page(request, "policies/news.html", access, found, page)


def piece_page(
    request: HttpRequest, template: str, access: Any, content: Content, page: dict[str, Any]
) -> HttpResponse:
    """The page of a piece with what every kind shows: buttons, attachments, fields."""
    kinds = {model: kind for kind, model in MODELS.items()}
    shared = {
        "content": content,
        "access": access,
        "kind": kinds[type(content)],
        "transitions": access.transitions(content),
        "files": selectors.attachments(content),
        "fields": content.fields.order_by("order", "pk"),
    }
    return render(request, template, shared | page)


def _tabs(active: str) -> list[dict[str, Any]]:
    names = (("documents", "政策文件"), ("interpretations", "政策解读"))
    return [
        {"label": label, "url": reverse(f"policies:{name}"), "active": name == active}
        for name, label in names
    ]
