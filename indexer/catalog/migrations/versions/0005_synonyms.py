"""synonyms"""

from alembic import op
import sqlalchemy as sa


revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('synonyms',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('written', sa.Text(), nullable=True),
    sa.Column('edited_by', sa.Text(), nullable=False),
    sa.Column('edited_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_synonyms'))
    )
    op.create_index(op.f('ix_synonyms_version'), 'synonyms', ['version'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_synonyms_version'), table_name='synonyms')
    op.drop_table('synonyms')
