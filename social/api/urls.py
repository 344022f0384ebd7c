"""Routes of this app under /api/v1/."""

from django.urls import path

from social.api import desk, posts

urlpatterns = [
    path("posts", posts.PublishedPosts.as_view(), name="posts"),
    path("social/posts", desk.DeskPosts.as_view(), name="desk-posts"),
    path("social/posts/<uuid:public_id>", desk.DeskPost.as_view(), name="desk-post"),
    path("social/posts/<uuid:public_id>/submit", desk.SubmitPost.as_view(), name="desk-submit"),
    path("social/posts/<uuid:public_id>/approve", desk.ApprovePost.as_view(), name="desk-approve"),
    path(
        "social/posts/<uuid:public_id>/request-changes",
        desk.RequestChanges.as_view(),
        name="desk-request-changes",
    ),
    path("social/posts/<uuid:public_id>/hold", desk.HoldPost.as_view(), name="desk-hold"),
    path("social/posts/<uuid:public_id>/resume", desk.ResumePost.as_view(), name="desk-resume"),
    path("social/posts/<uuid:public_id>/move", desk.MovePost.as_view(), name="desk-move"),
    path(
        "social/posts/<uuid:public_id>/withdraw", desk.WithdrawPost.as_view(), name="desk-withdraw"
    ),
    path("social/posts/<uuid:public_id>/hand-in", desk.HandInPost.as_view(), name="desk-hand-in"),
    path("social/posts/<uuid:public_id>/resolve", desk.ResolvePost.as_view(), name="desk-resolve"),
    path("social/pictures/<uuid:public_id>", desk.DeskPicture.as_view(), name="desk-picture"),
    path("social/videos/<uuid:public_id>", desk.DeskVideo.as_view(), name="desk-video"),
    path("social/stop", desk.EmergencyStop.as_view(), name="desk-stop"),
]
