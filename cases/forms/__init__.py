"""Forms of projects, outcomes, cases and service vouchers."""

from cases.forms.projects import (
    ActionForm,
    ClearanceForm,
    ConfirmForm,
    ContractForm,
    DeclineForm,
    EnquiryForm,
    InspectionForm,
    MendForm,
    MessageForm,
    OutcomeForm,
    QuoteForm,
    ReasonForm,
    ReceiptForm,
    RejectForm,
    contract_beginnings,
    outcome_beginnings,
)
from cases.forms.stories import CallForm, CaseForm, ScoreForm
from cases.forms.vouchers import BindForm, PayForm, VoucherProgrammeForm
