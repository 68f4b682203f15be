"""Measurements of the portal, each with its README."""
