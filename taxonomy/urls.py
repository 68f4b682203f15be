"""Public pages of the code lists."""

from django.urls import path

from taxonomy import views

app_name = "taxonomy"
urlpatterns = [
    path("code-lists/", views.code_lists, name="code_lists"),
    path("code-lists/gbt2260/", views.regions, name="regions"),
    path("code-lists/gbt2260/<str:code>/", views.regions, name="region"),
    path("code-lists/gbt4754/", views.industries, name="industries"),
    path("code-lists/<slug:slug>/", views.code_list, name="code_list"),
]
