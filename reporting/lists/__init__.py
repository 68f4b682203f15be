"""The kinds of numbered lists: what rows they hold, by which criteria, in which columns."""

from reporting.lists.base import Entry, ListType
from reporting.lists.needs import DEMANDS, GAPS
from reporting.lists.offers import PLATFORMS, SUPPLY, TAX
from reporting.lists.results import PRODUCTS, PROJECTS, STRONG

LIST_TYPES: dict[str, ListType] = {
    known.kind: known
    for known in (PLATFORMS, SUPPLY, DEMANDS, PROJECTS, PRODUCTS, GAPS, STRONG, TAX)
}
