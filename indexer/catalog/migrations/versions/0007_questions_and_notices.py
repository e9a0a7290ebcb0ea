"""questions and notices"""

from alembic import op
import sqlalchemy as sa


revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('notices',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('type', sa.String(length=32), nullable=False),
    sa.Column('question_id', sa.String(length=64), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('n_tries', sa.Integer(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_problem', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_notices'))
    )
    op.create_index(op.f('ix_notices_question_id'), 'notices', ['question_id'], unique=False)
    op.create_index('ix_notices_state_due_at', 'notices', ['state', 'due_at'], unique=False)
    op.create_table('questions',
    sa.Column('id', sa.String(length=64), nullable=False),
    sa.Column('asker_id', sa.Text(), nullable=False),
    sa.Column('asker_name', sa.Text(), nullable=False),
    sa.Column('asker_role', sa.String(length=16), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('text_key', sa.Text(), nullable=False),
    sa.Column('details', sa.Text(), nullable=False),
    sa.Column('query_id', sa.String(length=64), nullable=True),
    sa.Column('visibility', sa.String(length=16), nullable=False),
    sa.Column('state', sa.String(length=16), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('mentor_id', sa.Text(), nullable=True),
    sa.Column('mentor_name', sa.Text(), nullable=False),
    sa.Column('answer', sa.Text(), nullable=False),
    sa.Column('document_id', sa.String(length=64), nullable=True),
    sa.Column('linked_id', sa.String(length=64), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('news_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('encoder', sa.Text(), nullable=False),
    sa.Column('vector', sa.LargeBinary(), nullable=False),
    sa.Column('near', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_questions'))
    )
    op.create_index('ix_questions_asker_id_asked_at', 'questions', ['asker_id', 'asked_at'], unique=False)
    op.create_index(op.f('ix_questions_document_id'), 'questions', ['document_id'], unique=False)
    op.create_index('ix_questions_mentor_id_state', 'questions', ['mentor_id', 'state'], unique=False)
    op.create_index(op.f('ix_questions_query_id'), 'questions', ['query_id'], unique=False)
    op.create_index('ix_questions_state_asked_at', 'questions', ['state', 'asked_at'], unique=False)
    op.create_table('question_steps',
    sa.Column('line', sa.BigInteger().with_variant(sa.Integer(), 'sqlite'), nullable=False),
    sa.Column('question_id', sa.String(length=64), nullable=False),
    sa.Column('kind', sa.String(length=16), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('person_id', sa.Text(), nullable=True),
    sa.Column('person_name', sa.Text(), nullable=False),
    sa.Column('mentor_id', sa.Text(), nullable=True),
    sa.Column('mentor_name', sa.Text(), nullable=False),
    sa.Column('suitor', sa.Text(), nullable=True),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['question_id'], ['questions.id'], name=op.f('fk_question_steps_question_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('line', name=op.f('pk_question_steps')),
    sqlite_autoincrement=True
    )
    op.create_index(op.f('ix_question_steps_question_id'), 'question_steps', ['question_id'], unique=False)


def downgrade() -> None:
    op.drop_index(op.f('ix_question_steps_question_id'), table_name='question_steps')
    op.drop_table('question_steps')
    op.drop_index('ix_questions_state_asked_at', table_name='questions')
    op.drop_index(op.f('ix_questions_query_id'), table_name='questions')
    op.drop_index('ix_questions_mentor_id_state', table_name='questions')
    op.drop_index(op.f('ix_questions_document_id'), table_name='questions')
    op.drop_index('ix_questions_asker_id_asked_at', table_name='questions')
    op.drop_table('questions')
    op.drop_index('ix_notices_state_due_at', table_name='notices')
    op.drop_index(op.f('ix_notices_question_id'), table_name='notices')
    op.drop_table('notices')
