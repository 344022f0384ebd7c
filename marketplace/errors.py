"""What the marketplace refuses, each with a stable type that apps may decide by."""

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal
from core.idempotency import KeyReused


class MarketplaceError(Refusal):
    """Something that the marketplace's rules do not allow; nothing was written."""


# --- Recording a purchase ------------------------------------------------------------------------


class DayNotYetCome(MarketplaceError):
    """The day lies after today (in TIME_ZONE)."""

    type = "day-not-yet-come"
    title = _("This day has not come yet.")


class DayTooOld(MarketplaceError):
    """The day lies further back than RECORDING_WINDOW_DAYS."""

    type = "day-too-old"
    title = _("This day is too long ago to be recorded.")


class AmountOutOfRange(MarketplaceError):
    """Not a whole number of rupiah between 1 and MOST_RUPIAH."""

    type = "amount-out-of-range"
    title = _("The amount must be whole rupiah, from Rp1 to Rp2,000,000,000.")


class UmkmUnknown(MarketplaceError):
    """No shop of the registry has this id or page."""

    type = "umkm-unknown"
    title = _("This shop is not in the registry.")


class UmkmClosed(MarketplaceError):
    """The shop's page is unpublished."""

    type = "umkm-closed"
    title = _("This shop is no longer listed.")
    status = 409


class ItemsDoNotFit(MarketplaceError):
    """An item of another shop, an item named twice, or items worth more than the purchase."""

    type = "items-do-not-fit"
    title = _("The items do not fit this purchase.")


class NoHome(MarketplaceError):
    """The personnel file names no home, so the purchase could count nowhere."""

    type = "no-home"
    title = _("Your home kelurahan is not known yet. Please ask your personnel office.")
    status = 409


class PurchaseKeyReused(KeyReused):
    """The key belongs, for ever, to a purchase with other content."""


# --- Taking it back ------------------------------------------------------------------------------


class PurchaseUnknown(MarketplaceError):
    """No such purchase, or another person's: the two look alike."""

    type = "purchase-unknown"
    title = _("There is no such purchase.")
    status = 404


class PurchaseVoided(MarketplaceError):
    """It was taken back before; `extra` says when and why."""

    type = "purchase-voided"
    title = _("This purchase was already taken back.")
    status = 409


class CorrectionTooLate(MarketplaceError):
    """Older than CORRECTION_MONTHS."""

    type = "correction-too-late"
    title = _("This purchase is too old to be taken back.")
    status = 409


# --- Marks ---------------------------------------------------------------------------------------


class MarkUnknown(MarketplaceError):
    """No such purchase, or one that no rule marked: the two look alike."""

    type = "mark-unknown"
    title = _("There is no such marked purchase.")
    status = 404


class AlreadyDecided(MarketplaceError):
    """An auditor decided before; `extra` says what and when."""

    type = "already-decided"
    title = _("An auditor has already decided on this purchase.")
    status = 409


class OwnPurchaseNotDecided(MarketplaceError):
    """An auditor does not decide on what they bought themselves."""

    type = "own-purchase-not-decided"
    title = _("This purchase is your own: another auditor decides on it.")
    status = 403


# --- Receipts ------------------------------------------------------------------------------------


class ReceiptUnknown(MarketplaceError):
    """No photo was given for this purchase, or nothing of it can be shown any more."""

    type = "receipt-unknown"
    title = _("There is no photo of a receipt.")
    status = 404


class ReceiptLinkOver(MarketplaceError):
    """The link's minutes are over, it was made for somebody else, or the photo was replaced."""

    type = "receipt-link-over"
    title = _("This link is over. Please ask for the photo again.")
    status = 404


class ReceiptTooLarge(MarketplaceError):
    """More bytes than RECEIPT_MEGABYTES."""

    type = "receipt-too-large"
    title = _("This photo is too large.")
    status = 413


class ReceiptTooManyPixels(MarketplaceError):
    """More pixels than RECEIPT_MEGAPIXELS; it was not decoded."""

    type = "receipt-too-many-pixels"
    title = _("This photo has too many pixels.")


class ReceiptNotAPhoto(MarketplaceError):
    """By its first bytes none of the formats that are read, whatever it is named."""

    type = "receipt-not-a-photo"
    title = _("This is not a photo. JPEG, PNG, WebP and HEIC are read.")


class ReceiptUnreadable(MarketplaceError):
    """Cut off, damaged, or more than the decoder may take."""

    type = "receipt-unreadable"
    title = _("This photo is damaged or cut off. Please take it again.")


class ReceiptRemoved(MarketplaceError):
    """These very bytes were removed before: a phone's late retry does not bring them back."""

    type = "receipt-removed"
    title = _("This photo was removed before. Please take a new one.")
    status = 409


class ReceiptKept(MarketplaceError):
    """RECEIPT_REMOVABLE_DAYS are over; `extra` says when the photo is deleted by itself."""

    type = "receipt-kept"
    title = _("This photo can no longer be removed or replaced; it is deleted by itself.")
    status = 409


class ReceiptsBusy(MarketplaceError):
    """Another photo is being drawn; to be repeated after `Retry-After`."""

    type = "receipts-busy"
    title = _("Many photos are coming in right now. Please try again shortly.")
    status = 503


# --- The registry --------------------------------------------------------------------------------


class PlaceUnknown(MarketplaceError):
    """Neither a kelurahan of this city nor the row that stands for everywhere outside it."""

    type = "place-unknown"
    title = _("This is not a kelurahan of this city.")


class NameNotAllowed(MarketplaceError):
    """A shop's name that holds a phone number, an RT or RW, or no letter."""

    type = "shop-name-not-allowed"
    title = _("Please give the shop's name only, without a phone number, RT or RW.")


