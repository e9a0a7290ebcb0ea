"""first tables"""

from alembic import op
import sqlalchemy as sa


revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('changes',
    sa.Column('position', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('document_id', sa.String(length=64), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('position', name=op.f('pk_changes')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_changes_document_id'), 'changes', ['document_id'], unique=False)
    op.create_table('documents',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('source', sa.Text(), nullable=False),
    sa.Column('revision', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('media_kind', sa.String(length=16), nullable=False),
    sa.Column('title', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=16), nullable=False),
    sa.Column('visibility', sa.String(length=16), nullable=False),
    sa.Column('visibility_chosen', sa.Boolean(), nullable=False),
    sa.Column('audiences', sa.Text(), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('original', sa.String(length=64), nullable=False),
    sa.Column('media', sa.Text(), nullable=False),
    sa.Column('content', sa.String(length=64), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('duration_ms', sa.BigInteger(), nullable=True),
    sa.Column('n_pages', sa.Integer(), nullable=True),
    sa.Column('n_passages', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_documents'))
    )
    op.create_index(op.f('ix_documents_created_at'), 'documents', ['created_at'], unique=False)
    op.create_index(op.f('ix_documents_revision'), 'documents', ['revision'], unique=False)
    op.create_table('followers',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('generation', sa.BigInteger(), nullable=False),
    sa.Column('position', sa.BigInteger(), nullable=False),
    sa.Column('reported_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_followers'))
    )
    op.create_table('generations',
    sa.Column('number', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('encoder', sa.Text(), nullable=False),
    sa.Column('requested_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('number', name=op.f('pk_generations')),
    sqlite_autoincrement=True
    )
    op.create_table('jobs',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('document_id', sa.String(length=64), nullable=False),
    sa.Column('revision', sa.String(length=64), nullable=False),
    sa.Column('filename', sa.Text(), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('stage', sa.String(length=16), nullable=True),
    sa.Column('progress', sa.Float(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('updated_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('problem', sa.Text(), nullable=True),
    sa.Column('warnings', sa.Text(), nullable=False),
    sa.Column('attempt', sa.Integer(), nullable=False),
    sa.Column('uploaded_by', sa.Text(), nullable=True),
    sa.Column('submission', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_jobs'))
    )
    op.create_index(op.f('ix_jobs_created_at'), 'jobs', ['created_at'], unique=False)
    op.create_index('ix_jobs_document_id_created_at', 'jobs', ['document_id', 'created_at'], unique=False)
    op.create_index(op.f('ix_jobs_revision'), 'jobs', ['revision'], unique=False)
    op.create_index(op.f('ix_jobs_state'), 'jobs', ['state'], unique=False)
    op.create_table('people',
    sa.Column('id', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_people'))
    )
    op.create_table('workers',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('beat_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_workers'))
    )
    op.create_table('document_audiences',
    sa.Column('document_id', sa.String(length=64), nullable=False),
    sa.Column('audience', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_document_audiences_document_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('document_id', 'audience', name=op.f('pk_document_audiences'))
    )
    op.create_index('ix_document_audiences_audience', 'document_audiences', ['audience', 'document_id'], unique=False)
    op.create_table('participants',
    sa.Column('document_id', sa.String(length=64), nullable=False),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('role', sa.String(length=16), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_participants_document_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['person_id'], ['people.id'], name=op.f('fk_participants_person_id')),
    sa.PrimaryKeyConstraint('document_id', 'ordinal', name=op.f('pk_participants'))
    )
    op.create_index(op.f('ix_participants_person_id'), 'participants', ['person_id'], unique=False)
    op.create_table('passages',
    sa.Column('id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('document_id', sa.String(length=64), nullable=False),
    sa.Column('revision', sa.String(length=64), nullable=False),
    sa.Column('superseded_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ordinal', sa.Integer(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('heading', sa.Text(), nullable=False),
    sa.Column('language', sa.String(length=16), nullable=False),
    sa.Column('locator', sa.Text(), nullable=False),
    sa.Column('speaker_ids', sa.Text(), nullable=False),
    sa.Column('anchors', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_passages_document_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passages'))
    )
    op.create_index('ix_passages_document_id_ordinal', 'passages', ['document_id', 'ordinal'], unique=False)
    op.create_index('ix_passages_superseded_at', 'passages', ['superseded_at'], unique=False)
    op.create_table('tag_assignments',
    sa.Column('document_id', sa.String(length=64), nullable=False),
    sa.Column('tag_id', sa.Text(), nullable=False),
    sa.Column('decided', sa.Boolean(), nullable=False),
    sa.Column('assigner', sa.String(length=16), nullable=False),
    sa.Column('confidence', sa.Float(), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=True),
    sa.Column('removed', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['documents.id'], name=op.f('fk_tag_assignments_document_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('document_id', 'tag_id', 'decided', name=op.f('pk_tag_assignments'))
    )
    op.create_table('vectors',
    sa.Column('passage_id', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), autoincrement=False, nullable=False),
    sa.Column('encoder', sa.Text(), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['passage_id'], ['passages.id'], name=op.f('fk_vectors_passage_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('passage_id', 'encoder', name=op.f('pk_vectors'))
    )


def downgrade() -> None:
    op.drop_table('vectors')
    op.drop_table('tag_assignments')
    op.drop_index('ix_passages_superseded_at', table_name='passages')
    op.drop_index('ix_passages_document_id_ordinal', table_name='passages')
    op.drop_table('passages')
    op.drop_index(op.f('ix_participants_person_id'), table_name='participants')
    op.drop_table('participants')
    op.drop_index('ix_document_audiences_audience', table_name='document_audiences')
    op.drop_table('document_audiences')
    op.drop_table('workers')
    op.drop_table('people')
    op.drop_index(op.f('ix_jobs_state'), table_name='jobs')
    op.drop_index(op.f('ix_jobs_revision'), table_name='jobs')
    op.drop_index('ix_jobs_document_id_created_at', table_name='jobs')
    op.drop_index(op.f('ix_jobs_created_at'), table_name='jobs')
    op.drop_table('jobs')
    op.drop_table('generations')
    op.drop_table('followers')
    op.drop_index(op.f('ix_documents_revision'), table_name='documents')
    op.drop_index(op.f('ix_documents_created_at'), table_name='documents')
    op.drop_table('documents')
    op.drop_index(op.f('ix_changes_document_id'), table_name='changes')
    op.drop_table('changes')
