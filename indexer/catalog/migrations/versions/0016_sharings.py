"""sharings"""

from alembic import op
import sqlalchemy as sa


revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('sharings',
    sa.Column('document_id', sa.String(length=64), nullable=False),
    sa.Column('copy_id', sa.String(length=64), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('requested_by', sa.Text(), nullable=True),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('decisions', sa.Text(), nullable=False),
    sa.Column('confirmed_by', sa.Text(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('content', sa.String(length=64), nullable=True),
    sa.Column('plan', sa.String(length=64), nullable=True),
    sa.Column('copy_revision', sa.String(length=64), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_sharings_document_id_documents'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('document_id', name=op.f('pk_sharings'))
    )
    op.create_index(op.f('ix_sharings_copy_id'), 'sharings', ['copy_id'], unique=False)
    op.create_index(op.f('ix_sharings_state'), 'sharings', ['state'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_sharings_state'), table_name='sharings')
    op.drop_index(op.f('ix_sharings_copy_id'), table_name='sharings')
    op.drop_table('sharings')
