"""Named queries: one set-based statement a subject, over all platforms of a cycle at once.

The number and the rows behind it come from the same declaration, so they cannot differ.
"""

from reporting.queries import ledger, offers, operations, platforms, projects, register
from reporting.queries.base import Answer, Row, Scope, answers, overall, rows_behind
