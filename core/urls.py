from django.urls import path

from core import views

app_name = "core"
urlpatterns = [path("files/<uuid:pk>/", views.file, name="file")]
