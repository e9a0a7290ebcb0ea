"""namings of speakers, and the speaker of a corrected turn"""

from alembic import op
import sqlalchemy as sa


revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('namings',
    sa.Column('document_id', sa.String(length=64), nullable=False),
    sa.Column('revision', sa.String(length=64), nullable=False),
    sa.Column('heard_id', sa.Text(), nullable=False),
    sa.Column('heard_name', sa.Text(), nullable=False),
    sa.Column('heard_role', sa.String(length=16), nullable=True),
    sa.Column('person_id', sa.Text(), nullable=True),
    sa.Column('person_name', sa.Text(), nullable=True),
    sa.Column('role', sa.String(length=16), nullable=True),
    sa.Column('named_by', sa.Text(), nullable=False),
    sa.Column('named_by_name', sa.Text(), nullable=False),
    sa.Column('named_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('applied_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_namings_document_id_documents'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('document_id', 'revision', 'heard_id', name=op.f('pk_namings'))
    )
    op.create_index(op.f('ix_namings_applied_at'), 'namings', ['applied_at'], unique=False)
    op.create_index(op.f('ix_namings_person_id'), 'namings', ['person_id'], unique=False)
    op.add_column('corrections', sa.Column('said_by', sa.Text(), nullable=True))
    op.add_column('corrections', sa.Column('said_by_name', sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column('corrections', 'said_by_name')
    op.drop_column('corrections', 'said_by')
    op.drop_index(op.f('ix_namings_person_id'), table_name='namings')
    op.drop_index(op.f('ix_namings_applied_at'), table_name='namings')
    op.drop_table('namings')