class UmkmNotProposed(MarketplaceError):
    """Only a proposed shop, or one that was not listed, can be listed or refused."""

    type = "umkm-not-proposed"
    title = _("This shop is not waiting for a decision.")
    status = 409


class UmkmNotMergeable(MarketplaceError):
    """A shop cannot be merged into itself, nor twice, nor into one that is not listed."""

    type = "umkm-not-mergeable"
    title = _("These two shops cannot be merged.")
    status = 409


class NotYourShop(MarketplaceError):
    """No such shop, or another owner's: the two look alike."""

    type = "not-your-shop"
    title = _("No such shop is linked to your account.")
    status = 404


class NoSuchAccount(MarketplaceError):
    """No active account has this sign-in name."""

    type = "no-such-account"
    title = _("There is no account with this sign-in name.")
    status = 404


# --- People --------------------------------------------------------------------------------------


class NotAsn(MarketplaceError):
    """Signed in, but not as an ASN who activated their account."""

    type = "not-an-asn"
    title = _("This is for ASN who have activated their account.")
    status = 403


class ConsentMissing(MarketplaceError):
    """They did not agree to the present text, or took it back; nothing is recorded without."""

    type = "consent-missing"
    title = _("Nothing is recorded before you have read what is kept and agreed to it.")
    status = 403


class ConsentTextChanged(MarketplaceError):
    """The text that was agreed to is not, or no longer, the present one."""

    type = "consent-text-changed"
    title = _("The text has changed. Please read it as it stands now.")
    status = 409


class NoListToBeNamedIn(MarketplaceError):
    """Neither list was chosen, or one that the person has none of: a home outside the city, say."""

    type = "no-list-to-be-named-in"
    title = _("Choose the list of your agency, of your kelurahan, or both.")


class NotYourName(MarketplaceError):
    """What was typed to confirm an erasure is not the sign-in name of who asks."""

    type = "not-your-sign-in-name"
    title = _("To delete your data, give your own sign-in name.")
    status = 409


class AlreadyActivated(MarketplaceError):
    """The ASN has a user already, or the user is another ASN."""

    type = "already-activated"
    title = _("This account was activated before.")
    status = 409


class ActivationRefused(MarketplaceError):
    """The code is wrong, used or too old, or nobody may activate with this NIP; not said which."""

    type = "activation-refused"
    title = _("The code does not fit this NIP, is used or is too old. Ask for a new one.")
    status = 403


class SignInNameTaken(MarketplaceError):
    """The code was right, and somebody else signs in by this name."""

    type = "sign-in-name-taken"
    title = _("This sign-in name is taken. Please choose another.")
    status = 409


class TooManyActivations(MarketplaceError):
    """Codes for one NIP were asked for or tried too often, whether anyone has it or not."""

    type = "too-many-activations"
    title = _("Too many tries with this NIP. Please wait an hour.")
    status = 429


class NotActivatable(MarketplaceError):
    """Nobody with this NIP serves and has no account; only staff are told."""

    type = "not-activatable"
    title = _("Nobody with this NIP is waiting for an account.")
    status = 409


class HasAnAddress(MarketplaceError):
    """A code on paper is for people whom no mail reaches."""

    type = "has-an-address"
    title = _("The personnel file has an address: the code is sent there.")
    status = 409


class MoveInThePast(MarketplaceError):
    """A move dated before today would change where past purchases count."""

    type = "move-in-the-past"
    title = _("A move is dated today or later.")


class AddressIncomplete(MarketplaceError):
    """An RT without its RW, or an RT or RW outside the city."""

    type = "address-incomplete"
    title = _("An RT needs its RW, and neither is kept outside the city.")


class NipNotValid(MarketplaceError):
    """The text is no NIP; `reason` is one of the codes of `marketplace.nip.REASONS`."""

    type = "nip-not-valid"
    title = _("This is not a valid NIP.")

    def __init__(self, reason: str) -> None:
        super().__init__(extra={"reason": reason})
        self.reason = reason


class VariantNamedTwice(MarketplaceError):
    """Two variants of one product whose names are read as one, case and signs apart."""

    type = "variant-named-twice"
    title = _("Two variants of one product need two names.")


class MonthNotClosable(MarketplaceError):
    """Months close in order, and never before they end."""

    type = "month-not-closable"
    title = _("This month cannot be closed: months close in order, after they have ended.")
    status = 409


class FigureUnknown(MarketplaceError):
    """Figures are read by whole months, by place, in the declared lenses; nothing else."""

    type = "figure-unknown"
    title = _("There is no such figure.")


# --- What a month may come to --------------------------------------------------------------------


class BandInThePast(MarketplaceError):
    """A band dated before today would change what was told of days gone by."""

    type = "band-in-the-past"
    title = _("A band is dated today or later; what was before stays as it was.")


class BandUpsideDown(MarketplaceError):
    """One end without the other, a low end above the high one, or rupiah out of range."""

    type = "band-upside-down"
    title = _("A band has a low and a high end in whole rupiah, or neither.")


class NoAddress(MarketplaceError):
    """Letters are wanted for an account without an e-mail address."""

    type = "no-address"
    title = _("Your account has no e-mail address yet: give one first.")
    status = 409


class NothingThatYear(MarketplaceError):
    """No purchase of theirs stands in that year, which may not have begun."""

    type = "nothing-that-year"
    title = _("Nothing of yours stands in that year.")
    status = 404


# --- The survey of shops -------------------------------------------------------------------------


class SurveyClosed(MarketplaceError):
    """Its result stands; it takes no answer and loses none."""

    type = "survey-closed"
    title = _("This survey is closed.")
    status = 409


class AnswerNotValid(MarketplaceError):
    """Neither a percent nor a range of percents."""

    type = "answer-not-valid"
    title = _("A share is written as 60 or as 50-70, in percent.")
