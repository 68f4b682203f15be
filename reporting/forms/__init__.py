"""Forms: what people typed, as it is; one module a noun."""

from reporting.forms.evaluations import (
    DisputeForm,
    EntrustForm,
    InputForm,
    RewardForm,
    RunForm,
)
from reporting.forms.monitoring import AlertForm, CloseAlertForm, FigureForm
from reporting.forms.publications import ChapterForm, ListForm, PublicationForm
from reporting.forms.reports import (
    CorrectionForm,
    CycleDatesForm,
    CycleForm,
    ExtensionForm,
    ImportForm,
    PlanForm,
    RowsWidget,
    SectionForm,
    VerifyForm,
)
from reporting.forms.schemes import SchemeForm

__all__ = [
    "AlertForm",
    "ChapterForm",
    "CloseAlertForm",
    "CorrectionForm",
    "CycleDatesForm",
    "CycleForm",
    "DisputeForm",
    "EntrustForm",
    "ExtensionForm",
    "FigureForm",
    "ImportForm",
    "InputForm",
    "ListForm",
    "PlanForm",
    "PublicationForm",
    "RewardForm",
    "RowsWidget",
    "RunForm",
    "SchemeForm",
    "SectionForm",
    "VerifyForm",
]
