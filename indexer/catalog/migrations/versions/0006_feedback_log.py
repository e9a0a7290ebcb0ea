"""feedback log"""

from alembic import op
import sqlalchemy as sa


revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('phrasings',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('encoder', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('meaning', sa.Text(), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', 'encoder', name=op.f('pk_phrasings'))
    )
    op.create_table('searches',
    sa.Column('line', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('query_id', sa.String(length=64), nullable=False),
    sa.Column('person', sa.String(length=32), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('phrasing', sa.String(length=64), nullable=False),
    sa.Column('profile', sa.Text(), nullable=False),
    sa.Column('hits', sa.Text(), nullable=False),
    sa.Column('page', sa.Integer(), nullable=False),
    sa.Column('total', sa.Integer(), nullable=False),
    sa.Column('surface', sa.String(length=16), nullable=False),
    sa.Column('confidence', sa.Float(), nullable=True),
    sa.Column('is_doubtful', sa.Boolean(), nullable=False),
    sa.Column('is_filtered', sa.Boolean(), nullable=False),
    sa.Column('experiment', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('line', name=op.f('pk_searches')),
    sa.UniqueConstraint('query_id', name=op.f('uq_searches_query_id')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_searches_at'), 'searches', ['at'], unique=False)
    op.create_index('ix_searches_person_at', 'searches', ['person', 'at'], unique=False)
    op.create_index(op.f('ix_searches_phrasing'), 'searches', ['phrasing'], unique=False)
    op.create_table('search_events',
    sa.Column('line', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('query_id', sa.String(length=64), nullable=False),
    sa.Column('person', sa.String(length=32), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('action', sa.String(length=16), nullable=False),
    sa.Column('document_id', sa.String(length=64), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('passage', sa.Integer(), nullable=True),
    sa.Column('dwell_ms', sa.BigInteger(), nullable=False),
    sa.Column('spans', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_search_events_document_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('line', name=op.f('pk_search_events')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_search_events_at'), 'search_events', ['at'], unique=False)
    op.create_index('ix_search_events_document_id', 'search_events', ['document_id'], unique=False)
    op.create_index(op.f('ix_search_events_person'), 'search_events', ['person'], unique=False)
    op.create_index(op.f('ix_search_events_query_id'), 'search_events', ['query_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_search_events_query_id'), table_name='search_events')
    op.drop_index(op.f('ix_search_events_person'), table_name='search_events')
    op.drop_index('ix_search_events_document_id', table_name='search_events')
    op.drop_index(op.f('ix_search_events_at'), table_name='search_events')
    op.drop_table('search_events')
    op.drop_index(op.f('ix_searches_phrasing'), table_name='searches')
    op.drop_index('ix_searches_person_at', table_name='searches')
    op.drop_index(op.f('ix_searches_at'), table_name='searches')
    op.drop_table('searches')
    op.drop_table('phrasings')
