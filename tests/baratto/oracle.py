"""The settlement once more, slowly.

Minute by minute, cent by cent, trying every amount of time. Shares no code with the engine.

It reads only the plain attributes of the engine's inputs and returns the figures by name.
"""
from collections import Counter
from datetime import datetime, timedelta


def oracle(terms, *, year, sessions, positions, used, budget_left, zone):
    names = list(dict.fromkeys(session.person for session in sessions))
    counted = [
        _person(terms, [each for each in sessions if each.person == name], used.person_minutes, zone) for name in names
    ]
    worked = sum(_length(session) for session in sessions)
    creditable = sum(minutes for minutes, _ in counted)

    open_now = [
        max(0, each.amount_cents - each.paid_cents - (each.bonus_cents if terms.bonus_sociale_order == "BEFORE" else 0))
        for each in positions
    ]
    hit = [
        place
        for place, each in enumerate(positions)
        if each.tax in terms.eligible_taxes
        and each.component in terms.eligible_components
        and _year_fits(terms, each.year, year)
    ]
    debt = sum(open_now[place] for place in hit)
    parts, whole = _value(terms, counted, debt)
    value = _divide(terms, sum(parts), whole)

    if terms.min_debt_cents is not None and debt < terms.min_debt_cents:
        admitted, offset, limited_by = False, 0, None
    else:
        admitted = True
        limits = [(value, "value"), (debt, "debt")]
        if terms.cap_person_year_cents is not None:
            left = max(0, terms.cap_person_year_cents - used.person_cents)
            limits.append((_divide(terms, sum(min(part, left * whole) for part in parts), whole), "cap_person"))
        if terms.cap_household_year_cents is not None:
            limits.append((max(0, terms.cap_household_year_cents - used.household_cents), "cap_household"))
        if budget_left is not None:
            limits.append((budget_left, "budget"))
        offset = min(cents for cents, _ in limits)
        limited_by = next(name for cents, name in limits if cents == offset)

    falls = Counter()
    queue = sorted(
        hit,
        key=lambda place: (
            positions[place].due.toordinal() * (1 if terms.offset_order == "OLDEST_FIRST" else -1),
            place,
        ),
    )
    for _ in range(offset):
        falls[next(place for place in queue if falls[place] < open_now[place])] += 1
    residual = sum(max(0, each.amount_cents - each.paid_cents - each.bonus_cents - falls[place])
                   for place, each in enumerate(positions))
    payable = residual
    if terms.payable_round == "EURO_L296":
        payable = residual - residual % 100 + (100 if residual % 100 >= 50 else 0)
    least = _search(terms, offset, debt)
    return {
        "admitted": admitted, "worked_minutes": worked, "creditable_minutes": creditable, "value_cents": value,
        "offsettable_cents": debt, "offset_cents": offset, "limited_by": limited_by,
        "lines": [(place, falls[place]) for place in queue if falls[place]],
        "residual_cents": residual, "payable_cents": payable, "needed_minutes": _search(terms, debt, debt),
        "surplus_minutes": 0 if limited_by == "value" else max(0, creditable - least),
    }


def _length(session):
    if session.start is None:
        return session.minutes
    return int((session.end - session.start).total_seconds()) // 60 - session.break_min


def _dates(session, zone):
    """The local date of each minute of the session."""
    if session.start is None:
        return [session.day] * session.minutes
    return [(session.start + timedelta(minutes=passed)).astimezone(zone).date() for passed in range(_length(session))]


def _begins(session, zone):
    return session.start or datetime(session.day.year, session.day.month, session.day.day, tzinfo=zone)


