import django.db.models.deletion
from django.db import migrations, models

from core.first_migration import FirstMigration


class Migration(FirstMigration):

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='CodeList',
            fields=[
                ('slug', models.SlugField(max_length=40, primary_key=True, serialize=False, verbose_name='标识')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('source', models.CharField(max_length=300, verbose_name='来源')),
                ('edition', models.CharField(max_length=60, verbose_name='版本')),
                ('note', models.TextField(blank=True, verbose_name='说明')),
            ],
            options={
                'verbose_name': '代码表',
                'verbose_name_plural': '代码表',
            },
        ),
        migrations.CreateModel(
            name='Industry',
            fields=[
                ('code', models.CharField(max_length=4, primary_key=True, serialize=False, verbose_name='代码')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('level', models.PositiveSmallIntegerField(verbose_name='级别')),
                ('is_active', models.BooleanField(default=True, verbose_name='有效')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='taxonomy.industry', verbose_name='上级')),
            ],
            options={
                'verbose_name': '国民经济行业',
                'verbose_name_plural': '国民经济行业',
            },
        ),
        migrations.CreateModel(
            name='Region',
            fields=[
                ('code', models.CharField(max_length=6, primary_key=True, serialize=False, verbose_name='代码')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('short_name', models.CharField(max_length=30, verbose_name='简称')),
                ('level', models.PositiveSmallIntegerField(choices=[(0, '国家'), (1, '省级'), (2, '地市级'), (3, '县区级')], verbose_name='级别')),
                ('edition', models.CharField(max_length=20, verbose_name='版本')),
                ('pinyin_key', models.CharField(db_index=True, max_length=200, verbose_name='拼音')),
                ('is_active', models.BooleanField(default=True, verbose_name='有效')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='taxonomy.region', verbose_name='上级')),
            ],
            options={
                'verbose_name': '行政区划',
                'verbose_name_plural': '行政区划',
            },
        ),
        migrations.CreateModel(
            name='Term',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=40, verbose_name='代码')),
                ('name', models.CharField(max_length=100, verbose_name='名称')),
                ('description', models.CharField(blank=True, max_length=500, verbose_name='说明')),
                ('order', models.PositiveSmallIntegerField(default=0, verbose_name='次序')),
                ('is_active', models.BooleanField(default=True, verbose_name='有效')),
                ('code_list', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='terms', to='taxonomy.codelist')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='taxonomy.term', verbose_name='上级')),
            ],
            options={
                'verbose_name': '词条',
                'verbose_name_plural': '词条',
                'constraints': [models.UniqueConstraint(fields=('code_list', 'code'), name='taxonomy_term_once')],
            },
        ),
        migrations.CreateModel(
            name='TermMapping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('relation', models.CharField(choices=[('exact', '等同'), ('broader', '上位'), ('narrower', '下位'), ('related', '相关')], max_length=10, verbose_name='关系')),
                ('industry', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='taxonomy.industry')),
                ('source', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='mappings', to='taxonomy.term')),
                ('target', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='taxonomy.term')),
            ],
            options={
                'verbose_name': '词条对应',
                'verbose_name_plural': '词条对应',
                'constraints': [models.UniqueConstraint(fields=('source', 'target', 'industry'), name='taxonomy_mapping_once', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('target__isnull', False), ('industry__isnull', False), _connector='XOR'), name='taxonomy_mapping_one_target', violation_error_message='对应关系须指向一个词条或一个行业。')],
            },
        ),
    ]
