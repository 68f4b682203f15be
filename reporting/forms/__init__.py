"""Forms: what people typed, as it is; one module a noun."""

from reporting.forms.reports import (
    CorrectionForm,
    CycleForm,
    ExtensionForm,
    ImportForm,
    PlanForm,
    RowsWidget,
    SectionForm,
    VerifyForm,
)

__all__ = [
    "CorrectionForm",
    "CycleForm",
    "ExtensionForm",
    "ImportForm",
    "PlanForm",
    "RowsWidget",
    "SectionForm",
    "VerifyForm",
]
