"""Forms of the register and of recognition."""

from platforms.forms.listings import (
    FORMS,
    ClaimForm,
    ImportForm,
    ListingForm,
    ParameterFormSet,
    ReportForm,
)
