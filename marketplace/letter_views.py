"""Letters: chosen on a page of one's own, ended by a link that needs no sign-in."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.errors import Refusal
from marketplace import consents, letters
from marketplace.letters import Every
from marketplace.models import Asn
from marketplace.participation_forms import LettersForm
from marketplace.views import asn_only


@require_http_methods(["GET", "HEAD", "POST"])
@asn_only
def choose(request: HttpRequest, *, asn: Asn) -> HttpResponse:
    """/partisipasi/surel/: how often one wants one's own figures by mail."""
    form = LettersForm(request.POST or None, initial={"every": letters.chosen_by(asn)})
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                letters.choose(asn, every=Every(form.cleaned_data["every"]))
            except Refusal as refusal:
                form.add_error(None, str(refusal.detail or refusal.title))
            else:
                messages.success(request, _("Saved."))
                return redirect("marketplace:letters")
    context = {"form": form, "agreed": consents.stands(asn), "address": asn.user and asn.user.email}
    return render(request, "marketplace/letters.html", context, status=status)


@csrf_exempt  # a mailbox posts here by itself (RFC 8058); all it can do is end letters
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, token: str) -> HttpResponse:
    """/surel/berhenti/<token>/: a page with one button, and what is behind it.

    Looking changes nothing: programs that check mails follow every link.
    """
    if not letters.is_a_link(token):
        raise Http404
    if request.method == "POST":
        letters.end_by_link(token)
        return render(request, "marketplace/letters_ended.html")
    return render(request, "marketplace/letters_end.html")
