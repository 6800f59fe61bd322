from django.urls import path

from votes import views

urlpatterns = [
    path("tools/<slug:slug>/vote/", views.vote, name="vote"),
    path("tools/<slug:slug>/vote/withdraw/", views.withdraw_vote, name="withdraw_vote"),
    path("tools/<slug:slug>/votes/", views.vote_audit, name="vote_audit"),
]
