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
    SectionForm,
    VerifyForm,
)
from reporting.forms.schemes import SchemeForm
