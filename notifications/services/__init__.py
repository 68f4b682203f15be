"""Writers of messages. Other apps call `notify`."""

from notifications.services.messages import (
    choose_mail,
    mail_notification,
    mail_waiting,
    notify,
    read_all,
    read_notification,
)
