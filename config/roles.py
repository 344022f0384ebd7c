"""The roles, declared once: which permissions each group has.

`manage.py write_roles` writes them after every migrate. What a role may do with an object of its
own (an ASN with their purchases) is held by the rules, not by a permission.
"""

SHOPPING_TOGETHER = (
    *(
        f"marketplace.{act}_{kind}"
        for kind in ("campaignday", "collectivegoal")
        for act in ("add", "change", "delete", "view")
    ),
    "marketplace.change_localsurvey",
)
"""Goals that people fill together, campaign days, and the yearly survey of shops."""

READ_FIGURES = ("wagtailadmin.access_admin", "marketplace.view_turnout")
"""The figures on the admin's home page and its reports; nothing there that can be changed."""

ROLES: dict[str, tuple[str, ...]] = {
    "asn": (),
    "umkm_owner": ("marketplace.own_umkm",),
    "editor": (
        "wagtailadmin.access_admin",
        "cms.change_complaint",
        "marketplace.change_umkm",
        "marketplace.view_umkm",
        *SHOPPING_TOGETHER,
        "promotions.add_promotion",
        "promotions.change_promotion",
        "promotions.publish_promotion",
        "promotions.view_promotion",
        "wagtailredirects.add_redirect",
        "wagtailredirects.change_redirect",
        "wagtailredirects.delete_redirect",
    ),
    "social_author": (
        "wagtailadmin.access_admin",
        "social.add_hashtaggroup",
        "social.change_hashtaggroup",
        "social.delete_hashtaggroup",
        "social.view_desk",
        "social.write_post",
    ),
    "social_approver": (
        "wagtailadmin.access_admin",
        "social.view_desk",
        "social.approve_post",
    ),
    "coordinator": READ_FIGURES,
    "leadership": READ_FIGURES,
    "auditor": (
        "marketplace.add_decision",
        "marketplace.view_circulationcell",
        "marketplace.view_mark",
        "marketplace.view_purchase",
        "marketplace.view_receipt",
        "marketplace.view_turnout",
    ),
    "administrator": (
        "wagtailadmin.access_admin",
        "accounts.add_apiclient",
        "accounts.add_user",
        "accounts.change_apiclient",
        "accounts.change_user",
        "accounts.view_apiclient",
        "accounts.view_user",
        "core.add_webhookendpoint",
        "core.change_webhookendpoint",
        "core.delete_webhookendpoint",
        "core.view_webhookendpoint",
        "marketplace.add_band",
        "marketplace.add_personnelrun",
        *SHOPPING_TOGETHER,
        "social.view_desk",
        "social.manage_channel",
    ),
    "integrator": ("accounts.own_apiclient",),
}
