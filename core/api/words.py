"""DRF's words for mistakes of our readers that its own Indonesian catalogue does not know.

Named here, they are in our catalogue, which Django asks first.
"""

from django.utils.translation import gettext_noop

WITHOUT_INDONESIAN = (
    gettext_noop("Must be a valid UUID."),
    gettext_noop("Must be a valid boolean."),
    gettext_noop("Not a valid string."),
    gettext_noop("This field is required."),
    gettext_noop("This value does not match the required pattern."),
    gettext_noop("String value too large."),
    gettext_noop("Expected a date but got a datetime."),
    gettext_noop("Invalid data. Expected a dictionary, but got {datatype}."),
    gettext_noop('Expected a list of items but got type "{input_type}".'),
    gettext_noop("This list may not be empty."),
    gettext_noop("Ensure this field has no more than {max_length} elements."),
    gettext_noop("Ensure this field has at least {min_length} elements."),
    gettext_noop("Surrogate characters are not allowed: U+{code_point:X}."),
)
