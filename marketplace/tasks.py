"""What Celery carries for the marketplace: ticks of a few lines that call a rule."""

from celery import shared_task
from django.utils import timezone

from marketplace import (
    activation,
    circulation_watch,
    closing,
    counter,
    erasure,
    letters,
    marks,
    multiplier,
    personnel,
    receipts,
)
from marketplace.personnel_file import runs

PERSONNEL_SECONDS = 5
"""Then a personnel file stands at the end of the queue again."""
ROUNDS = 20
"""How often one tick reads on: the next tick goes on where it stopped."""
LONG_SECONDS = 45 * 60
"""A large month or ledger is reckoned with for minutes. Below the hour after which Redis hands a
task out again."""
LETTERS_STALE_AFTER = 300
STALE_AFTER = 30  # seconds: a hint that waited longer is dropped, the next tick hands out anew


@shared_task(soft_time_limit=LONG_SECONDS, time_limit=LONG_SECONDS + 60)
def close_due_months() -> None:
    """Close and release every month that is due; a month that was closed half is finished."""
    for month in closing.months_due(timezone.localdate()):
        closing.close_month(month)


@shared_task(soft_time_limit=LONG_SECONDS, time_limit=LONG_SECONDS + 60)
def check_circulation() -> None:
    """Look whether the rollups equal the ledger; `/health/ready` and the operators learn if not."""
    circulation_watch.look()


@shared_task
def step_counter() -> None:
    """Move the city's counter of the running month, if it may move tonight."""
    counter.step()


@shared_task
def hand_out_activations() -> None:
    """Hand each NIP that waits for a code, and each activation to be told of, to a worker."""
    for waiting in activation.waiting():
        send_activation_code.apply_async(args=(waiting,), expires=STALE_AFTER)
    for untold in activation.untold():
        tell_of_activation.apply_async(args=(untold,), expires=STALE_AFTER)


@shared_task
def send_activation_code(waiting: int) -> None:
    """Make one code and mail it; delivered twice, one of the two does it."""
    activation.send_code(waiting)


@shared_task
def tell_of_activation(notice: int) -> None:
    """Tell one person that their account is active."""
    activation.tell(notice)


@shared_task
def forget_activations() -> None:
    """Drop what was asked for and is over."""
    activation.forget()


@shared_task
def hand_out_letters() -> None:
    """Hand each letter that is due to a worker; in the quiet hours there is none."""
    for choice in letters.due(timezone.localtime()):
        send_letter.apply_async(args=(choice,), expires=LETTERS_STALE_AFTER)


@shared_task
def send_letter(choice: int) -> None:
    """Send one letter; delivered twice, it leaves once."""
    letters.send(choice)


@shared_task
def forget_letters() -> None:
    """Drop what says that a letter was sent long ago."""
    letters.forget()


@shared_task
def remove_due_receipts() -> None:
    """Delete photos of receipts whose time is over, and files that no row names."""
    receipts.remove_due()
    receipts.sweep_files()


@shared_task
def close_sign_ins() -> None:
    """End the sign-in of those whose last day is over."""
    personnel.close_sign_ins()


@shared_task
def erase_who_withdrew() -> None:
    """Erase those whose consent was withdrawn 3 x 24 hours ago."""
    erasure.erase_who_withdrew()


@shared_task(acks_late=True, ignore_result=True)
def carry_personnel(run_id: int) -> None:
    """Read or carry over a personnel file; delivered twice, the second goes on or finds it done."""
    if runs.carry(run_id, seconds=PERSONNEL_SECONDS):
        carry_personnel.delay(run_id)


@shared_task
def carry_stale_personnel() -> None:
    """Go on with what a worker left lying, and drop what was left lying for a day."""
    runs.forget()
    for run_id in runs.stale_runs():
        carry_personnel.apply_async(args=(run_id,), expires=STALE_AFTER)


@shared_task
def forget_former() -> None:
    """Forget those whose service ended long ago."""
    erasure.forget_former()


@shared_task
def forget_survey_answers() -> None:
    """Delete the answers of surveys that were closed a year ago; the results stay."""
    multiplier.forget_answers()


@shared_task
def mark_purchases() -> None:
    """Mark what is improbable of what was recorded; run twice or late, each mark is made once."""
    for _round in range(ROUNDS):
        if not marks.read_on():
            return
