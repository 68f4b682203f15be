"""Forms of projects, outcomes, cases, challenges and service vouchers."""

from cases.forms.challenges import (
    AnswerForm,
    BidForm,
    ChallengeForm,
    ExtendForm,
    InviteForm,
    ListForm,
    ObjectionForm,
)
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
