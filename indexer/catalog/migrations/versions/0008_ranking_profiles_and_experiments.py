"""ranking profiles and experiments"""

from alembic import op
import sqlalchemy as sa


revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('experiments',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('champion', sa.Text(), nullable=False),
    sa.Column('challenger', sa.Text(), nullable=False),
    sa.Column('share', sa.Float(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('started_by', sa.Text(), nullable=False),
    sa.Column('since', sa.Text(), nullable=False),
    sa.Column('stopped_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('version', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_experiments'))
    )
    op.create_index(op.f('ix_experiments_version'), 'experiments', ['version'], unique=False)
    op.create_table('ranking_profiles',
    sa.Column('name', sa.String(length=64), nullable=False),
    sa.Column('version', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('weights', sa.Text(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('dataset', sa.Text(), nullable=False),
    sa.Column('measure', sa.Text(), nullable=False),
    sa.Column('before', sa.Float(), nullable=False),
    sa.Column('after', sa.Float(), nullable=False),
    sa.Column('p_value', sa.Float(), nullable=False),
    sa.Column('against', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', 'version', name=op.f('pk_ranking_profiles'))
    )
    op.create_table('ranking_service',
    sa.Column('line', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('profile', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('by', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('is_rollback', sa.Boolean(), nullable=False),
    sa.PrimaryKeyConstraint('line', name=op.f('pk_ranking_service')),
    sqlite_autoincrement=True
    )


def downgrade() -> None:
    op.drop_table('ranking_service')
    op.drop_table('ranking_profiles')
    op.drop_index(op.f('ix_experiments_version'), table_name='experiments')
    op.drop_table('experiments')
