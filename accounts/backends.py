"""How the account of a session is read."""

from django.contrib.auth.backends import ModelBackend

from accounts import second_factor
from accounts.models import User


class SignInBackend(ModelBackend):
    """Django's, with the account and what it lacks read in one query."""

    def get_user(self, user_id: int) -> User | None:
        lacking = {second_factor.LACKING: second_factor.lacking()}
        user = User.objects.annotate(**lacking).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
