"""Reads of the board: what everybody finds on it, the tasks and shifts of a host, and who booked."""
from app.tasks.queries.board import PER_DAY, PER_PAGE, Card, Filters, Page, areas, board, next_shifts, week
from app.tasks.queries.bookings import (
    booked_people, booking, booking_of, cancels_until, coming_bookings, in_group, limits, obstacles, overdue, own_bookings, past_bookings,
    people_in, pool, queue, reasons, shift_to_book, still_cancels_until, to_remind, too_late_to_cancel, turns, waiting_for)
from app.tasks.queries.qualifications import (
    born_on, expired, expiring, held_by, held_row, qualifications, resident_to_qualify, to_remind_of_expiry)
from app.tasks.queries.tasks import (
    cancel_reasons, coming_shifts, count_in, following, has_begun, hosted_shifts, hosts, last_reason, own_shift, own_task, own_tasks,
    planned_shifts, proposed, task, task_to_decide)

__all__ = [
    "PER_DAY", "PER_PAGE", "Card", "Filters", "Page", "areas", "board", "next_shifts", "week", "booked_people", "booking", "booking_of",
    "cancels_until", "coming_bookings", "in_group", "limits", "obstacles", "overdue", "own_bookings", "past_bookings", "people_in",
    "pool", "queue", "reasons", "shift_to_book", "still_cancels_until", "to_remind", "too_late_to_cancel", "turns", "waiting_for",
    "born_on", "expired", "expiring", "held_by", "held_row", "qualifications", "resident_to_qualify", "to_remind_of_expiry",
    "cancel_reasons", "coming_shifts", "count_in", "following", "has_begun", "hosted_shifts", "hosts", "last_reason", "own_shift",
    "own_task", "own_tasks", "planned_shifts", "proposed", "task", "task_to_decide",
]
