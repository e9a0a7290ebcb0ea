"""judgments and saved documents"""

from alembic import op
import sqlalchemy as sa


revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('judgments',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('document_id', sa.String(length=64), nullable=False),
    sa.Column('revision', sa.String(length=64), nullable=False),
    sa.Column('query_text', sa.Text(), nullable=False),
    sa.Column('query_key', sa.Text(), nullable=False),
    sa.Column('query_id', sa.String(length=64), nullable=True),
    sa.Column('passage', sa.Integer(), nullable=True),
    sa.Column('value', sa.String(length=16), nullable=False),
    sa.Column('reason', sa.String(length=16), nullable=True),
    sa.Column('comment', sa.Text(), nullable=False),
    sa.Column('judged_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_judgments_document_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_judgments')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_judgments_document_id_person_id', 'judgments', ['document_id', 'person_id'], unique=False)
    op.create_index(op.f('ix_judgments_person_id'), 'judgments', ['person_id'], unique=False)
    op.create_table('saved_documents',
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('document_id', sa.String(length=64), nullable=False),
    sa.Column('saved_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_saved_documents_document_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('person_id', 'document_id', name=op.f('pk_saved_documents'))
    )
    op.create_index('ix_saved_documents_document_id', 'saved_documents', ['document_id'], unique=False)


def downgrade() -> None:
    op.drop_index('ix_saved_documents_document_id', table_name='saved_documents')
    op.drop_table('saved_documents')
    op.drop_index(op.f('ix_judgments_person_id'), table_name='judgments')
    op.drop_index('ix_judgments_document_id_person_id', table_name='judgments')
    op.drop_table('judgments')
