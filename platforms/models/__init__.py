"""Platforms, their capabilities, shareable resources and solutions."""

from platforms.models.capability import Capability, CapabilityParameter, Solution
from platforms.models.platform import ListingReport, Platform, PlatformClaim
from platforms.models.resource import Equipment, Expert, Line

__all__ = [
    "Capability",
    "CapabilityParameter",
    "Equipment",
    "Expert",
    "Line",
    "ListingReport",
    "Platform",
    "PlatformClaim",
    "Solution",
]
