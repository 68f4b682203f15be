"""The form of a neighbour."""

from __future__ import annotations

from typing import Any

from django import forms

from exchange.models import Peer
from taxonomy.jurisdiction import current_jurisdiction
from taxonomy.models import Region, RegionLevel


class PeerForm(forms.ModelForm):
    """Name, address, and which region's records to take: this one, its province or a city."""

    class Meta:
        model = Peer
        fields = ("name", "base_url", "region", "is_active")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        home = current_jurisdiction().region
        near = Region.objects.active().filter(
            code__startswith=home[:2], level__in=[RegionLevel.PROVINCE, RegionLevel.CITY]
        )
        self.fields["region"].queryset = near.order_by("code")
        self.fields["region"].empty_label = None
        self.fields["region"].initial = home
        self.fields["base_url"].widget = forms.URLInput(attrs={"placeholder": "https://"})

    def validate_constraints(self) -> None:
        """The service checks them, on the address as it is kept."""

    def validate_unique(self) -> None:
        """As constraints: the service checks the address without its trailing slash."""