def _person(terms, sessions, used_minutes, zone):
    """(creditable minutes, creditable minutes of each session) of one person."""
    sessions = sorted(sessions, key=lambda session: _begins(session, zone))
    full = [_dates(session, zone) for session in sessions]
    on_day, kept = Counter(), []
    for dates in full:
        kept.append([])
        for day in dates:
            if terms.cap_day_min is None or on_day[day] < terms.cap_day_min:
                kept[-1].append(day)
                on_day[day] += 1
    if terms.time_round_scope == "SESSION":
        for dates, everything in zip(kept, full):
            target = _round(terms, len(dates))
            if target > len(dates) and terms.cap_day_min is not None:
                if on_day[everything[-1]] + target - len(dates) > terms.cap_day_min:
                    target = len(dates) // terms.time_granularity_min * terms.time_granularity_min
            while len(dates) > target:
                on_day[dates.pop()] -= 1
            while len(dates) < target:
                dates.append(everything[-1])
                on_day[everything[-1]] += 1
    per_session = [len(dates) for dates in kept]
    ceiling = float("inf")
    if terms.cap_person_year_min is not None:
        ceiling = max(0, terms.cap_person_year_min - used_minutes)
        while sum(per_session) > ceiling:
            last = max(place for place, minutes in enumerate(per_session) if minutes)
            per_session[last] -= 1
    total = sum(per_session)
    if terms.time_round_scope == "TOTAL":
        if terms.cap_day_min is not None:
            worked_days = {session.day for session in sessions if session.start is None} | {
                day for dates in full for day in dates
            }
            ceiling = min(ceiling, terms.cap_day_min * len(worked_days))
        target = _round(terms, total)
        if target > total and target > ceiling:
            target = total // terms.time_granularity_min * terms.time_granularity_min
        total = target
    return total, per_session


def _round(terms, minutes):
    step = terms.time_granularity_min
    if minutes % step == 0 or terms.time_round == "DOWN":
        return minutes - minutes % step
    if terms.time_round == "UP" or 2 * (minutes % step) >= step:
        return minutes - minutes % step + step
    return minutes - minutes % step


def _value(terms, counted, debt):
    """Exact values of the persons as integers, and the integer they all are to be divided by."""
    if terms.value_model == "HOURLY":
        return [minutes * terms.rate_cents_per_hour for minutes, _ in counted], 60
    if terms.value_model == "MODULE":
        if terms.module_partial == "PRORATA":
            return [minutes * terms.module_cents for minutes, _ in counted], terms.module_minutes
        chunks = [per_session if terms.time_round_scope == "SESSION" else [minutes] for minutes, per_session in counted]
        return [
            sum(each // terms.module_minutes for each in each_person) * terms.module_cents for each_person in chunks
        ], 1
    total = sum(minutes for minutes, _ in counted)
    earned = min(total, terms.full_minutes)
    if terms.partial == "ALL_OR_NOTHING" and earned != terms.full_minutes:
        earned = 0
    hundredfold = terms.percent * debt if terms.value_model == "PERCENT" else terms.flat_cents * 100
    return [hundredfold * earned * minutes for minutes, _ in counted], 100 * terms.full_minutes * max(1, total)


def _divide(terms, above, below):
    cents, rest = divmod(above, below)
    return cents + 1 if terms.money_round == "HALF_UP" and 2 * rest >= below else cents


def _search(terms, cents, debt):
    """Every amount of time in turn.

    Past the full service nothing more is earned; the amounts of the tests end long before 40,000.
    """
    highest = terms.full_minutes + 60 if terms.value_model in ("PERCENT", "FLAT") else 40_000
    minutes = 0
    while minutes <= highest:
        parts, whole = _value(terms, [(minutes, [minutes])], debt)
        if _divide(terms, sum(parts), whole) >= cents:
            return minutes
        minutes += terms.time_granularity_min
    return None


def _year_fits(terms, tax_year, call_year):
    return tax_year in {"CURRENT_YEAR": [call_year], "NEXT_YEAR": [call_year + 1], "PREVIOUS_YEAR": [call_year - 1],
                        "ANY_ARREARS": range(1900, call_year + 1)}[terms.arrears_policy]
