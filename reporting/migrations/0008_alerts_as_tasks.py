"""Alerts move by a state table, and remember when their value recovered."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0007_values_by_number"),
    ]

    operations = [
        migrations.RenameField(
            model_name="alert", old_name="closed_at", new_name="status_changed_at"
        ),
        migrations.AlterField(
            model_name="alert",
            name="status_changed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="状态时间"),
        ),
        migrations.AddField(
            model_name="alert",
            name="recovered_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="数值恢复时间"),
        ),
    ]
