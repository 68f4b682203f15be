"""Addresses of accounts: registering, one's own things, organisations, people, the log."""

from django.urls import path

from accounts.views import (
    activity,
    identities,
    organisations,
    people,
    profile,
    registration,
    tokens,
)

app_name = "accounts"
urlpatterns = [
    path("register/", registration.register, name="register"),
    path("profile/", profile.profile, name="profile"),
    path("profile/activity/", activity.my_activity, name="my_activity"),
    path("profile/export/", profile.export, name="export"),
    path("profile/close/", profile.close, name="close"),
    path("profile/consents/<int:pk>/withdraw/", profile.withdraw, name="withdraw_consent"),
    path("profile/identities/<int:pk>/unlink/", identities.unlink, name="unlink_identity"),
    path("identity/", identities.identity, name="identity"),
    path("identity/<slug:provider>/", identities.start, name="identity_start"),
    path("identity/<slug:provider>/callback/", identities.callback, name="identity_callback"),
    path("profile/tokens/", tokens.tokens, name="tokens"),
    path("profile/tokens/<int:pk>/revoke/", tokens.revoke, name="revoke_token"),
    path("organisation/", organisations.own, name="organisation"),
    path("organisation/join/", registration.join, name="join"),
    path("organisations/<int:pk>/", organisations.organisation, name="organisation"),
    path("organisations/<int:pk>/edit/", organisations.edit, name="edit_organisation"),
    path("organisations/<int:pk>/<slug:name>/", organisations.move, name="move_organisation"),
    path("roles/<int:pk>/answer/", organisations.answer, name="answer_request"),
    path("roles/<int:pk>/end/", organisations.end, name="end_role"),
    path("review/organisations/", organisations.review, name="organisations"),
    path("manage/people/", people.people, name="people"),
    path("manage/people/new/", people.invite, name="invite"),
    path("manage/people/<int:pk>/", people.person, name="person"),
    path("manage/people/<int:pk>/active/", people.active, name="set_active"),
    path("manage/activity/", activity.activity, name="activity"),
]
