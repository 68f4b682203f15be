"""Addresses of messages, and of what a person set for mail and for other systems."""

from django.urls import path

from notifications.views import inbox, mail_settings, webhooks

app_name = "notifications"
urlpatterns = [
    path("messages/", inbox.inbox, name="inbox"),
    path("messages/read-all/", inbox.read_all, name="read_all"),
    path("messages/unsubscribe/<str:token>/", mail_settings.unsubscribe, name="unsubscribe"),
    path("messages/<int:pk>/", inbox.open_message, name="open"),
    path("profile/notifications/", mail_settings.mail_settings, name="mail_settings"),
    path("profile/webhooks/", webhooks.webhooks, name="webhooks"),
    path("profile/webhooks/<int:pk>/", webhooks.webhook, name="webhook"),
    path("profile/webhooks/<int:pk>/rotate/", webhooks.rotate, name="webhook_rotate"),
    path("profile/webhooks/<int:pk>/switch/", webhooks.switch, name="webhook_switch"),
    path("profile/webhooks/<int:pk>/test/", webhooks.test, name="webhook_test"),
    path("profile/webhooks/<int:pk>/delete/", webhooks.delete, name="webhook_delete"),
    path("profile/webhooks/deliveries/<uuid:pk>/resend/", webhooks.resend, name="webhook_resend"),
]
