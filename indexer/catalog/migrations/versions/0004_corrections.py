"""corrections"""

from alembic import op
import sqlalchemy as sa


revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('corrections',
    sa.Column('document_id', sa.String(length=64), nullable=False),
    sa.Column('revision', sa.String(length=64), nullable=False),
    sa.Column('start_ms', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('end_ms', sa.BigInteger(), autoincrement=False, nullable=False),
    sa.Column('speaker_id', sa.Text(), nullable=False),
    sa.Column('heard', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('person_name', sa.Text(), nullable=False),
    sa.Column('corrected_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_corrections_document_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('document_id', 'revision', 'start_ms', 'end_ms', 'speaker_id', name=op.f('pk_corrections'))
    )
    op.create_index(op.f('ix_corrections_applied_at'), 'corrections', ['applied_at'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_corrections_applied_at'), table_name='corrections')
    op.drop_table('corrections')
