"""Addresses of policies, interpretations, news and topics."""

from django.urls import path, re_path

from policies.states import CONTENT
from policies.views import editing, feeds, public, topics

app_name = "policies"
BUTTONS = "|".join(row.name for row in CONTENT.transitions)

urlpatterns = [
    path("policies/", public.documents, name="documents"),
    path("policies/feed/", feeds.DocumentFeed(), name="document_feed"),
    path("policies/<slug:slug>/", public.document, name="document"),
    path("interpretations/", public.interpretations, name="interpretations"),
    path("interpretations/<slug:slug>/", public.interpretation, name="interpretation"),
    path("news/", public.news_list, name="news_list"),
    path("news/feed/", feeds.NewsFeed(), name="news_feed"),
    path("news/<slug:slug>/", public.news, name="news"),
    path("topics/", topics.topics, name="topics"),
    path("topics/feed/", feeds.TopicFeed(), name="topic_feed"),
    path("topics/<slug:slug>/", topics.topic, name="topic"),
    path("manage/policies/", editing.manage, name="manage"),
    path("manage/policies/<slug:kind>/", editing.manage, name="manage_kind"),
    path("manage/policies/<slug:kind>/new/", editing.new, name="new"),
    path("manage/policies/<slug:kind>/<slug:slug>/", editing.edit, name="edit"),
    re_path(
        rf"^manage/policies/(?P<kind>[-\w]+)/(?P<slug>[-\w]+)/(?P<name>{BUTTONS})/$",
        editing.transition,
        name="transition",
    ),
    path("manage/policies/<slug:kind>/<slug:slug>/files/", editing.attach, name="attach"),
    path(
        "manage/policies/<slug:kind>/<slug:slug>/files/<uuid:pk>/remove/",
        editing.remove_file,
        name="remove_file",
    ),
]
