import django.contrib.postgres.operations
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models

from core.first_migration import FirstMigration


class Migration(FirstMigration):

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        django.contrib.postgres.operations.TrigramExtension(
        ),
        migrations.CreateModel(
            name='ActivitySeal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first_id', models.BigIntegerField(verbose_name='起始记录')),
                ('last_id', models.BigIntegerField(unique=True, verbose_name='截止记录')),
                ('count', models.PositiveIntegerField(verbose_name='条数')),
                ('digest', models.CharField(max_length=64, verbose_name='摘要')),
                ('sealed_at', models.DateTimeField(verbose_name='封存时间')),
            ],
            options={
                'verbose_name': '操作记录封存',
                'verbose_name_plural': '操作记录封存',
            },
        ),
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(db_index=True, max_length=80, verbose_name='事件')),
                ('payload', models.JSONField(default=dict, verbose_name='内容')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='发生时间')),
                ('completed_at', models.DateTimeField(null=True, verbose_name='全部送达时间')),
            ],
            options={
                'verbose_name': '事件',
                'verbose_name_plural': '事件',
                'indexes': [models.Index(condition=models.Q(('completed_at__isnull', True)), fields=['created_at'], name='core_event_open')],
            },
        ),
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reaction', models.CharField(max_length=100, verbose_name='反应')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='次数')),
                ('last_error', models.TextField(blank=True, verbose_name='最近错误')),
                ('done_at', models.DateTimeField(null=True, verbose_name='完成时间')),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='core.event')),
            ],
            options={
                'verbose_name': '事件送达',
                'verbose_name_plural': '事件送达',
                'constraints': [models.UniqueConstraint(fields=('event', 'reaction'), name='core_delivery_once')],
            },
        ),
        migrations.CreateModel(
            name='StoredFile',
            fields=[
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('file', models.FileField(upload_to='%Y/%m/', verbose_name='文件')),
                ('name', models.CharField(max_length=200, verbose_name='文件名')),
                ('content_type', models.CharField(max_length=100, verbose_name='类型')),
                ('size_bytes', models.PositiveBigIntegerField(verbose_name='大小')),
                ('sha256', models.CharField(max_length=64, verbose_name='摘要')),
                ('target_type', models.CharField(max_length=60, verbose_name='所属类型')),
                ('target_id', models.CharField(max_length=80, verbose_name='所属编号')),
                ('label', models.CharField(blank=True, max_length=120, verbose_name='材料')),
                ('uploaded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='上传人')),
            ],
            options={
                'verbose_name': '文件',
                'verbose_name_plural': '文件',
                'indexes': [models.Index(fields=['target_type', 'target_id'], name='core_stored_target__488be6_idx')],
            },
        ),
        migrations.CreateModel(
            name='ActivityLog',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='时间')),
                ('actor_name', models.CharField(max_length=100, verbose_name='操作人姓名')),
                ('action', models.CharField(db_index=True, max_length=80, verbose_name='动作')),
                ('target_type', models.CharField(max_length=60, verbose_name='对象类型')),
                ('target_id', models.CharField(max_length=80, verbose_name='对象编号')),
                ('target_label', models.CharField(max_length=300, verbose_name='对象名称')),
                ('reason', models.TextField(blank=True, verbose_name='原因')),
                ('data', models.JSONField(default=dict, verbose_name='数据')),
                ('request_id', models.CharField(blank=True, max_length=64, verbose_name='请求编号')),
                ('ip_address', models.GenericIPAddressField(null=True, verbose_name='网络地址')),
                ('actor', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='操作人')),
            ],
            options={
                'verbose_name': '操作记录',
                'verbose_name_plural': '操作记录',
                'indexes': [models.Index(fields=['target_type', 'target_id', '-at'], name='core_activi_target__73f222_idx')],
            },
        ),
        migrations.CreateModel(
            name='DayCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='日期')),
                ('name', models.CharField(max_length=40, verbose_name='事项')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='对象')),
                ('count', models.BigIntegerField(default=0, verbose_name='次数')),
            ],
            options={
                'verbose_name': '按日计数',
                'verbose_name_plural': '按日计数',
                'constraints': [models.UniqueConstraint(fields=('day', 'name', 'subject'), name='core_count_once')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='activityseal',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='635dafd3f12f62990e24b57a1cbd2669c4446e62', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_65417', table='core_activityseal', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='activitylog',
            trigger=pgtrigger.compiler.Trigger(name='append_only', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='07a8dbdb70f4322a53e2e6d8c134904c82b470a0', operation='UPDATE OR DELETE', pgid='pgtrigger_append_only_252c1', table='core_activitylog', when='BEFORE')),
        ),
    ]
