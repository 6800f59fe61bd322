from django.urls import path

from config.metrics import views

# Without a slash at its end, as Prometheus asks by default.
urlpatterns = [path("metrics", views.metrics, name="metrics")]
