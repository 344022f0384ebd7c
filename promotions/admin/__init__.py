"""Promotions in Wagtail's admin."""
