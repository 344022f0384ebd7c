"""Signing in and out, a lost password, one's apps, and the demo's mailbox."""

from django.contrib.auth import views as auth
from django.urls import path, reverse_lazy
from django.views.generic import RedirectView
from wagtail.admin.auth import require_admin_access

from accounts import client_views, device_views, email_views, views
from accounts.forms import NewPasswordForm

app_name = "accounts"

urlpatterns = [
    path("masuk/", views.SignIn.as_view(), name="sign-in"),
    path("keluar/", auth.LogoutView.as_view(), name="sign-out"),
    path(
        "sandi/lupa/",
        views.PasswordForgotten.as_view(
            template_name="accounts/password_forgotten.html",
            email_template_name="accounts/password_mail.txt",
            subject_template_name="accounts/password_mail_subject.txt",
            success_url=reverse_lazy("accounts:password-mailed"),
        ),
        name="password-reset",
    ),
    path(
        "sandi/terkirim/",
        auth.PasswordResetDoneView.as_view(template_name="accounts/password_mailed.html"),
        name="password-mailed",
    ),
    path(
        "sandi/<uidb64>/<token>/",
        auth.PasswordResetConfirmView.as_view(
            template_name="accounts/password_new.html",
            form_class=NewPasswordForm,
            success_url=reverse_lazy("accounts:password-changed"),
        ),
        name="password-new",
    ),
    path(
        "sandi/berubah/",
        auth.PasswordResetCompleteView.as_view(template_name="accounts/password_changed.html"),
        name="password-changed",
    ),
    path("akun/perangkat/", device_views.devices, name="devices"),
    path("akun/perangkat/<uuid:public_id>/akhiri/", device_views.end, name="device-end"),
    path("akun/perangkat/akhiri-semua/", device_views.end_all, name="end-all"),
    path("akun/klien/", client_views.own_clients, name="clients"),
    path("akun/klien/<uuid:public_id>/rahasia/", client_views.replace, name="client-replace"),
    path("akun/klien/<uuid:public_id>/akhiri-lama/", client_views.end_old, name="client-end-old"),
    path("akun/klien/<uuid:public_id>/cabut/", client_views.revoke, name="client-revoke"),
    path("akun/surel/", email_views.change, name="email"),
    path("akun/surel/kode/", email_views.code, name="email-code"),
    path("kotak-surat/", views.mailbox, name="mailbox"),
    # Before Wagtail's own: one way in, so that a second factor cannot be gone round later.
    path(
        "admin/login/",
        RedirectView.as_view(pattern_name="accounts:sign-in", query_string=True),
    ),
    path("admin/password_reset/", RedirectView.as_view(pattern_name="accounts:password-reset")),
    path("admin/account/", require_admin_access(views.Account.as_view())),
]
