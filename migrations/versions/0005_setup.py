"""Teams, skills, sounds and what the centre decides as a whole; agents' capacity; versions to lock by.

Revision: 0005, after 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.store.columns import JsonColumn

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

VERSIONED = ("users", "numbers")
NUMBERS_OF_PEOPLE = ("agent_id", "queue_id")


def upgrade() -> None:
    op.create_table(
        "skills",
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("about", sa.String(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("skill", name="pk_skills"),
    )
    op.create_table(
        "teams",
        sa.Column("team", sa.String(), nullable=False),
        sa.Column("about", sa.String(), server_default="", nullable=False),
        sa.Column("lead", sa.String(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("team", name="pk_teams"),
    )
    op.create_table(
        "sounds",
        sa.Column("sound_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.String(), server_default="", nullable=False),
        sa.Column("texts", JsonColumn, nullable=False),
        sa.Column("recordings", JsonColumn, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sound_id", name="pk_sounds"),
    )
    op.create_table(
        "setup",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", JsonColumn, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_setup"),
    )
    op.add_column("agents", sa.Column("capacity", JsonColumn, server_default='{"voice": 1}', nullable=False))
    op.add_column(
        "agents", sa.Column("voice_blocks", sa.Boolean(), server_default=sa.text("true"), nullable=False)
    )
    for table in VERSIONED:
        op.add_column(table, sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    for column in NUMBERS_OF_PEOPLE:
        op.add_column("numbers", sa.Column(column, sa.String(), nullable=True))
    _catalogue_what_is_in_use()


def _catalogue_what_is_in_use() -> None:
    """Every skill and team that agents and queues name already."""
    bind = op.get_bind()
    agents = sa.table("agents", sa.column("team", sa.String), sa.column("skills", JsonColumn))
    queues = sa.table("queues", sa.column("policy", JsonColumn))
    skills = sa.table("skills", sa.column("skill", sa.String), sa.column("version", sa.Integer))
    teams = sa.table("teams", sa.column("team", sa.String), sa.column("version", sa.Integer))
    people = bind.execute(sa.select(agents.c.team, agents.c.skills)).all()
    wanted = [policy.get("requirements") or {} for (policy,) in bind.execute(sa.select(queues.c.policy))]
    named = {skill for _, held in people for skill in held} | {skill for each in wanted for skill in each}
    for skill in sorted(named):
        bind.execute(sa.insert(skills).values(skill=skill, version=1))
    for team in sorted({team for team, _ in people if team}):
        bind.execute(sa.insert(teams).values(team=team, version=1))


def downgrade() -> None:
    for column in reversed(NUMBERS_OF_PEOPLE):
        op.drop_column("numbers", column)
    for table in reversed(VERSIONED):
        op.drop_column(table, "version")
    op.drop_column("agents", "voice_blocks")
    op.drop_column("agents", "capacity")
    op.drop_table("setup")
    op.drop_table("sounds")
    op.drop_table("teams")
    op.drop_table("skills")
