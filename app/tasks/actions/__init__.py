"""What happens on the board: tasks live, shifts come and go, places are taken, and the office confirms what people can do."""
from app.tasks.actions.bookings import accept as accept_place, book, give_up, lapse, leave, lock, remind, wait, withdraw
from app.tasks.actions.qualifications import (
    confirm, name_qualification, remind_of_expiry, set_rules, withdraw_qualification)
from app.tasks.actions.shifts import (
    cancel_following, cancel_shift, fill, move_following, move_shift, plan_series, plan_shift)
from app.tasks.actions.tasks import accept, cancel, close, draft, edit, open_, propose, publish, return_, revise

__all__ = [
    "accept", "accept_place", "book", "cancel", "cancel_following", "cancel_shift", "close", "confirm", "draft", "edit", "fill", "give_up",
    "lapse", "leave", "lock", "move_following", "move_shift", "name_qualification", "open_", "plan_series", "plan_shift", "propose",
    "publish", "remind", "remind_of_expiry", "return_", "revise", "set_rules", "wait", "withdraw", "withdraw_qualification",
]
