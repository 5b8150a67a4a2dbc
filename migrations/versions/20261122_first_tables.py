"""first tables"""
import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None


def upgrade():
    op.create_table('comune',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('istat_code', sa.String(length=6), nullable=False),
    sa.Column('province', sa.String(length=2), nullable=False),
    sa.Column('zone', sa.String(length=40), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_comune')),
    sa.UniqueConstraint('istat_code', name=op.f('uq_comune_istat_code')),
    sa.UniqueConstraint('name', name=op.f('uq_comune_name'))
    )
    op.create_table('form_key',
    sa.Column('key', sa.String(length=64), nullable=False),
    sa.Column('body_hash', sa.String(length=64), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('location', sa.String(length=2000), nullable=True),
    sa.Column('notices', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('key', name=op.f('pk_form_key'))
    )
    with op.batch_alter_table('form_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_form_key_used_at'), ['used_at'], unique=False)

    op.create_table('letter',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('recipient', sa.String(length=254), nullable=False),
    sa.Column('subject', sa.String(length=200), nullable=False),
    sa.Column('body', sa.String(length=20000), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('last_error', sa.String(length=500), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter')),
    sa.UniqueConstraint('key', name=op.f('uq_letter_key'))
    )
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_letter_due_at'), ['due_at'], unique=False)

    op.create_table('posting',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('key', sa.String(length=120), nullable=False),
    sa.Column('request_hash', sa.String(length=64), nullable=False),
    sa.Column('book', sa.Enum('town', 'time_bank', name='book', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('actor', sa.Uuid(), nullable=True),
    sa.Column('effective_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('recorded_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reverses_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.ForeignKeyConstraint(['reverses_id', 'book'], ['posting.id', 'posting.book'], name=op.f('fk_posting_reverses_id_book_posting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_posting')),
    sa.UniqueConstraint('id', 'book', name=op.f('uq_posting_id_book')),
    sa.UniqueConstraint('key', name=op.f('uq_posting_key')),
    sa.UniqueConstraint('reverses_id', name=op.f('uq_posting_reverses_id'))
    )
    op.create_table('account',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('unit', sa.Enum('SERVICE', 'TIME', 'EUR', name='unit', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('owner', sa.String(length=64), nullable=False),
    sa.Column('floor', sa.BigInteger(), nullable=True),
    sa.Column('ceiling', sa.BigInteger(), nullable=True),
    sa.Column('cached', sa.Boolean(), nullable=False),
    sa.Column('balance', sa.BigInteger(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('cached OR (balance = 0 AND seq = 0 AND floor IS NULL AND ceiling IS NULL)', name=op.f('ck_account_uncached_keeps_none')),
    sa.CheckConstraint('ceiling IS NULL OR balance <= ceiling', name=op.f('ck_account_ceiling')),
    sa.CheckConstraint('floor IS NULL OR balance >= floor', name=op.f('ck_account_floor')),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_account_comune_id_comune')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_account')),
    sa.UniqueConstraint('comune_id', 'unit', 'kind', 'owner', name=op.f('uq_account_comune_id_unit_kind_owner')),
    sa.UniqueConstraint('id', 'unit', name=op.f('uq_account_id_unit'))
    )
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_account_comune_id'), ['comune_id'], unique=False)

    op.create_table('household',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_household_comune_id_comune')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_household'))
    )
    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_household_comune_id'), ['comune_id'], unique=False)

    op.create_table('night',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('business_date', sa.Date(), nullable=False),
    sa.Column('state', sa.Enum('queued', 'running', 'done', 'failed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('owner', sa.String(length=120), nullable=False),
    sa.Column('fence', sa.Integer(), nullable=False),
    sa.Column('lease_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('cursor', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('attempts', sa.Integer(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('error', sa.String(length=500), nullable=False),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_night_comune_id_comune')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_night')),
    sa.UniqueConstraint('comune_id', 'business_date', name=op.f('uq_night_comune_id_business_date'))
    )
    with op.batch_alter_table('night', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_night_comune_id'), ['comune_id'], unique=False)

    op.create_table('organisation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.Column('about', sa.String(length=400), nullable=False),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_organisation_comune_id_comune')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_organisation')),
    sa.UniqueConstraint('comune_id', 'name', name=op.f('uq_organisation_comune_id_name'))
    )
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_organisation_comune_id'), ['comune_id'], unique=False)

    op.create_table('regulation',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('act', sa.String(length=200), nullable=False),
    sa.Column('document', sa.JSON(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_regulation_comune_id_comune')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_regulation')),
    sa.UniqueConstraint('comune_id', 'digest', name=op.f('uq_regulation_comune_id_digest')),
    sa.UniqueConstraint('comune_id', 'version', name=op.f('uq_regulation_comune_id_version'))
    )
    with op.batch_alter_table('regulation', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_regulation_comune_id'), ['comune_id'], unique=False)

    op.create_table('call',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('regulation_id', sa.Integer(), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=200), nullable=False),
    sa.Column('act', sa.String(length=200), nullable=False),
    sa.Column('budget_cents', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('running', 'finished', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.CheckConstraint('budget_cents > 0', name=op.f('ck_call_budget')),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_call_comune_id_comune')),
    sa.ForeignKeyConstraint(['regulation_id'], ['regulation.id'], name=op.f('fk_call_regulation_id_regulation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_call'))
    )
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_call_comune_id'), ['comune_id'], unique=False)

    op.create_table('finding',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('night_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(length=60), nullable=False),
    sa.Column('subject', sa.String(length=120), nullable=False),
    sa.Column('expected', sa.BigInteger(), nullable=True),
    sa.Column('found', sa.BigInteger(), nullable=True),
    sa.Column('detail', sa.JSON(), nullable=False),
    sa.Column('state', sa.Enum('open', 'explained', 'cleared', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_finding_comune_id_comune')),
    sa.ForeignKeyConstraint(['night_id'], ['night.id'], name=op.f('fk_finding_night_id_night')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_finding')),
    sa.UniqueConstraint('night_id', 'kind', 'subject', name=op.f('uq_finding_night_id_kind_subject'))
    )
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_finding_comune_id'), ['comune_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_finding_night_id'), ['night_id'], unique=False)
        batch_op.create_index('ix_finding_state', ['comune_id', 'state'], unique=False)

    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ref', sa.Uuid(), nullable=False),
    sa.Column('given_name', sa.String(length=80), nullable=False),
    sa.Column('family_name', sa.String(length=80), nullable=False),
    sa.Column('birth_date', sa.Date(), nullable=True),
    sa.Column('household_id', sa.Integer(), nullable=True),
    sa.Column('email', sa.String(length=254), nullable=False),
    sa.Column('password_hash', sa.String(length=200), nullable=True),
    sa.Column('disabled_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_person_household_id_household')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_person')),
    sa.UniqueConstraint('email', name=op.f('uq_person_email')),
    sa.UniqueConstraint('ref', name=op.f('uq_person_ref'))
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_household_id'), ['household_id'], unique=False)

    op.create_table('task',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('open', 'closed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('summary', sa.String(length=300), nullable=False),
    sa.Column('description', sa.String(length=4000), nullable=False),
    sa.Column('tools', sa.String(length=300), nullable=False),
    sa.Column('category', sa.Enum('green', 'decorum', 'social', 'school', 'culture', 'access', name='category', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('area', sa.String(length=80), nullable=False),
    sa.Column('address', sa.String(length=200), nullable=False),
    sa.Column('words', sa.String(length=6000), nullable=False),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_task_comune_id_comune')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_task_organisation_id_organisation')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_task'))
    )
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_task_comune_id'), ['comune_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_task_organisation_id'), ['organisation_id'], unique=False)

    op.create_table('transfer',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('posting_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('book', sa.Enum('town', 'time_bank', name='book', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('unit', sa.Enum('SERVICE', 'TIME', 'EUR', name='unit', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('amount', sa.BigInteger(), nullable=False),
    sa.Column('debit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('credit_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('debit_seq', sa.Integer(), nullable=True),
    sa.Column('debit_balance', sa.BigInteger(), nullable=True),
    sa.Column('credit_seq', sa.Integer(), nullable=True),
    sa.Column('credit_balance', sa.BigInteger(), nullable=True),
    sa.CheckConstraint("(unit = 'TIME') = (book = 'time_bank')", name=op.f('ck_transfer_wall')),
    sa.CheckConstraint('amount > 0', name=op.f('ck_transfer_positive')),
    sa.CheckConstraint('debit_id <> credit_id', name=op.f('ck_transfer_two_accounts')),
    sa.ForeignKeyConstraint(['credit_id', 'unit'], ['account.id', 'account.unit'], name=op.f('fk_transfer_credit_id_unit_account')),
    sa.ForeignKeyConstraint(['debit_id', 'unit'], ['account.id', 'account.unit'], name=op.f('fk_transfer_debit_id_unit_account')),
    sa.ForeignKeyConstraint(['posting_id', 'book'], ['posting.id', 'posting.book'], name=op.f('fk_transfer_posting_id_book_posting')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_transfer')),
    sa.UniqueConstraint('credit_id', 'credit_seq', name=op.f('uq_transfer_credit_id_credit_seq')),
    sa.UniqueConstraint('debit_id', 'debit_seq', name=op.f('uq_transfer_debit_id_debit_seq'))
    )
    with op.batch_alter_table('transfer', schema=None) as batch_op:
        batch_op.create_index('ix_transfer_posting_id', ['posting_id'], unique=False)

    op.create_table('agreement',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ref', sa.Uuid(), nullable=False),
    sa.Column('call_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('household_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('active', 'closed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('tax', sa.Enum('TARI', 'IMU', 'TASI', 'CUP', 'OTHER', name='tax', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('planned_minutes', sa.Integer(), nullable=False),
    sa.Column('max_cents', sa.Integer(), nullable=False),
    sa.Column('starts_on', sa.Date(), nullable=False),
    sa.Column('ends_on', sa.Date(), nullable=False),
    sa.Column('insurance', sa.String(length=120), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.CheckConstraint('planned_minutes > 0 AND max_cents > 0', name=op.f('ck_agreement_planned')),
    sa.CheckConstraint('starts_on <= ends_on', name=op.f('ck_agreement_period')),
    sa.ForeignKeyConstraint(['call_id'], ['call.id'], name=op.f('fk_agreement_call_id_call')),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_agreement_comune_id_comune')),
    sa.ForeignKeyConstraint(['household_id'], ['household.id'], name=op.f('fk_agreement_household_id_household')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_agreement_made_by_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_agreement_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_agreement')),
    sa.UniqueConstraint('ref', name=op.f('uq_agreement_ref'))
    )
    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_agreement_call_id'), ['call_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_agreement_comune_id'), ['comune_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_agreement_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_agreement_live', ['call_id', 'person_id'], unique=True, sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))

    op.create_table('identity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('cipher', sa.LargeBinary(), nullable=False),
    sa.Column('lookup', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_identity_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_identity')),
    sa.UniqueConstraint('lookup', name=op.f('uq_identity_lookup')),
    sa.UniqueConstraint('person_id', name=op.f('uq_identity_person_id'))
    )
    op.create_table('passage',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('subject', sa.String(length=40), nullable=False),
    sa.Column('subject_id', sa.Integer(), nullable=False),
    sa.Column('move', sa.String(length=40), nullable=False),
    sa.Column('source', sa.String(length=40), nullable=False),
    sa.Column('target', sa.String(length=40), nullable=False),
    sa.Column('actor_id', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('reason', sa.String(length=1000), nullable=False),
    sa.ForeignKeyConstraint(['actor_id'], ['person.id'], name=op.f('fk_passage_actor_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passage'))
    )
    with op.batch_alter_table('passage', schema=None) as batch_op:
        batch_op.create_index('ix_passage_subject', ['subject', 'subject_id'], unique=False)

    op.create_table('role_held',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('role', sa.Enum('resident', 'tutor', 'certifier', 'officer', 'tax_clerk', 'tax_manager', 'auditor', 'admin', name='role', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=True),
    sa.Column('organisation_id', sa.Integer(), nullable=True),
    sa.Column('since', sa.Date(), nullable=False),
    sa.Column('until', sa.Date(), nullable=True),
    sa.CheckConstraint("(role IN ('tutor')) = (organisation_id IS NOT NULL)", name=op.f('ck_role_held_place_fits_role')),
    sa.CheckConstraint('(comune_id IS NULL) <> (organisation_id IS NULL)', name=op.f('ck_role_held_one_place')),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_role_held_comune_id_comune')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_role_held_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_role_held_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role_held'))
    )
    with op.batch_alter_table('role_held', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_role_held_comune_id'), ['comune_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_role_held_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_role_held_person_id'), ['person_id'], unique=False)
        batch_op.create_index('uq_role_held_comune_id', ['person_id', 'role', 'comune_id'], unique=True, sqlite_where=sa.text('comune_id IS NOT NULL'), postgresql_where=sa.text('comune_id IS NOT NULL'))
        batch_op.create_index('uq_role_held_organisation_id', ['person_id', 'role', 'organisation_id'], unique=True, sqlite_where=sa.text('organisation_id IS NOT NULL'), postgresql_where=sa.text('organisation_id IS NOT NULL'))

    op.create_table('shift',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('task_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('planned', 'cancelled', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('starts_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ends_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('places', sa.Integer(), nullable=False),
    sa.Column('taken', sa.Integer(), nullable=False),
    sa.CheckConstraint('places > 0 AND taken BETWEEN 0 AND places', name=op.f('ck_shift_places')),
    sa.CheckConstraint('starts_at < ends_at', name=op.f('ck_shift_ends_after_start')),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_shift_comune_id_comune')),
    sa.ForeignKeyConstraint(['task_id'], ['task.id'], name=op.f('fk_shift_task_id_task')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_shift'))
    )
    with op.batch_alter_table('shift', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_shift_comune_id'), ['comune_id'], unique=False)
        batch_op.create_index('ix_shift_starts_at', ['starts_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_shift_task_id'), ['task_id'], unique=False)

    op.create_table('sign_in',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(length=64), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('browser', sa.String(length=200), nullable=False),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_sign_in_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sign_in')),
    sa.UniqueConstraint('token_hash', name=op.f('uq_sign_in_token_hash'))
    )
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sign_in_person_id'), ['person_id'], unique=False)

    op.create_table('tax_export',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('content', sa.String(), nullable=False),
    sa.Column('total_cents', sa.Integer(), nullable=False),
    sa.Column('made_by_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_tax_export_comune_id_comune')),
    sa.ForeignKeyConstraint(['made_by_id'], ['person.id'], name=op.f('fk_tax_export_made_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tax_export')),
    sa.UniqueConstraint('comune_id', 'year', 'number', name=op.f('uq_tax_export_comune_id_year_number'))
    )
    with op.batch_alter_table('tax_export', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tax_export_comune_id'), ['comune_id'], unique=False)

    op.create_table('tax_import',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sha256', sa.String(length=64), nullable=False),
    sa.Column('filename', sa.String(length=200), nullable=False),
    sa.Column('rows', sa.Integer(), nullable=False),
    sa.Column('added', sa.Integer(), nullable=False),
    sa.Column('changed', sa.Integer(), nullable=False),
    sa.Column('imported_by_id', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_tax_import_comune_id_comune')),
    sa.ForeignKeyConstraint(['imported_by_id'], ['person.id'], name=op.f('fk_tax_import_imported_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tax_import')),
    sa.UniqueConstraint('comune_id', 'sha256', name=op.f('uq_tax_import_comune_id_sha256'))
    )
    with op.batch_alter_table('tax_import', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tax_import_comune_id'), ['comune_id'], unique=False)

    op.create_table('tax_position',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lookup', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=True),
    sa.Column('tax', sa.Enum('TARI', 'IMU', 'TASI', 'CUP', 'OTHER', name='tax', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('account_ref', sa.String(length=40), nullable=False),
    sa.Column('notice_no', sa.String(length=40), nullable=False),
    sa.Column('iuv', sa.String(length=40), nullable=False),
    sa.Column('instalment', sa.Integer(), nullable=False),
    sa.Column('due_date', sa.Date(), nullable=False),
    sa.Column('component', sa.Enum('MUNICIPAL', 'TEFA', 'UR1', 'UR2', 'UR3', 'STATE', 'SANCTION', 'INTEREST', name='component', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('paid_cents', sa.Integer(), nullable=False),
    sa.Column('offset_cents', sa.Integer(), nullable=False),
    sa.Column('bonus_cents', sa.Integer(), nullable=False),
    sa.Column('status', sa.String(length=20), nullable=False),
    sa.Column('collection_stage', sa.String(length=40), nullable=False),
    sa.Column('litigation', sa.Boolean(), nullable=False),
    sa.Column('extracted_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('amount_cents >= 0 AND paid_cents >= 0 AND offset_cents >= 0 AND bonus_cents >= 0', name=op.f('ck_tax_position_not_negative')),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_tax_position_comune_id_comune')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_tax_position_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tax_position')),
    sa.UniqueConstraint('comune_id', 'tax', 'year', 'account_ref', 'notice_no', 'instalment', 'component', name=op.f('uq_tax_position_comune_id_tax_year_account_ref_notice_no_instalment_component'))
    )
    with op.batch_alter_table('tax_position', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tax_position_comune_id'), ['comune_id'], unique=False)
        batch_op.create_index('ix_tax_position_lookup', ['comune_id', 'lookup'], unique=False)
        batch_op.create_index(batch_op.f('ix_tax_position_person_id'), ['person_id'], unique=False)

    op.create_table('booking',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('shift_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('booked', 'cancelled', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_booking_comune_id_comune')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_booking_person_id_person')),
    sa.ForeignKeyConstraint(['shift_id'], ['shift.id'], name=op.f('fk_booking_shift_id_shift')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_booking'))
    )
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_booking_comune_id'), ['comune_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_booking_person_id'), ['person_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_booking_shift_id'), ['shift_id'], unique=False)
        batch_op.create_index('uq_booking_live', ['shift_id', 'person_id'], unique=True, sqlite_where=sa.text("state = 'booked'"), postgresql_where=sa.text("state = 'booked'"))

    op.create_table('certificate',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('year', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('agreement_id', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.Column('issued_by_id', sa.Integer(), nullable=False),
    sa.Column('digest', sa.String(length=64), nullable=False),
    sa.CheckConstraint('minutes > 0', name=op.f('ck_certificate_minutes')),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_certificate_agreement_id_agreement')),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_certificate_comune_id_comune')),
    sa.ForeignKeyConstraint(['issued_by_id'], ['person.id'], name=op.f('fk_certificate_issued_by_id_person')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_certificate_person_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_certificate')),
    sa.UniqueConstraint('comune_id', 'year', 'number', name=op.f('uq_certificate_comune_id_year_number'))
    )
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_certificate_agreement_id'), ['agreement_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_certificate_comune_id'), ['comune_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_certificate_person_id'), ['person_id'], unique=False)

    op.create_table('tax_export_row',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('export_id', sa.Integer(), nullable=False),
    sa.Column('row_ref', sa.String(length=60), nullable=False),
    sa.Column('position_id', sa.Integer(), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('checksum', sa.String(length=64), nullable=False),
    sa.ForeignKeyConstraint(['export_id'], ['tax_export.id'], name=op.f('fk_tax_export_row_export_id_tax_export')),
    sa.ForeignKeyConstraint(['position_id'], ['tax_position.id'], name=op.f('fk_tax_export_row_position_id_tax_position')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tax_export_row')),
    sa.UniqueConstraint('row_ref', name=op.f('uq_tax_export_row_row_ref'))
    )
    with op.batch_alter_table('tax_export_row', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tax_export_row_export_id'), ['export_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_tax_export_row_position_id'), ['position_id'], unique=False)

    op.create_table('tax_offset',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('agreement_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.Enum('proposed', 'returned', 'cancelled', 'approved', 'exported', 'reversed', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.Column('minutes_used', sa.Integer(), nullable=False),
    sa.Column('minutes_unused', sa.Integer(), nullable=False),
    sa.Column('figures', sa.JSON(), nullable=False),
    sa.Column('proposed_by_id', sa.Integer(), nullable=False),
    sa.Column('proposed_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decided_by_id', sa.Integer(), nullable=True),
    sa.Column('decided_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('act', sa.String(length=80), nullable=False),
    sa.Column('act_date', sa.Date(), nullable=True),
    sa.Column('posting_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=True),
    sa.CheckConstraint('amount_cents >= 0 AND minutes_used >= 0 AND minutes_unused >= 0', name=op.f('ck_tax_offset_not_negative')),
    sa.CheckConstraint('decided_by_id IS NULL OR decided_by_id <> proposed_by_id', name=op.f('ck_tax_offset_four_eyes')),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_tax_offset_agreement_id_agreement')),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_tax_offset_comune_id_comune')),
    sa.ForeignKeyConstraint(['decided_by_id'], ['person.id'], name=op.f('fk_tax_offset_decided_by_id_person')),
    sa.ForeignKeyConstraint(['posting_id'], ['posting.id'], name=op.f('fk_tax_offset_posting_id_posting')),
    sa.ForeignKeyConstraint(['proposed_by_id'], ['person.id'], name=op.f('fk_tax_offset_proposed_by_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tax_offset'))
    )
    with op.batch_alter_table('tax_offset', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tax_offset_agreement_id'), ['agreement_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_tax_offset_comune_id'), ['comune_id'], unique=False)

    op.create_table('attendance',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('comune_id', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('organisation_id', sa.Integer(), nullable=False),
    sa.Column('booking_id', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Integer(), nullable=False),
    sa.Column('agreement_id', sa.Integer(), nullable=True),
    sa.Column('state', sa.Enum('submitted', 'validated', 'rejected', 'locked', name='state', native_enum=False, create_constraint=True, length=32), nullable=False),
    sa.Column('claimed_start', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_end', sa.DateTime(timezone=True), nullable=False),
    sa.Column('claimed_break_min', sa.Integer(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('break_min', sa.Integer(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('note', sa.String(length=500), nullable=False),
    sa.Column('validated_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('tutor_id', sa.Integer(), nullable=True),
    sa.CheckConstraint('break_min >= 0 AND claimed_break_min >= 0', name=op.f('ck_attendance_breaks')),
    sa.CheckConstraint('started_at < ended_at', name=op.f('ck_attendance_ends_after_start')),
    sa.ForeignKeyConstraint(['agreement_id'], ['agreement.id'], name=op.f('fk_attendance_agreement_id_agreement')),
    sa.ForeignKeyConstraint(['booking_id'], ['booking.id'], name=op.f('fk_attendance_booking_id_booking')),
    sa.ForeignKeyConstraint(['comune_id'], ['comune.id'], name=op.f('fk_attendance_comune_id_comune')),
    sa.ForeignKeyConstraint(['organisation_id'], ['organisation.id'], name=op.f('fk_attendance_organisation_id_organisation')),
    sa.ForeignKeyConstraint(['person_id'], ['person.id'], name=op.f('fk_attendance_person_id_person')),
    sa.ForeignKeyConstraint(['tutor_id'], ['person.id'], name=op.f('fk_attendance_tutor_id_person')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_attendance'))
    )
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_attendance_agreement_id'), ['agreement_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attendance_comune_id'), ['comune_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_attendance_organisation_id'), ['organisation_id'], unique=False)
        batch_op.create_index('ix_attendance_person_time', ['person_id', 'started_at'], unique=False)
        batch_op.create_index('uq_attendance_booking', ['booking_id'], unique=True, sqlite_where=sa.text("state <> 'rejected'"), postgresql_where=sa.text("state <> 'rejected'"))

    op.create_table('offset_certificate',
    sa.Column('offset_id', sa.Integer(), nullable=False),
    sa.Column('certificate_id', sa.Integer(), nullable=False),
    sa.Column('live', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_offset_certificate_certificate_id_certificate')),
    sa.ForeignKeyConstraint(['offset_id'], ['tax_offset.id'], name=op.f('fk_offset_certificate_offset_id_tax_offset')),
    sa.PrimaryKeyConstraint('offset_id', 'certificate_id', name=op.f('pk_offset_certificate'))
    )
    with op.batch_alter_table('offset_certificate', schema=None) as batch_op:
        batch_op.create_index('uq_offset_certificate_live', ['certificate_id'], unique=True, sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))

    op.create_table('offset_line',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('offset_id', sa.Integer(), nullable=False),
    sa.Column('position_id', sa.Integer(), nullable=False),
    sa.Column('amount_cents', sa.Integer(), nullable=False),
    sa.CheckConstraint('amount_cents > 0', name=op.f('ck_offset_line_positive')),
    sa.ForeignKeyConstraint(['offset_id'], ['tax_offset.id'], name=op.f('fk_offset_line_offset_id_tax_offset')),
    sa.ForeignKeyConstraint(['position_id'], ['tax_position.id'], name=op.f('fk_offset_line_position_id_tax_position')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_offset_line')),
    sa.UniqueConstraint('offset_id', 'position_id', name=op.f('uq_offset_line_offset_id_position_id'))
    )
    with op.batch_alter_table('offset_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_offset_line_position_id'), ['position_id'], unique=False)

    op.create_table('certificate_line',
    sa.Column('attendance_id', sa.Integer(), nullable=False),
    sa.Column('certificate_id', sa.Integer(), nullable=False),
    sa.Column('minutes', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['attendance_id'], ['attendance.id'], name=op.f('fk_certificate_line_attendance_id_attendance')),
    sa.ForeignKeyConstraint(['certificate_id'], ['certificate.id'], name=op.f('fk_certificate_line_certificate_id_certificate')),
    sa.PrimaryKeyConstraint('attendance_id', name=op.f('pk_certificate_line'))
    )
    with op.batch_alter_table('certificate_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_certificate_line_certificate_id'), ['certificate_id'], unique=False)



def downgrade():
    with op.batch_alter_table('certificate_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_certificate_line_certificate_id'))

    op.drop_table('certificate_line')
    with op.batch_alter_table('offset_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_offset_line_position_id'))

    op.drop_table('offset_line')
    with op.batch_alter_table('offset_certificate', schema=None) as batch_op:
        batch_op.drop_index('uq_offset_certificate_live', sqlite_where=sa.text('live'), postgresql_where=sa.text('live'))

    op.drop_table('offset_certificate')
    with op.batch_alter_table('attendance', schema=None) as batch_op:
        batch_op.drop_index('uq_attendance_booking', sqlite_where=sa.text("state <> 'rejected'"), postgresql_where=sa.text("state <> 'rejected'"))
        batch_op.drop_index('ix_attendance_person_time')
        batch_op.drop_index(batch_op.f('ix_attendance_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_attendance_comune_id'))
        batch_op.drop_index(batch_op.f('ix_attendance_agreement_id'))

    op.drop_table('attendance')
    with op.batch_alter_table('tax_offset', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tax_offset_comune_id'))
        batch_op.drop_index(batch_op.f('ix_tax_offset_agreement_id'))

    op.drop_table('tax_offset')
    with op.batch_alter_table('tax_export_row', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tax_export_row_position_id'))
        batch_op.drop_index(batch_op.f('ix_tax_export_row_export_id'))

    op.drop_table('tax_export_row')
    with op.batch_alter_table('certificate', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_certificate_person_id'))
        batch_op.drop_index(batch_op.f('ix_certificate_comune_id'))
        batch_op.drop_index(batch_op.f('ix_certificate_agreement_id'))

    op.drop_table('certificate')
    with op.batch_alter_table('booking', schema=None) as batch_op:
        batch_op.drop_index('uq_booking_live', sqlite_where=sa.text("state = 'booked'"), postgresql_where=sa.text("state = 'booked'"))
        batch_op.drop_index(batch_op.f('ix_booking_shift_id'))
        batch_op.drop_index(batch_op.f('ix_booking_person_id'))
        batch_op.drop_index(batch_op.f('ix_booking_comune_id'))

    op.drop_table('booking')
    with op.batch_alter_table('tax_position', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tax_position_person_id'))
        batch_op.drop_index('ix_tax_position_lookup')
        batch_op.drop_index(batch_op.f('ix_tax_position_comune_id'))

    op.drop_table('tax_position')
    with op.batch_alter_table('tax_import', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tax_import_comune_id'))

    op.drop_table('tax_import')
    with op.batch_alter_table('tax_export', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tax_export_comune_id'))

    op.drop_table('tax_export')
    with op.batch_alter_table('sign_in', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_sign_in_person_id'))

    op.drop_table('sign_in')
    with op.batch_alter_table('shift', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_shift_task_id'))
        batch_op.drop_index('ix_shift_starts_at')
        batch_op.drop_index(batch_op.f('ix_shift_comune_id'))

    op.drop_table('shift')
    with op.batch_alter_table('role_held', schema=None) as batch_op:
        batch_op.drop_index('uq_role_held_organisation_id', sqlite_where=sa.text('organisation_id IS NOT NULL'), postgresql_where=sa.text('organisation_id IS NOT NULL'))
        batch_op.drop_index('uq_role_held_comune_id', sqlite_where=sa.text('comune_id IS NOT NULL'), postgresql_where=sa.text('comune_id IS NOT NULL'))
        batch_op.drop_index(batch_op.f('ix_role_held_person_id'))
        batch_op.drop_index(batch_op.f('ix_role_held_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_role_held_comune_id'))

    op.drop_table('role_held')
    with op.batch_alter_table('passage', schema=None) as batch_op:
        batch_op.drop_index('ix_passage_subject')

    op.drop_table('passage')
    op.drop_table('identity')
    with op.batch_alter_table('agreement', schema=None) as batch_op:
        batch_op.drop_index('uq_agreement_live', sqlite_where=sa.text("state = 'active'"), postgresql_where=sa.text("state = 'active'"))
        batch_op.drop_index(batch_op.f('ix_agreement_person_id'))
        batch_op.drop_index(batch_op.f('ix_agreement_comune_id'))
        batch_op.drop_index(batch_op.f('ix_agreement_call_id'))

    op.drop_table('agreement')
    with op.batch_alter_table('transfer', schema=None) as batch_op:
        batch_op.drop_index('ix_transfer_posting_id')

    op.drop_table('transfer')
    with op.batch_alter_table('task', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_task_organisation_id'))
        batch_op.drop_index(batch_op.f('ix_task_comune_id'))

    op.drop_table('task')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_household_id'))

    op.drop_table('person')
    with op.batch_alter_table('finding', schema=None) as batch_op:
        batch_op.drop_index('ix_finding_state')
        batch_op.drop_index(batch_op.f('ix_finding_night_id'))
        batch_op.drop_index(batch_op.f('ix_finding_comune_id'))

    op.drop_table('finding')
    with op.batch_alter_table('call', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_call_comune_id'))

    op.drop_table('call')
    with op.batch_alter_table('regulation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_regulation_comune_id'))

    op.drop_table('regulation')
    with op.batch_alter_table('organisation', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_organisation_comune_id'))

    op.drop_table('organisation')
    with op.batch_alter_table('night', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_night_comune_id'))

    op.drop_table('night')
    with op.batch_alter_table('household', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_household_comune_id'))

    op.drop_table('household')
    with op.batch_alter_table('account', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_account_comune_id'))

    op.drop_table('account')
    op.drop_table('posting')
    with op.batch_alter_table('letter', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_letter_due_at'))

    op.drop_table('letter')
    with op.batch_alter_table('form_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_form_key_used_at'))

    op.drop_table('form_key')
    op.drop_table('comune')
