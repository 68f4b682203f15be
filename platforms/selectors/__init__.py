"""Reading the register: listings, recognition, facts of running."""

from platforms.selectors.listings import (
    activity_of,
    capability_in_full,
    capability_rows,
    city_choices,
    differences,
    fresh_since,
    managed_counts,
    managed_offers,
    open_reports,
    overdue_counts,
    overdue_listings,
    overdue_offers,
    parameter_lines,
    platform_in_full,
    platform_offers,
    platform_rows,
    resource_rows,
    similar_capabilities,
    waiting_claims,
    waiting_listings,
)
