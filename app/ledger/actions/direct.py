"""The usual posting on PostgreSQL, in one trip: lock, guard, store. Between the lock and the commit nobody waits for the network.

The database's function `post_directly` (migration 0003) lets through only what the rules would allow. Where it says no, or does not know,
nothing is stored and the caller goes the long way, by the rules, which find out why. tests/ledger hold the two ways to each other.
"""
from sqlalchemy.exc import IntegrityError

from app.base.clock import now
from app.base.db import db
from app.ledger.actions.store import instant, refusal
from app.ledger.rules import MOST, Request

_POST = ("SELECT post_directly(%s::bigint[], %s::bigint[], %s::bigint[], %s::text, %s::text, %s::text, %s::uuid, %s::timestamptz, "
         "%s::timestamptz)")


def post(request: Request) -> int | None:
    """The id of the new posting; None when the request has to go the long way, and nothing is stored."""
    connection = db.session.connection()
    if connection.dialect.name != "postgresql" or not _is_usual(request):
        return None
    recorded_at = now()
    # Lists as text, so that PostgreSQL sees the same types each time and keeps its plan.
    sides = ("{" + ",".join(map(str, column)) + "}" for column in zip(*request.lines))
    try:
        return connection.exec_driver_sql(_POST, (*sides, request.key, request.hash, request.kind, request.actor and request.actor.hex,
                                                  instant(request.effective_at or recorded_at), instant(recorded_at))).scalar()
    except IntegrityError as error:
        raise refusal(error) from error


def _is_usual(request: Request) -> bool:
    """No reversal, and each account on one side of one line: then the running balances are the new balances."""
    accounts = {each for line in request.lines for each in (line.debit, line.credit)}
    return request.reverses_id is None and request.lines and len(accounts) == 2 * len(request.lines) \
        and all(line.amount <= MOST for line in request.lines)
