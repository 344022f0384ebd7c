"""The editors' pages in Wagtail's admin that Wagtail does not bring."""
