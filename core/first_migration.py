"""How the first migration of an app makes its tables: all of them at once."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState


class FirstMigration(migrations.Migration):
    """Whole tables, extensions and triggers, with no state of the models in between.

    After each operation Django renders every model anew that is related to the one it changed. Ours
    are all related, and that was most of the time of making the tables. Here they are rendered once
    an app. So fields, constraints and indexes stand inside their `CreateModel`; nothing is altered.
    """

    initial = True

    def apply(
        self,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,
    ) -> ProjectState:
        """Make the tables; `project_state` holds them afterwards."""
        self._render_anew(project_state)
        for operation in self.operations:
            operation.database_forwards(self.app_label, schema_editor, project_state, project_state)
        return project_state

    def unapply(
        self,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,
    ) -> ProjectState:
        """Drop them, the last one first; `project_state` has never known them."""
        made = project_state.clone()
        self._render_anew(made)
        for operation in reversed(self.operations):
            operation.database_backwards(self.app_label, schema_editor, made, made)
        return project_state

    def _render_anew(self, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # rendered when next asked for
        self.mutate_state(state, preserve=False)
