"""The addresses that allauth leads to by name: those of its pages that we want, and no other."""

from django.urls import path

from accounts import second_factor_views as second
from accounts import views

urlpatterns = [
    path("masuk/", views.SignIn.as_view(), name="account_login"),
    path("masuk/kode/", second.Code.as_view(), name="mfa_authenticate"),
    path("masuk/lagi/", second.Again.as_view(), name="account_reauthenticate"),
    path("masuk/lagi/kode/", second.AgainByCode.as_view(), name="mfa_reauthenticate"),
    path("akun/", second.Security.as_view(), name="mfa_index"),
    path("akun/faktor-kedua/", second.SetUp.as_view(), name="mfa_activate_totp"),
    path("akun/faktor-kedua/lepas/", second.TakeOff.as_view(), name="mfa_deactivate_totp"),
    path("akun/kode-cadangan/", second.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path(
        "akun/kode-cadangan/baru/",
        second.NewRecoveryCodes.as_view(),
        name="mfa_generate_recovery_codes",
    ),
]
