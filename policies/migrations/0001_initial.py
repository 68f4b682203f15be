import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

from core.first_migration import FirstMigration


class Migration(FirstMigration):

    dependencies = [
        ('accounts', '__first__'),
        ('taxonomy', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PolicyDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                ('source_title', models.CharField(blank=True, max_length=300, verbose_name='来源标题')),
                ('source_url', models.URLField(blank=True, max_length=500, verbose_name='来源网址')),
                ('source_date', models.CharField(blank=True, max_length=10, verbose_name='来源日期')),
                ('source_kind', models.CharField(blank=True, max_length=20, verbose_name='来源类型')),
                ('source_ref', models.CharField(blank=True, max_length=300, verbose_name='来源索引')),
                ('search', django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='编号')),
                ('title', models.CharField(max_length=300, verbose_name='标题')),
                ('summary', models.TextField(blank=True, max_length=300, verbose_name='摘要')),
                ('body_source', models.TextField(blank=True, max_length=100000, verbose_name='正文')),
                ('body', models.TextField(blank=True, editable=False, verbose_name='正文(网页)')),
                ('region_text', models.CharField(blank=True, max_length=60, verbose_name='地区(来源原文)')),
                ('status', models.CharField(choices=[('draft', '草稿'), ('published', '已发布'), ('withdrawn', '已撤下')], default='draft', max_length=10, verbose_name='状态')),
                ('status_changed_at', models.DateTimeField(blank=True, null=True, verbose_name='状态时间')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='发布时间')),
                ('doc_number', models.CharField(blank=True, max_length=60, verbose_name='文号')),
                ('index_number', models.CharField(blank=True, max_length=60, verbose_name='索引号')),
                ('issuer', models.CharField(blank=True, max_length=300, verbose_name='发文机关')),
                ('signed_date', models.DateField(blank=True, null=True, verbose_name='成文日期')),
                ('issued_date', models.DateField(blank=True, null=True, verbose_name='发布日期')),
                ('effective_date', models.DateField(blank=True, null=True, verbose_name='实施日期')),
                ('expiry_date', models.DateField(blank=True, null=True, verbose_name='失效日期')),
                ('validity', models.CharField(choices=[('in_force', '有效'), ('expired', '失效'), ('repealed', '废止'), ('amended', '已修改'), ('unknown', '未注明')], default='unknown', max_length=10, verbose_name='有效性')),
                ('topic', models.CharField(blank=True, max_length=60, verbose_name='主题分类')),
                ('genre', models.CharField(blank=True, max_length=30, verbose_name='体裁')),
                ('audience', models.CharField(blank=True, max_length=100, verbose_name='服务对象')),
                ('keywords', models.CharField(blank=True, max_length=200, verbose_name='主题词')),
                ('publicity', models.CharField(blank=True, max_length=20, verbose_name='公开方式')),
                ('fields', models.ManyToManyField(blank=True, related_name='+', to='taxonomy.term', verbose_name='相关领域')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.region', verbose_name='适用地区')),
                ('supersedes', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='superseded_by', to='policies.policydocument', verbose_name='替代文件')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '政策文件',
                'verbose_name_plural': '政策文件',
                'abstract': False,
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='policies_policydocument_srch')],
                'constraints': [models.CheckConstraint(condition=models.Q(('effective_date__isnull', True), ('expiry_date__isnull', True), ('effective_date__lte', models.F('expiry_date')), _connector='OR'), name='policies_document_dates', violation_error_message='失效日期不能早于实施日期。'), models.UniqueConstraint(condition=models.Q(('doc_number', ''), _negated=True), fields=('doc_number',), name='policies_document_number', violation_error_message='该文号已有文件。')],
            },
        ),
        migrations.CreateModel(
            name='Interpretation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                ('source_title', models.CharField(blank=True, max_length=300, verbose_name='来源标题')),
                ('source_url', models.URLField(blank=True, max_length=500, verbose_name='来源网址')),
                ('source_date', models.CharField(blank=True, max_length=10, verbose_name='来源日期')),
                ('source_kind', models.CharField(blank=True, max_length=20, verbose_name='来源类型')),
                ('source_ref', models.CharField(blank=True, max_length=300, verbose_name='来源索引')),
                ('search', django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='编号')),
                ('title', models.CharField(max_length=300, verbose_name='标题')),
                ('summary', models.TextField(blank=True, max_length=300, verbose_name='摘要')),
                ('body_source', models.TextField(blank=True, max_length=100000, verbose_name='正文')),
                ('body', models.TextField(blank=True, editable=False, verbose_name='正文(网页)')),
                ('region_text', models.CharField(blank=True, max_length=60, verbose_name='地区(来源原文)')),
                ('status', models.CharField(choices=[('draft', '草稿'), ('published', '已发布'), ('withdrawn', '已撤下')], default='draft', max_length=10, verbose_name='状态')),
                ('status_changed_at', models.DateTimeField(blank=True, null=True, verbose_name='状态时间')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='发布时间')),
                ('issuer', models.CharField(blank=True, max_length=300, verbose_name='解读单位')),
                ('issued_date', models.DateField(blank=True, null=True, verbose_name='发布日期')),
                ('fields', models.ManyToManyField(blank=True, related_name='+', to='taxonomy.term', verbose_name='相关领域')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.region', verbose_name='适用地区')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('documents', models.ManyToManyField(blank=True, related_name='interpretations', to='policies.policydocument', verbose_name='解读的文件')),
            ],
            options={
                'verbose_name': '政策解读',
                'verbose_name_plural': '政策解读',
                'abstract': False,
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='policies_interpretation_srch')],
            },
        ),
        migrations.CreateModel(
            name='News',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='创建时间')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='更新时间')),
                ('source_title', models.CharField(blank=True, max_length=300, verbose_name='来源标题')),
                ('source_url', models.URLField(blank=True, max_length=500, verbose_name='来源网址')),
                ('source_date', models.CharField(blank=True, max_length=10, verbose_name='来源日期')),
                ('source_kind', models.CharField(blank=True, max_length=20, verbose_name='来源类型')),
                ('source_ref', models.CharField(blank=True, max_length=300, verbose_name='来源索引')),
                ('search', django.contrib.postgres.search.SearchVectorField(editable=False, null=True)),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='编号')),
                ('title', models.CharField(max_length=300, verbose_name='标题')),
                ('summary', models.TextField(blank=True, max_length=300, verbose_name='摘要')),
                ('body_source', models.TextField(blank=True, max_length=100000, verbose_name='正文')),
                ('body', models.TextField(blank=True, editable=False, verbose_name='正文(网页)')),
                ('region_text', models.CharField(blank=True, max_length=60, verbose_name='地区(来源原文)')),
                ('status', models.CharField(choices=[('draft', '草稿'), ('published', '已发布'), ('withdrawn', '已撤下')], default='draft', max_length=10, verbose_name='状态')),
                ('status_changed_at', models.DateTimeField(blank=True, null=True, verbose_name='状态时间')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='发布时间')),
                ('issuer', models.CharField(blank=True, max_length=300, verbose_name='来源单位')),
                ('issued_date', models.DateField(blank=True, null=True, verbose_name='日期')),
                ('fields', models.ManyToManyField(blank=True, related_name='+', to='taxonomy.term', verbose_name='相关领域')),
                ('region', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='taxonomy.region', verbose_name='适用地区')),
                ('written_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '行业动态',
                'verbose_name_plural': '行业动态',
                'abstract': False,
                'indexes': [django.contrib.postgres.indexes.GinIndex(fields=['search'], name='policies_news_srch')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='news',
            trigger=pgtrigger.compiler.Trigger(name='published_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."published_at" IS NOT NULL AND OLD."published_at" IS DISTINCT FROM (NEW."published_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='4fac0dd3bb20c60d472625f073651b74ba156b1d', operation='UPDATE', pgid='pgtrigger_published_once_9d550', table='policies_news', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='policydocument',
            trigger=pgtrigger.compiler.Trigger(name='published_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."published_at" IS NOT NULL AND OLD."published_at" IS DISTINCT FROM (NEW."published_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='598dc0a6fdb2b4802dab450c2e0b49ee09a8c67d', operation='UPDATE', pgid='pgtrigger_published_once_e0691', table='policies_policydocument', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='interpretation',
            trigger=pgtrigger.compiler.Trigger(name='published_once', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."published_at" IS NOT NULL AND OLD."published_at" IS DISTINCT FROM (NEW."published_at"))', func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='61e721b4a04b17097fa339f3792516a63bd25984', operation='UPDATE', pgid='pgtrigger_published_once_a0362', table='policies_interpretation', when='BEFORE')),
        ),
    ]
