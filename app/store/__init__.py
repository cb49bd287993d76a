"""Everything durable: tables, repositories, the engine's writer. SQLAlchemy stays inside this package.

Importing the package chooses the SQLite library, before anything else can import the standard one.
"""

from app.store.driver import choose_sqlite

choose_sqlite()
