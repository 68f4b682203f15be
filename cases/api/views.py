"""REST over projects (as enquiries), outcomes and cases."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.enums import Scope
from cases import selectors, services
from cases.access import ENTERPRISE_ROLES, CallAccess, CaseAccess, OutcomeAccess, ProjectAccess
from cases.api import serializers
from cases.filters import CaseFilter, ProjectFilter
from cases.models import Case, CaseCall, Outcome, Project
from core.api.input import clean_input
from core.errors import DomainError
from core.models import StoredFile
from demands.access import promise_required
from demands.selectors import granted_without_promise

NUMBER = OpenApiParameter("number", str, OpenApiParameter.PATH, description="对接编号")
ENQUIRY = serializers.EnquirySerializer


@extend_schema_view(
    list=extend_schema(summary="我参与的对接"),
    retrieve=extend_schema(summary="一个对接", parameters=[NUMBER]),
)
class EnquiryViewSet(viewsets.ReadOnlyModelViewSet[Project]):
    """对接项目：从咨询到办结。只有对接双方、管辖部门和技术经理人能看到。"""

    queryset = Project.objects.none()
    serializer_class = ENQUIRY
    filterset_class = ProjectFilter
    ordering_fields = ("asked_at", "reply_due_at", "status_changed_at")
    lookup_field = "number"
    read_scope = Scope.CASES_READ
    write_scope = Scope.CASES_WRITE

    def get_queryset(self) -> QuerySet[Project]:
        user = self.request.user
        if not user.is_authenticated:
            return Project.objects.none()
        rows = ProjectAccess(user).visible()
        rows = selectors.project_rows(rows, user, now=timezone.now())
        return rows.prefetch_related("quotes", "outcomes__project", "receipts__project")

    def get_serializer_context(self) -> dict[str, Any]:
        access = ProjectAccess(self.request.user) if self.request else None
        return {**super().get_serializer_context(), "access": access, "now": timezone.now()}

    @extend_schema(summary="发起咨询", request=serializers.EnquiryInput, responses={201: ENQUIRY})
    def create(self, request: Request) -> Response:
        """平台须在承诺的工作日内回复；保密需求随之向该平台的运营单位披露。"""
        ProjectAccess(request.user).require("start")
        given = clean_input(serializers.EnquiryInput, request)
        given.setdefault("enterprise", None)
        given["enterprise"] = given["enterprise"] or self._only_organisation()
        project = services.start_enquiry(actor=request.user, now=timezone.now(), **given)
        return self._answer(project, status.HTTP_201_CREATED)

    @extend_schema(
        summary="往来消息",
        methods=["GET"],
        parameters=[NUMBER],
        filters=False,
        responses=serializers.MessageSerializer(many=True),
    )
    @extend_schema(
        summary="发送消息",
        methods=["POST"],
        parameters=[NUMBER],
        request=serializers.EnquiryMessageInput,
        responses={201: serializers.MessageSerializer(many=True)},
    )
    @action(detail=True, methods=["get", "post"], pagination_class=None, filter_backends=[])
    def messages(self, request: Request, number: str) -> Response:
        """全部消息，先后为序；平台的第一条消息即为回复。

        涉及保密需求时，平台运营单位接受保密承诺前读不到（403 promise_required，写明到哪里接受）。
        """
        project = self.get_object()
        code = status.HTTP_200_OK
        thread = ProjectAccess(request.user).can("read_thread", project)
        if request.method == "GET" and not thread:
            row = granted_without_promise(project.demand, project.platform.organisation_id)
            raise promise_required(row)
        if request.method == "POST":
            given = clean_input(serializers.EnquiryMessageInput, request)
            services.post_message(actor=request.user, project=project, now=timezone.now(), **given)
            code = status.HTTP_201_CREATED
        return Response(_messages(project, withheld=not thread), code)

    @extend_schema(
        summary="报价",
        parameters=[NUMBER],
        request=serializers.EnquiryQuoteInput,
        responses=ENQUIRY,
    )
    @action(detail=True, methods=["post"])
    def quote(self, request: Request, number: str) -> Response:
        """平台给出报价；新的报价替代旧的，都留存。"""
        return self._do(services.quote_project, serializers.EnquiryQuoteInput)

    @extend_schema(
        summary="婉拒",
        parameters=[NUMBER],
        request=serializers.EnquiryDeclineInput,
        responses=ENQUIRY,
    )
    @action(detail=True, methods=["post"])
    def decline(self, request: Request, number: str) -> Response:
        """平台婉拒，须写明理由。"""
        return self._do(services.decline_project, serializers.EnquiryDeclineInput)

    @extend_schema(
        summary="确认签约",
        parameters=[NUMBER],
        request=serializers.EnquiryContractInput,
        responses=ENQUIRY,
    )
    @action(detail=True, methods=["post"])
    def contract(self, request: Request, number: str) -> Response:
        """企业确认线下签订的合同。"""
        return self._do(services.contract_project, serializers.EnquiryContractInput)

    @extend_schema(summary="开始中试", parameters=[NUMBER], request=None, responses=ENQUIRY)
    @action(detail=True, methods=["post"])
    def begin(self, request: Request, number: str) -> Response:
        """平台标记开始。"""
        return self._do(services.move_project, name="begin")

    @extend_schema(summary="交付", parameters=[NUMBER], request=None, responses=ENQUIRY)
    @action(detail=True, methods=["post"])
    def deliver(self, request: Request, number: str) -> Response:
        """平台标记交付。"""
        return self._do(services.move_project, name="deliver")

    @extend_schema(summary="办结", parameters=[NUMBER], request=None, responses=ENQUIRY)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, number: str) -> Response:
        """企业办结，至少有一项成果已经确认。"""
        return self._do(services.move_project, name="close")

    @extend_schema(
        summary="取消",
        parameters=[NUMBER],
        request=serializers.EnquiryReasonInput,
        responses=ENQUIRY,
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, number: str) -> Response:
        """企业取消，须写明原因。"""
        return self._do(services.move_project, serializers.EnquiryReasonInput, name="cancel")

    @extend_schema(
        summary="提出成果",
        parameters=[NUMBER],
        request=serializers.OutcomeInput,
        responses={201: serializers.OutcomeSerializer},
    )
    @action(detail=True, methods=["post"])
    def outcomes(self, request: Request, number: str) -> Response:
        """平台提出成果；企业确认后才计入统计。证据等级 A、B 须上传文件。"""
        project = self.get_object()
        given = clean_input(serializers.OutcomeInput, request)
        outcome = services.claim_outcome(
            actor=request.user, project=project, now=timezone.now(), **given
        )
        body = serializers.OutcomeSerializer(outcome).data
        return Response(body, status.HTTP_201_CREATED)

    @extend_schema(
        summary="登记到账",
        parameters=[NUMBER],
        request=serializers.ReceiptInput,
        responses={201: serializers.ReceiptSerializer},
    )
    @action(detail=True, methods=["post"])
    def receipts(self, request: Request, number: str) -> Response:
        """平台登记到账；企业确认后计入平台的年度收入。"""
        receipt = services.register_receipt(
            actor=request.user, project=self.get_object(), now=timezone.now(),
            **clean_input(serializers.ReceiptInput, request),
        )  # fmt: skip
        return Response(serializers.ReceiptSerializer(receipt).data, status.HTTP_201_CREATED)

    def _only_organisation(self) -> Any:
        user: Any = self.request.user
        ids = user.organisation_ids(*ENTERPRISE_ROLES)
        if len(ids) != 1:
            raise DomainError("enterprise", "您代表多家单位，请指明以哪家的名义。", "enterprise")
        return next(row for row in user.organisations if row.pk in ids)

    def _do(self, service: Any, serializer_class: Any = None, **extra: Any) -> Response:
        project = self.get_object()
        given = clean_input(serializer_class, self.request) if serializer_class else {}
        service(actor=self.request.user, project=project, now=timezone.now(), **given, **extra)
        return self._answer(project)

    def _answer(self, project: Project, code: int = status.HTTP_200_OK) -> Response:
        fresh = self.get_queryset().get(pk=project.pk)
        return Response(self.get_serializer(fresh).data, code)


def _messages(project: Project, *, withheld: bool) -> Any:
    rows = list(
        selectors.thread_of(project, withheld=withheld)
        .select_related("author", "organisation")
        .order_by("sent_at", "pk")
    )
    files = defaultdict(list)
    ids = [str(row.pk) for row in rows]
    for file in StoredFile.objects.filter(target_type="cases.message", target_id__in=ids):
        files[file.target_id].append(file)
    return serializers.MessageSerializer(rows, many=True, context={"files": files}).data


@extend_schema_view(
    list=extend_schema(summary="我能看到的成果"), retrieve=extend_schema(summary="一项成果")
)
class OutcomeViewSet(viewsets.ReadOnlyModelViewSet[Outcome]):
    """成果：平台提出，企业确认或不认可。"""

    queryset = Outcome.objects.none()
    serializer_class = serializers.OutcomeSerializer
    filterset_fields = ("status", "kind", "evidence_grade")
    ordering_fields = ("achieved_date", "status_changed_at")
    read_scope = Scope.CASES_READ
    write_scope = Scope.CASES_WRITE

    def get_queryset(self) -> QuerySet[Outcome]:
        rows = OutcomeAccess(self.request.user).visible().select_related("project")
        return rows.order_by("-achieved_date", "-pk")

    @extend_schema(
        summary="确认属实",
        request=serializers.OutcomeConfirmInput,
        responses=serializers.OutcomeSerializer,
    )
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """企业确认，可附满意度。"""
        return self._answer("confirm", clean_input(serializers.OutcomeConfirmInput, request))

    @extend_schema(
        summary="不认可",
        request=serializers.EnquiryReasonInput,
        responses=serializers.OutcomeSerializer,
    )
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, pk: str) -> Response:
        """企业不认可，须写明理由。"""
        return self._answer("reject", clean_input(serializers.EnquiryReasonInput, request))

    def _answer(self, name: str, given: dict[str, Any]) -> Response:
        outcome = services.answer_outcome(
            actor=self.request.user, outcome=self.get_object(), name=name, now=timezone.now(),
            **given,
        )  # fmt: skip
        return Response(self.get_serializer(outcome).data)


@extend_schema_view(
    list=extend_schema(summary="典型案例"), retrieve=extend_schema(summary="一个案例")
)
class CaseViewSet(viewsets.ReadOnlyModelViewSet[Case]):
    """已发布的典型案例，各有来源或企业的同意。"""

    queryset = Case.objects.none()
    serializer_class = serializers.CaseSerializer
    filterset_class = CaseFilter
    ordering_fields = ("published_at", "source_date", "title")
    lookup_field = "slug"
    read_scope = Scope.CASES_READ

    def get_queryset(self) -> QuerySet[Case]:
        return selectors.case_rows(CaseAccess(self.request.user).visible().published())


@extend_schema_view(
    list=extend_schema(summary="案例征集"), retrieve=extend_schema(summary="一次案例征集")
)
class CaseCallViewSet(viewsets.ReadOnlyModelViewSet[CaseCall]):
    """案例征集与入选结果。"""

    queryset = CaseCall.objects.none()
    serializer_class = serializers.CaseCallSerializer
    filterset_fields = ("status", "region")
    ordering_fields = ("due_date",)
    read_scope = Scope.CASES_READ

    def get_queryset(self) -> QuerySet[CaseCall]:
        return selectors.calls_with_selected(CallAccess(self.request.user).visible())
