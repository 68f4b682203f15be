import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from core.first_migration import FirstMigration


class Migration(FirstMigration):

    dependencies = [
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='NotificationPreference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wants_mail', models.BooleanField(default=True, verbose_name='同时发送邮件')),
                ('user', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='notification_preference', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '消息设置',
                'verbose_name_plural': '消息设置',
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event_id', models.UUIDField(null=True, verbose_name='事件')),
                ('kind', models.CharField(max_length=60, verbose_name='类型')),
                ('title', models.CharField(max_length=200, verbose_name='标题')),
                ('body', models.TextField(blank=True, verbose_name='内容')),
                ('url', models.CharField(blank=True, max_length=300, verbose_name='链接')),
                ('created_at', models.DateTimeField(verbose_name='时间')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='已读时间')),
                ('mailed_at', models.DateTimeField(blank=True, null=True, verbose_name='邮件时间')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '消息',
                'verbose_name_plural': '消息',
                'indexes': [models.Index(fields=['user', '-created_at'], name='notificatio_user_id_05b4bc_idx'), models.Index(condition=models.Q(('read_at__isnull', True)), fields=['user'], name='notif_unread'), models.Index(condition=models.Q(('mailed_at__isnull', True)), fields=['created_at'], name='notif_unmailed')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('event_id__isnull', False)), fields=('event_id', 'user', 'kind'), name='notifications_once')],
            },
        ),
    ]
