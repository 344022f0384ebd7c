"""The ASN's own pages."""

from django.urls import path

from marketplace import (
    activation_views,
    audit_views,
    history_views,
    letter_views,
    own_shop_views,
    participation_views,
    receipt_views,
    recognition_views,
    rights_views,
    sso_views,
    views,
    year_card_views,
)

app_name = "marketplace"

urlpatterns = [
    path("aktivasi/", activation_views.ask, name="activation"),
    path("aktivasi/kode/", activation_views.activate, name="activate"),
    path("masuk/sso/", sso_views.start, name="sso"),
    path("masuk/sso/kembali/", sso_views.back, name="sso-back"),
    path("persetujuan/", rights_views.consent, name="consent"),
    path("persetujuan/tarik/", rights_views.withdraw, name="withdraw"),
    path("data-saya/", rights_views.my_data_page, name="my-data"),
    path("data-saya/unduh/", rights_views.take_along, name="take-along"),
    path("data-saya/rumah/", rights_views.home, name="home"),
    path("data-saya/tempat-kerja/", rights_views.workplace, name="workplace"),
    path("data-saya/hapus/", rights_views.leave, name="leave"),
    path("data-saya/terhapus/", rights_views.left, name="left"),
    path("belanja/catat/", views.record, name="record"),
    path("belanja/", history_views.purchases, name="purchases"),
    path("belanja/belanja-saya.csv", history_views.as_csv, name="purchases-csv"),
    path("belanja/belanja-saya.xlsx", history_views.as_xlsx, name="purchases-xlsx"),
    path("belanja/<uuid:public_id>/", views.purchase, name="purchase"),
    path("belanja/<uuid:public_id>/batal/", views.void, name="void"),
    path("belanja/<uuid:public_id>/nanti/", views.not_now, name="not-now"),
    path("belanja/<uuid:public_id>/perbaiki/", views.correct, name="correct"),
    path("belanja/<uuid:public_id>/struk/", receipt_views.receipt, name="receipt"),
    path("belanja/<uuid:public_id>/struk/hapus/", receipt_views.remove, name="remove-receipt"),
    path("audit/belanja/", audit_views.marked, name="audit-marks"),
    path("audit/belanja/<uuid:public_id>/", audit_views.one, name="audit-mark"),
    path("audit/belanja/<uuid:public_id>/orang/", audit_views.person, name="audit-person"),
    path("toko-saya/", own_shop_views.mine, name="own-shops"),
    path("toko-saya/<uuid:public_id>/", own_shop_views.one, name="own-shop"),
    path("usulkan/", views.propose, name="propose"),
    path("partisipasi/", participation_views.participation, name="participation"),
    path("partisipasi/tujuan/", participation_views.goal, name="goal"),
    path("partisipasi/surel/", letter_views.choose, name="letters"),
    path("surel/berhenti/<str:token>/", letter_views.end, name="letters-end"),
    path("partisipasi/terima-kasih/", recognition_views.thanks, name="thanks"),
    path("partisipasi/terima-kasih/nama-saya/", recognition_views.choose, name="recognition"),
    path("partisipasi/rapor/", year_card_views.page, name="year-card"),
    path("partisipasi/rapor/<int:year>.png", year_card_views.picture, name="year-card-picture"),
]
