"""How the audit log speaks to the person it is about."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import AuditEntry

ACTIONS: dict[str, str | Promise] = {
    "asn.activated": gettext_lazy("The account was activated"),
    "asn.activation_code_printed": gettext_lazy("An activation code was printed"),
    "asn.moved": gettext_lazy("The home was changed"),
    "asn.recognition_ended": gettext_lazy("Your name was taken out of the lists of thanks"),
    "asn.recognition_given": gettext_lazy("You agreed to be named in a list of thanks"),
    "asn.renewed_from_file": gettext_lazy("What the personnel office says of you was renewed"),
    "asn.row_seen": gettext_lazy("Your row in a personnel file was looked at before its import"),
    "asn.sign_in_closed": gettext_lazy("The sign-in was closed after the last day of service"),
    "asn.sign_in_reopened": gettext_lazy("The sign-in was opened again after coming back"),
    "asn.workplace_changed": gettext_lazy("The workplace was changed"),
    "purchase.decided": gettext_lazy("An auditor decided whether a purchase counts"),
    "purchase.marked_read": gettext_lazy("A purchase was looked at, without the name"),
    "purchase.person_opened": gettext_lazy("The name behind a purchase was looked at"),
    "receipt.read": gettext_lazy("A receipt photo was looked at"),
    "umkm.owner_linked": gettext_lazy("A shop was linked to your account"),
    "umkm.owner_unlinked": gettext_lazy("A shop was unlinked from your account"),
    "user.email_changed": gettext_lazy("The e-mail address of the account was changed"),
    "user.recovery_codes_made": gettext_lazy("New codes to write down were made"),
    "user.second_factor_added": gettext_lazy("A second factor was set up"),
    "user.second_factor_removed": gettext_lazy("The second factor was switched off"),
    "user.second_factor_reset": gettext_lazy("The second factor was reset"),
}
"""Every action about a person, by its code."""

ROLES: dict[str, str | Promise] = {
    "administrator": gettext_lazy("administrator"),
    "asn": gettext_lazy("civil servant"),
    "auditor": gettext_lazy("auditor"),
    "coordinator": gettext_lazy("agency coordinator"),
    "editor": gettext_lazy("editor"),
    "integrator": gettext_lazy("integrator"),
    "leadership": gettext_lazy("leadership"),
    "social_approver": gettext_lazy("social-media approver"),
    "social_author": gettext_lazy("social-media author"),
    "umkm_owner": gettext_lazy("UMKM owner"),
}


def what_was_done(entry: AuditEntry) -> str:
    """The action in words; a code nobody gave words to stands for itself."""
    return str(ACTIONS.get(entry.action, entry.action))


def who_did_it(entry: AuditEntry) -> str:
    """Oneself, the system or the roles of another person, never their name."""
    if entry.actor_id is None:
        return _("The system")
    if entry.actor_id == entry.subject_user_id:
        return _("You")
    roles = [str(ROLES.get(role, role)) for role in entry.actor_roles.split()]
    return ", ".join(roles) or _("A person without a role")
