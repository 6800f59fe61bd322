from django.urls import path

from config.health import views

urlpatterns = [
    path("healthz/", views.healthz, name="healthz"),
    path("healthz/live/", views.live, name="healthz_live"),
    path("healthz/ready/", views.ready, name="healthz_ready"),
    path("healthz/work/", views.work, name="healthz_work"),
]
