from django.urls import path

from reporting.views import indicators

app_name = "reporting"
urlpatterns = [
    path("indicators/", indicators.indicators, name="indicators"),
    path("indicators/<str:code>/", indicators.indicator, name="indicator"),
]
