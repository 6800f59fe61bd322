from django.urls import path

from dump import views

urlpatterns = [
    path("data/", views.data, name="data"),
    path("data/<str:name>", views.data_file, name="data_file"),
]
