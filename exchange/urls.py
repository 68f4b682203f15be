from django.urls import path

from exchange import views

app_name = "exchange"
urlpatterns = [
    path("manage/peers/", views.peers, name="peers"),
    path("manage/peers/new/", views.add, name="add"),
    path("manage/peers/<int:pk>/", views.peer, name="peer"),
    path("manage/peers/<int:pk>/edit/", views.edit, name="edit"),
    path("manage/peers/<int:pk>/pull/", views.pull, name="pull"),
    path("manage/peers/<int:pk>/records/", views.records, name="records"),
    path("manage/peers/<int:pk>/conflicts/", views.conflicts, name="conflicts"),
    path("manage/peers/records/<int:pk>/", views.record, name="record"),
    path("manage/peers/records/<int:pk>/settle/", views.settle, name="settle"),
]
