"""The tables of the marketplace: places, people, the registry, money and what is released of it."""

from marketplace.models.activation import Activation, ActivationNotice
from marketplace.models.agencies import Agency
from marketplace.models.bands import Band, OwnGoal
from marketplace.models.circulation import BuyerMonth, CirculationCell, CirculationMonth
from marketplace.models.consents import ConsentDecision, ConsentText
from marketplace.models.counter import CounterStep
from marketplace.models.goals import CampaignDay, CollectiveGoal
from marketplace.models.letters import LetterChoice, LetterSent
from marketplace.models.marks import Decision, Mark, NotNow
from marketplace.models.people import Asn, Buyer, FormerNip, Home, Posting, Workplace
from marketplace.models.personnel import PersonnelLine, PersonnelRun
from marketplace.models.purchases import Evidence, Purchase, PurchaseItem, Void
from marketplace.models.receipts import Receipt
from marketplace.models.recognition import Recognition
from marketplace.models.regions import OUTSIDE, Region
from marketplace.models.registry import Category, Product, Umkm
from marketplace.models.releases import (
    Block,
    BookMonth,
    Lens,
    Release,
    Residents,
    ShopReach,
    ShopTakings,
    Spread,
    Staff,
    Stayed,
    Turnout,
)
from marketplace.models.surveys import LocalSurvey, SurveyAnswer

__all__ = [
    "OUTSIDE",
    "Activation",
    "ActivationNotice",
    "Agency",
    "Asn",
    "Band",
    "Block",
    "BookMonth",
    "Buyer",
    "BuyerMonth",
    "CampaignDay",
    "Category",
    "CirculationCell",
    "CirculationMonth",
    "CollectiveGoal",
    "ConsentDecision",
    "ConsentText",
    "CounterStep",
    "Decision",
    "Evidence",
    "FormerNip",
    "Home",
    "Lens",
    "LetterChoice",
    "LetterSent",
    "LocalSurvey",
    "Mark",
    "NotNow",
    "OwnGoal",
    "PersonnelLine",
    "PersonnelRun",
    "Posting",
    "Product",
    "Purchase",
    "PurchaseItem",
    "Receipt",
    "Recognition",
    "Region",
    "Release",
    "Residents",
    "ShopReach",
    "ShopTakings",
    "Spread",
    "Staff",
    "Stayed",
    "Turnout",
    "SurveyAnswer",
    "Umkm",
    "Void",
    "Workplace",
]
