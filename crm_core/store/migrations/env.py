"""Alembic's entry: runs the migrations on the connection that store/migrate.py hands over."""
from alembic import context

from crm_core import schema

context.configure(connection=context.config.attributes["connection"], target_metadata=schema.metadata, render_as_batch=False)
context.run_migrations()
