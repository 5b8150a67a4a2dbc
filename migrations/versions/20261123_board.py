"""the board: a task's life and what it asks for, series, the waiting list, qualifications"""
import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

CATEGORIES = ("green", "decorum", "social", "school", "culture", "access", "barriers", "unused", "youth")
TASK_STATES = ("draft", "proposed", "accepted", "open", "closed", "cancelled")
BOOKING_STATES = ("waiting", "offered", "booked", "cancelled", "left", "lapsed", "withdrawn", "replaced")
COUNTS_FOR = ("baratto", "timebank", "both", "certificate")
INSTRUMENTS = ("baratto", "timebank", "certificate")
LIVE, BOOKED = sa.text("state IN ('waiting', 'offered', 'booked')"), sa.text("state = 'booked'")


def one_of(values, name="state"):
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def values(column, words):
    """What the CHECK of `one_of` says."""
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


def in_comune():
    return sa.Column("comune_id", sa.Integer(), nullable=False)


def a_row(*columns):
    return (sa.Column("id", sa.Integer(), nullable=False), *columns, sa.Column("created_at", sa.DateTime(timezone=True), nullable=False))


def points_to(table, column, target):
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade():
    op.create_table(
        "qualification", *a_row(in_comune()),
        sa.Column("kind", one_of(("skill", "course", "fitness", "group"), "kind"), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        points_to("qualification", "comune_id", "comune"), sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification")),
        sa.UniqueConstraint("comune_id", "kind", "name", name=op.f("uq_qualification_comune_id_kind_name")))
    op.create_index(op.f("ix_qualification_comune_id"), "qualification", ["comune_id"])
    op.create_table(
        "qualification_held", *a_row(),
        sa.Column("person_id", sa.Integer(), nullable=False), sa.Column("qualification_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=False), sa.Column("last_day", sa.Date()),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True)), sa.Column("reminded_at", sa.DateTime(timezone=True)),
        points_to("qualification_held", "person_id", "person"), points_to("qualification_held", "qualification_id", "qualification"),
        points_to("qualification_held", "confirmed_by_id", "person"), sa.PrimaryKeyConstraint("id", name=op.f("pk_qualification_held")))
    for column in ("person_id", "qualification_id"):
        op.create_index(op.f(f"ix_qualification_held_{column}"), "qualification_held", [column])
    op.create_index("uq_qualification_held_live", "qualification_held", ["person_id", "qualification_id"], unique=True,
                    sqlite_where=sa.text("withdrawn_at IS NULL"), postgresql_where=sa.text("withdrawn_at IS NULL"))
    op.create_table(
        "booking_rules", *a_row(in_comune()),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (
            "daily_min", "yearly_min", "consecutive_min", "opens_days", "closes_min", "cutoff_min", "offer_min", "reminder_min",
            "set_by_id")),
        sa.CheckConstraint("daily_min > 0 AND yearly_min > 0 AND consecutive_min > 0 AND opens_days > 0 AND offer_min > 0 "
                           "AND closes_min >= 0 AND cutoff_min >= 0 AND reminder_min >= 0", name=op.f("ck_booking_rules_positive")),
        points_to("booking_rules", "comune_id", "comune"), points_to("booking_rules", "set_by_id", "person"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_rules")))
    op.create_index(op.f("ix_booking_rules_comune_id"), "booking_rules", ["comune_id"])

    with op.batch_alter_table("task") as task:
        task.drop_constraint(op.f("ck_task_state"), type_="check")
        task.drop_constraint(op.f("ck_task_category"), type_="check")
        for column in (sa.Column("audience", sa.String(300), nullable=False, server_default=""),
                       sa.Column("counts_for", sa.String(32), nullable=False, server_default="baratto"),
                       sa.Column("directions", sa.String(500), nullable=False, server_default=""),
                       sa.Column("step_free", sa.Boolean()), sa.Column("lat_micro", sa.Integer()), sa.Column("lon_micro", sa.Integer()),
                       sa.Column("min_age", sa.Integer()), sa.Column("reserved_for_id", sa.Integer()),
                       sa.Column("reserved_percent", sa.Integer(), nullable=False, server_default="0"),
                       sa.Column("declared_by_id", sa.Integer()), sa.Column("declared_at", sa.DateTime(timezone=True))):
            task.add_column(column)
    with op.batch_alter_table("task") as task:
        for column in ("audience", "counts_for", "directions", "reserved_percent"):
            task.alter_column(column, server_default=None)
        for name, check in {
                "state": values("state", TASK_STATES), "category": values("category", CATEGORIES),
                "counts_for": values("counts_for", COUNTS_FOR),
                "map_point": "(lat_micro IS NULL) = (lon_micro IS NULL) AND lat_micro BETWEEN -90000000 AND 90000000 "
                             "AND lon_micro BETWEEN -180000000 AND 180000000",
                "declared": "(declared_by_id IS NULL) = (declared_at IS NULL)",
                "declared_first": "state NOT IN ('proposed', 'accepted') OR declared_at IS NOT NULL",
                "reserved": "reserved_percent BETWEEN 0 AND 100 AND (reserved_percent = 0) = (reserved_for_id IS NULL)",
                "min_age": "min_age BETWEEN 14 AND 99",
                "no_barter_under_age": "category <> 'youth' OR counts_for IN ('timebank', 'certificate')"}.items():
            task.create_check_constraint(op.f(f"ck_task_{name}"), sa.text(check))
        task.create_foreign_key(op.f("fk_task_reserved_for_id_qualification"), "qualification", ["reserved_for_id"], ["id"])
        task.create_foreign_key(op.f("fk_task_declared_by_id_person"), "person", ["declared_by_id"], ["id"])
    op.create_table(
        "task_needs", sa.Column("task_id", sa.Integer(), nullable=False), sa.Column("qualification_id", sa.Integer(), nullable=False),
        points_to("task_needs", "task_id", "task"), points_to("task_needs", "qualification_id", "qualification"),
        sa.PrimaryKeyConstraint("task_id", "qualification_id", name=op.f("pk_task_needs")))

    op.create_table(
        "series", *a_row(in_comune()),
        sa.Column("task_id", sa.Integer(), nullable=False), sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False), sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False), sa.Column("excepted", sa.JSON(), nullable=False),
        sa.Column("start", sa.Time(), nullable=False), sa.Column("end", sa.Time(), nullable=False),
        sa.CheckConstraint("weekdays BETWEEN 1 AND 127 AND every_weeks BETWEEN 1 AND 52 AND first_day <= last_day",
                           name=op.f("ck_series_rule")),
        points_to("series", "comune_id", "comune"), points_to("series", "task_id", "task"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")))
    for column in ("comune_id", "task_id"):
        op.create_index(op.f(f"ix_series_{column}"), "series", [column])
    counts = ("reserved", "reserved_taken", "version")
    with op.batch_alter_table("shift") as shift:
        shift.add_column(sa.Column("series_id", sa.Integer()))
        shift.add_column(sa.Column("series_day", sa.Date()))
        for column in counts:
            shift.add_column(sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("shift") as shift:
        for column in counts:
            shift.alter_column(column, server_default=None)
        shift.create_foreign_key(op.f("fk_shift_series_id_series"), "series", ["series_id"], ["id"])
        shift.create_unique_constraint(op.f("uq_shift_series_id_series_day"), ["series_id", "series_day"])
        shift.create_check_constraint(op.f("ck_shift_series"), sa.text("(series_id IS NULL) = (series_day IS NULL)"))
        shift.create_check_constraint(op.f("ck_shift_reserved"), sa.text(
            "reserved_taken BETWEEN 0 AND reserved AND taken - reserved_taken BETWEEN 0 AND places - reserved"))

    with op.batch_alter_table("booking") as booking:
        booking.drop_index("uq_booking_live")
        booking.drop_constraint(op.f("ck_booking_state"), type_="check")
        booking.add_column(sa.Column("instrument", sa.String(32), nullable=False, server_default="baratto"))
        booking.add_column(sa.Column("reserved", sa.Boolean(), nullable=False, server_default=sa.false()))
        booking.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
        booking.add_column(sa.Column("offered_until", sa.DateTime(timezone=True)))
        booking.add_column(sa.Column("reminded_at", sa.DateTime(timezone=True)))
    with op.batch_alter_table("booking") as booking:
        for column in ("instrument", "reserved", "version"):
            booking.alter_column(column, server_default=None)
        booking.create_check_constraint(op.f("ck_booking_state"), sa.text(values("state", BOOKING_STATES)))
        booking.create_check_constraint(op.f("ck_booking_instrument"), sa.text(values("instrument", INSTRUMENTS)))
        booking.create_check_constraint(op.f("ck_booking_offered_until"), sa.text("state <> 'offered' OR offered_until IS NOT NULL"))
        booking.create_index("uq_booking_live", ["shift_id", "person_id"], unique=True, sqlite_where=LIVE, postgresql_where=LIVE)
        booking.create_index("ix_booking_offered_until", ["offered_until"])


def downgrade():
    """The rows of today's states that the old tables do not know go to the nearest old one; what they cannot hold is gone."""
    op.execute("UPDATE booking SET state = 'cancelled' WHERE state <> 'booked'")
    with op.batch_alter_table("booking") as booking:
        booking.drop_index("ix_booking_offered_until")
        booking.drop_index("uq_booking_live")
        for name in ("state", "instrument", "offered_until"):
            booking.drop_constraint(op.f(f"ck_booking_{name}"), type_="check")
        for column in ("instrument", "reserved", "version", "offered_until", "reminded_at"):
            booking.drop_column(column)
        booking.create_check_constraint(op.f("ck_booking_state"), sa.text(values("state", ("booked", "cancelled"))))
        booking.create_index("uq_booking_live", ["shift_id", "person_id"], unique=True, sqlite_where=BOOKED, postgresql_where=BOOKED)
    with op.batch_alter_table("shift") as shift:
        for name in ("reserved", "series"):
            shift.drop_constraint(op.f(f"ck_shift_{name}"), type_="check")
        shift.drop_constraint(op.f("uq_shift_series_id_series_day"), type_="unique")
        shift.drop_constraint(op.f("fk_shift_series_id_series"), type_="foreignkey")
        for column in ("series_id", "series_day", "reserved", "reserved_taken", "version"):
            shift.drop_column(column)
    op.drop_table("series")
    op.drop_table("task_needs")
    op.execute("UPDATE task SET state = 'closed' WHERE state <> 'open'")
    op.execute("UPDATE task SET category = 'access' WHERE category IN ('barriers', 'unused')")
    op.execute("UPDATE task SET category = 'social' WHERE category = 'youth'")
    with op.batch_alter_table("task") as task:
        for name in ("state", "category", "counts_for", "map_point", "declared", "declared_first", "reserved", "min_age",
                     "no_barter_under_age"):
            task.drop_constraint(op.f(f"ck_task_{name}"), type_="check")
        for name in ("reserved_for_id_qualification", "declared_by_id_person"):
            task.drop_constraint(op.f(f"fk_task_{name}"), type_="foreignkey")
        for column in ("audience", "counts_for", "directions", "step_free", "lat_micro", "lon_micro", "min_age", "reserved_for_id",
                       "reserved_percent", "declared_by_id", "declared_at"):
            task.drop_column(column)
        task.create_check_constraint(op.f("ck_task_state"), sa.text(values("state", ("open", "closed"))))
        task.create_check_constraint(op.f("ck_task_category"), sa.text(values("category", CATEGORIES[:6])))
    for table in ("booking_rules", "qualification_held", "qualification"):
        op.drop_table(table)
