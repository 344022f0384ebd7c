"""The photo of a receipt on the ASN's own pages: added, seen and removed without JavaScript."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from core.errors import Refusal
from marketplace import receipt_uploads, receipts
from marketplace.errors import PurchaseUnknown, ReceiptUnknown
from marketplace.models import Asn, Purchase
from marketplace.views import agreed_only, asn_only, own_or_404

TYPES = "image/*,.heic,.heif"


class ReceiptForm(forms.Form):
    """A photo from the camera, or one that was taken before: one of the two."""

    camera = forms.FileField(
        label=gettext_lazy("Take a photo of the receipt"),
        required=False,
        allow_empty_file=True,  # the rule says what an empty one is
        widget=forms.FileInput(attrs={"accept": TYPES, "capture": "environment"}),
    )
    gallery = forms.FileField(
        label=gettext_lazy("Or choose a photo or screenshot"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": TYPES}),
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if not (said.get("camera") or said.get("gallery")):
            raise forms.ValidationError(_("Please choose a photo first."))
        return said

    @property
    def photo(self) -> UploadedFile:
        """The one that was chosen; of two the one just taken."""
        chosen: UploadedFile = self.cleaned_data["camera"] or self.cleaned_data["gallery"]
        return chosen


@csrf_exempt  # checked by `_keep`: the check reads the body, which has to be bounded first
@require_http_methods(["GET", "HEAD", "POST"])
@asn_only
@agreed_only
def receipt(request: HttpRequest, *, asn: Asn, public_id: UUID) -> HttpResponse:
    """/belanja/<id>/struk/: add the photo of its receipt, or put another in its place."""
    purchase = own_or_404(asn, public_id)
    if request.method != "POST":
        return _show(request, purchase, ReceiptForm())
    try:
        receipt_uploads.prepare(request)
    except Refusal as refusal:
        return _refuse(request, purchase, refusal)
    return _keep(request, asn=asn, purchase=purchase)


@require_POST
@asn_only
def remove(request: HttpRequest, *, asn: Asn, public_id: UUID) -> HttpResponse:
    """/belanja/<id>/struk/hapus/: delete the photo."""
    try:
        receipts.remove_receipt(asn=asn, public_id=public_id)
    except (PurchaseUnknown, ReceiptUnknown) as unknown:
        raise Http404 from unknown
    except Refusal as refusal:
        messages.error(request, str(refusal.detail or refusal.title))
    else:
        messages.success(request, _("The photo is deleted."))
    return redirect("marketplace:purchase", public_id=public_id)


@csrf_protect
def _keep(request: HttpRequest, *, asn: Asn, purchase: Purchase) -> HttpResponse:
    form = ReceiptForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, purchase, form, status=400)
    try:
        kept = receipts.keep_receipt(
            asn=asn, public_id=purchase.public_id, upload=form.photo.read()
        )
    except Refusal as refusal:
        return _refuse(request, purchase, refusal)
    if receipts.similar_purchases(kept):
        messages.info(request, _("The photo is kept. You gave the same one before: see below."))
    else:
        messages.success(request, _("The photo is kept."))
    return redirect("marketplace:purchase", public_id=purchase.public_id)


def _refuse(request: HttpRequest, purchase: Purchase, refusal: Refusal) -> HttpResponse:
    form = ReceiptForm({})
    form.errors.clear()  # what is wrong is the refusal alone
    form.add_error(None, str(refusal.detail or refusal.title))
    response = _show(request, purchase, form, status=refusal.status)
    if refusal.retry_after:
        response["Retry-After"] = str(refusal.retry_after)
    return response


def _show(
    request: HttpRequest, purchase: Purchase, form: ReceiptForm, *, status: int = 200
) -> HttpResponse:
    context = {"purchase": purchase, "form": form}
    return render(request, "marketplace/receipt_page.html", context, status=status)
