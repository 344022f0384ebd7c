"""Routes of this app under /api/v1/."""

from django.urls import URLPattern, path

from marketplace.api.activation import ActivationAsk, ActivationConfirm
from marketplace.api.batch import PurchaseBatch
from marketplace.api.consents import MyConsent
from marketplace.api.favourites import PurchaseFavourites, PurchaseNotNow
from marketplace.api.figures import (
    AuditCirculation,
    CityFigure,
    CityParts,
    CitySpread,
    RegionFigure,
)
from marketplace.api.history import PurchaseMonths, PurchaseStory
from marketplace.api.letters import MyLetters
from marketplace.api.live import LiveCounter, LocalMultiplier
from marketplace.api.marks import AuditDecision, AuditMarks, AuditPerson
from marketplace.api.my_data import MyData, MyErasure, MyExport, MyHome, MyWorkplace
from marketplace.api.neighbourhood import MyNeighbourhood
from marketplace.api.own_shops import MyShop, MyShops
from marketplace.api.participation import MyGoal, MyParticipation
from marketplace.api.places import CategoryList, RegionList
from marketplace.api.purchases import (
    PurchaseCorrect,
    PurchaseDetail,
    PurchaseList,
    PurchaseVoid,
)
from marketplace.api.receipts import AuditReceipt, PurchaseReceipt, ReceiptPhoto
from marketplace.api.recognition import MyRecognition, ThanksLists
from marketplace.api.together import CampaignList, GoalList
from marketplace.api.turnout import AgencyTurnout, CityTurnout
from marketplace.api.year_card import MyYearCard

urlpatterns: list[URLPattern] = [
    path("regions", RegionList.as_view(), name="api-regions"),
    path("categories", CategoryList.as_view(), name="api-categories"),
    path("purchases", PurchaseList.as_view(), name="api-purchases"),
    path("purchases/months", PurchaseMonths.as_view(), name="api-purchases-months"),
    path("purchases/favourites", PurchaseFavourites.as_view(), name="api-favourites"),
    path("purchases/<uuid:public_id>/not-now", PurchaseNotNow.as_view(), name="api-not-now"),
    path("purchases/batch", PurchaseBatch.as_view(), name="api-purchases-batch"),
    path("purchases/<uuid:public_id>", PurchaseDetail.as_view(), name="api-purchase"),
    path("purchases/<uuid:public_id>/void", PurchaseVoid.as_view(), name="api-purchase-void"),
    path(
        "purchases/<uuid:public_id>/correct",
        PurchaseCorrect.as_view(),
        name="api-purchase-correct",
    ),
    path("purchases/<uuid:public_id>/receipt", PurchaseReceipt.as_view(), name="api-receipt"),
    path(
        "purchases/<uuid:public_id>/receipt/photo",
        ReceiptPhoto.as_view(),
        name="api-receipt-photo",
    ),
    path(
        "purchases/<uuid:public_id>/story",
        PurchaseStory.as_view(),
        name="api-purchase-story",
    ),
    path("circulation", CityFigure.as_view(), name="api-circulation"),
    path("circulation/live", LiveCounter.as_view(), name="api-circulation-live"),
    path("circulation/parts", CityParts.as_view(), name="api-circulation-parts"),
    path("circulation/spread", CitySpread.as_view(), name="api-circulation-spread"),
    path(
        "circulation/multiplier",
        LocalMultiplier.as_view(),
        name="api-circulation-multiplier",
    ),
    path("circulation/regions/<str:code>", RegionFigure.as_view(), name="api-circulation-region"),
    path("goals", GoalList.as_view(), name="api-goals"),
    path("campaigns", CampaignList.as_view(), name="api-campaigns"),
    path("turnout", CityTurnout.as_view(), name="api-turnout"),
    path("turnout/agencies", AgencyTurnout.as_view(), name="api-turnout-agencies"),
    path("audit/circulation", AuditCirculation.as_view(), name="api-audit-circulation"),
    path("audit/marks", AuditMarks.as_view(), name="api-audit-marks"),
    path(
        "audit/marks/<uuid:public_id>/decision",
        AuditDecision.as_view(),
        name="api-audit-decision",
    ),
    path("audit/marks/<uuid:public_id>/person", AuditPerson.as_view(), name="api-audit-person"),
    path("activation", ActivationAsk.as_view(), name="api-activation"),
    path("activation/confirm", ActivationConfirm.as_view(), name="api-activation-confirm"),
    path(
        "audit/purchases/<uuid:public_id>/receipt",
        AuditReceipt.as_view(),
        name="api-audit-receipt",
    ),
    path("me/consent", MyConsent.as_view(), name="api-consent"),
    path("me/data", MyData.as_view(), name="api-my-data"),
    path("me/home", MyHome.as_view(), name="api-my-home"),
    path("me/workplace", MyWorkplace.as_view(), name="api-my-workplace"),
    path("me/export", MyExport.as_view(), name="api-my-export"),
    path("me/erasure", MyErasure.as_view(), name="api-my-erasure"),
    path("me/goal", MyGoal.as_view(), name="api-goal"),
    path("me/year-card", MyYearCard.as_view(), name="api-year-card"),
    path("me/letters", MyLetters.as_view(), name="api-letters"),
    path("me/recognition", MyRecognition.as_view(), name="api-my-recognition"),
    path("me/shops", MyShops.as_view(), name="api-my-shops"),
    path("me/shops/<uuid:public_id>", MyShop.as_view(), name="api-my-shop"),
    path("recognition", ThanksLists.as_view(), name="api-recognition"),
    path("me/neighbourhood", MyNeighbourhood.as_view(), name="api-neighbourhood"),
    path("me/participation", MyParticipation.as_view(), name="api-participation"),
]
