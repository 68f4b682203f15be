"""Writers of messages and webhooks. Other apps call `notify`."""

from core.activity import register_actions
from notifications.services.mails import (
    choose_mail,
    mail_digest,
    mail_notification,
    mail_waiting,
    unsubscribe,
    unsubscription,
)
from notifications.services.messages import notify, read_all, read_notification
from notifications.services.webhook_deliveries import (
    forget_deliveries,
    queue_deliveries,
    resend,
    send_next,
    send_test,
    sweep_webhooks,
)
from notifications.services.webhooks import (
    create_endpoint,
    delete_endpoint,
    edit_endpoint,
    forget_person,
    rotate_secret,
    set_endpoint_active,
)

register_actions(
    {
        "notifications.webhookendpoint.create": "登记了推送地址",
        "notifications.webhookendpoint.edit": "修改了推送地址",
        "notifications.webhookendpoint.rotate": "更换了推送密钥",
        "notifications.webhookendpoint.stop": "停用了推送",
        "notifications.webhookendpoint.resume": "启用了推送",
        "notifications.webhookendpoint.delete": "删除了推送地址",
    }
)
