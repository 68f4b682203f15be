import accounts.querysets
import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from core.first_migration import FirstMigration


class Migration(FirstMigration):

    dependencies = [
        ('pghistory', '0007_auto_20250421_0444'),
        ('taxonomy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='邮箱')),
                ('name', models.CharField(max_length=50, verbose_name='姓名')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='电话')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='注册时间')),
            ],
            options={
                'verbose_name': '用户',
                'verbose_name_plural': '用户',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='accounts_user_email', violation_error_message='该邮箱已注册，请直接登录。')],
            },
            managers=[
                ('objects', accounts.querysets.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='ConsentRecord',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                ('purpose', models.CharField(max_length=60, verbose_name='目的')),
                ('text_version', models.CharField(max_length=20, verbose_name='文本版本')),
                ('granted_at', models.DateTimeField(verbose_name='同意时间')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='撤回时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='consents', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '个人信息同意',
                'verbose_name_plural': '个人信息同意',
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                ('name', models.CharField(max_length=200, verbose_name='单位名称')),
                ('uscc', models.CharField(error_messages={'unique': '该统一社会信用代码已登记，请联系本单位管理员加入。'}, max_length=18, unique=True, verbose_name='统一社会信用代码')),
                ('size_class', models.CharField(blank=True, choices=[('large', '大型'), ('medium', '中型'), ('small', '小型'), ('micro', '微型')], max_length=10, verbose_name='企业规模')),
                ('legal_person', models.CharField(blank=True, max_length=50, verbose_name='法定代表人')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='地址')),
                ('website', models.URLField(blank=True, verbose_name='网站')),
                ('status', models.CharField(choices=[('pending', '待审核'), ('approved', '已通过'), ('returned', '待补正'), ('suspended', '已停用')], default='pending', max_length=10, verbose_name='状态')),
                ('status_changed_at', models.DateTimeField(blank=True, null=True, verbose_name='状态时间')),
                ('wants_platform', models.BooleanField(default=False, verbose_name='申请登记中试平台')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('industry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.industry', verbose_name='所属行业')),
                ('qualifications', models.ManyToManyField(blank=True, related_name='+', to='taxonomy.term', verbose_name='企业资质')),
                ('region', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.region', verbose_name='注册地区')),
            ],
            options={
                'verbose_name': '单位',
                'verbose_name_plural': '单位',
            },
        ),
        migrations.CreateModel(
            name='OrganisationEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('name', models.CharField(max_length=200, verbose_name='单位名称')),
                ('uscc', models.CharField(error_messages={'unique': '该统一社会信用代码已登记，请联系本单位管理员加入。'}, max_length=18, verbose_name='统一社会信用代码')),
                ('size_class', models.CharField(blank=True, choices=[('large', '大型'), ('medium', '中型'), ('small', '小型'), ('micro', '微型')], max_length=10, verbose_name='企业规模')),
                ('legal_person', models.CharField(blank=True, max_length=50, verbose_name='法定代表人')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='地址')),
                ('website', models.URLField(blank=True, verbose_name='网站')),
                ('status', models.CharField(choices=[('pending', '待审核'), ('approved', '已通过'), ('returned', '待补正'), ('suspended', '已停用')], default='pending', max_length=10, verbose_name='状态')),
                ('status_changed_at', models.DateTimeField(blank=True, null=True, verbose_name='状态时间')),
                ('wants_platform', models.BooleanField(default=False, verbose_name='申请登记中试平台')),
                ('is_demo', models.BooleanField(default=False, verbose_name='演示数据')),
                ('industry', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='taxonomy.industry', verbose_name='所属行业')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.organisation')),
                ('region', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='taxonomy.region', verbose_name='注册地区')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='RoleAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                ('role', models.CharField(choices=[('enterprise', '企业用户'), ('operator', '平台运营'), ('government', '政府工作人员'), ('department', '协同部门'), ('broker', '技术经理人'), ('reviewer', '评审专家'), ('partner', '对接系统'), ('system_admin', '系统管理员'), ('security_admin', '安全管理员'), ('auditor', '审计管理员')], max_length=20, verbose_name='角色')),
                ('granted_at', models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True, verbose_name='授予时间')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='终止时间')),
                ('granted_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='授予人')),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='role_assignments', to='accounts.organisation', verbose_name='单位')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.region', verbose_name='管辖地区')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='role_assignments', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '角色授予',
                'verbose_name_plural': '角色授予',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('user', 'role', 'organisation', 'region'), name='accounts_role_once', nulls_distinct=False, violation_error_message='该用户已有这一角色。'), models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['department', 'enterprise', 'operator', 'partner']), _negated=True), ('organisation__isnull', False), _connector='OR'), name='accounts_role_organisation', violation_error_message='这一角色须指明单位。'), models.CheckConstraint(condition=models.Q(models.Q(('role__in', ['broker', 'government']), _negated=True), ('region__isnull', False), _connector='OR'), name='accounts_role_region', violation_error_message='这一角色须指明管辖地区。')],
            },
        ),
        migrations.CreateModel(
            name='RoleAssignmentEvent',
            fields=[
                ('pgh_id', models.AutoField(primary_key=True, serialize=False)),
                ('pgh_created_at', models.DateTimeField(auto_now_add=True)),
                ('pgh_label', models.TextField(help_text='The event label.')),
                ('id', models.BigIntegerField()),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('role', models.CharField(choices=[('enterprise', '企业用户'), ('operator', '平台运营'), ('government', '政府工作人员'), ('department', '协同部门'), ('broker', '技术经理人'), ('reviewer', '评审专家'), ('partner', '对接系统'), ('system_admin', '系统管理员'), ('security_admin', '安全管理员'), ('auditor', '审计管理员')], max_length=20, verbose_name='角色')),
                ('granted_at', models.DateTimeField(blank=True, default=django.utils.timezone.now, null=True, verbose_name='授予时间')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='终止时间')),
                ('granted_by', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL, verbose_name='授予人')),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='accounts.organisation', verbose_name='单位')),
                ('pgh_context', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='pghistory.context')),
                ('pgh_obj', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='events', to='accounts.roleassignment')),
                ('region', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to='taxonomy.region', verbose_name='管辖地区')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', related_query_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='ServiceToken',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                ('name', models.CharField(max_length=100, verbose_name='用途')),
                ('prefix', models.CharField(max_length=12, unique=True, verbose_name='前缀')),
                ('digest', models.CharField(max_length=64, verbose_name='摘要')),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('platforms:read', '读取平台与能力'), ('platforms:write', '维护能力'), ('demands:read', '读取需求'), ('demands:write', '发布需求'), ('matching:read', '读取匹配'), ('matching:write', '发起匹配'), ('cases:read', '读取对接与案例'), ('cases:write', '发起对接'), ('policies:read', '读取政策与动态'), ('taxonomy:read', '读取代码表'), ('reports:read', '读取年度报告与指标'), ('reports:write', '填写年度报告'), ('monitoring:read', '读取运行监测'), ('monitoring:write', '处理运行预警')], max_length=30), size=None, verbose_name='权限范围')),
                ('expires_at', models.DateTimeField(verbose_name='有效期至')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='最近使用')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='service_tokens', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '服务令牌',
                'verbose_name_plural': '服务令牌',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_organisationevent" ("address", "created_at", "id", "industry_id", "is_demo", "legal_person", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "size_class", "status", "status_changed_at", "uscc", "wants_platform", "website") VALUES (NEW."address", NEW."created_at", NEW."id", NEW."industry_id", NEW."is_demo", NEW."legal_person", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_id", NEW."size_class", NEW."status", NEW."status_changed_at", NEW."uscc", NEW."wants_platform", NEW."website"); RETURN NULL;', hash='81b35d733d97035b602bc01c2d8160a4a775264b', operation='INSERT', pgid='pgtrigger_insert_insert_66a5c', table='accounts_organisation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='organisation',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."industry_id" IS DISTINCT FROM (NEW."industry_id") OR OLD."is_demo" IS DISTINCT FROM (NEW."is_demo") OR OLD."legal_person" IS DISTINCT FROM (NEW."legal_person") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."region_id" IS DISTINCT FROM (NEW."region_id") OR OLD."size_class" IS DISTINCT FROM (NEW."size_class") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."status_changed_at" IS DISTINCT FROM (NEW."status_changed_at") OR OLD."uscc" IS DISTINCT FROM (NEW."uscc") OR OLD."wants_platform" IS DISTINCT FROM (NEW."wants_platform") OR OLD."website" IS DISTINCT FROM (NEW."website"))', func='INSERT INTO "accounts_organisationevent" ("address", "created_at", "id", "industry_id", "is_demo", "legal_person", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "size_class", "status", "status_changed_at", "uscc", "wants_platform", "website") VALUES (NEW."address", NEW."created_at", NEW."id", NEW."industry_id", NEW."is_demo", NEW."legal_person", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_id", NEW."size_class", NEW."status", NEW."status_changed_at", NEW."uscc", NEW."wants_platform", NEW."website"); RETURN NULL;', hash='dbac658c2035ce3a796ef2e74455dd3195ec0982', operation='UPDATE', pgid='pgtrigger_update_update_9e5fc', table='accounts_organisation', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roleassignment',
            trigger=pgtrigger.compiler.Trigger(name='insert_insert', sql=pgtrigger.compiler.UpsertTriggerSql(func='INSERT INTO "accounts_roleassignmentevent" ("created_at", "ended_at", "granted_at", "granted_by_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "user_id") VALUES (NEW."created_at", NEW."ended_at", NEW."granted_at", NEW."granted_by_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."region_id", NEW."role", NEW."user_id"); RETURN NULL;', hash='1d915bbc374dcf7782a8575ed0d2d4343358485d', operation='INSERT', pgid='pgtrigger_insert_insert_e7f6a', table='accounts_roleassignment', when='AFTER')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='roleassignment',
            trigger=pgtrigger.compiler.Trigger(name='update_update', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."granted_at" IS DISTINCT FROM (NEW."granted_at") OR OLD."granted_by_id" IS DISTINCT FROM (NEW."granted_by_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."organisation_id" IS DISTINCT FROM (NEW."organisation_id") OR OLD."region_id" IS DISTINCT FROM (NEW."region_id") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))', func='INSERT INTO "accounts_roleassignmentevent" ("created_at", "ended_at", "granted_at", "granted_by_id", "id", "organisation_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "region_id", "role", "user_id") VALUES (NEW."created_at", NEW."ended_at", NEW."granted_at", NEW."granted_by_id", NEW."id", NEW."organisation_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."region_id", NEW."role", NEW."user_id"); RETURN NULL;', hash='95be9784311832576ab7670049ce0c549558cce5', operation='UPDATE', pgid='pgtrigger_update_update_bc884', table='accounts_roleassignment', when='AFTER')),
        ),
    ]
