"""What PostgreSQL itself counted, of all brands together: statements where pg_stat_statements is installed, tables and indexes."""

from typing import Any, LiteralString

import psycopg

from shared.platform.work import Work

# Without the extension the name means nothing; without its library it exists and refuses to be read.
_INSTALLED = "SELECT to_regclass('pg_stat_statements') IS NOT NULL"
_STATEMENTS = """
    SELECT left(regexp_replace(s.query, '\\s+', ' ', 'g'), 1000) AS statement, s.calls, s.rows,
           s.total_exec_time AS total_ms, s.mean_exec_time AS mean_ms, s.max_exec_time AS max_ms
      FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
     WHERE d.datname = current_database() ORDER BY s.total_exec_time DESC LIMIT %(limit)s
"""
_TABLES = """
    SELECT schemaname || '.' || relname AS name, n_live_tup AS live_rows, seq_scan AS scans,
           seq_tup_read / greatest(seq_scan, 1) AS rows_a_scan, coalesce(idx_scan, 0) AS index_scans
      FROM pg_stat_user_tables WHERE schemaname <> 'public'
"""
_INDEXES = """
    SELECT s.schemaname || '.' || s.indexrelname AS name, s.schemaname || '.' || s.relname AS table_name, s.idx_scan AS scans,
           pg_relation_size(s.indexrelid) AS bytes
      FROM pg_stat_user_indexes s JOIN pg_index i ON i.indexrelid = s.indexrelid
     WHERE s.schemaname <> 'public' AND NOT i.indisunique
       AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = s.indexrelid)
"""


def statements(work: Work, limit: int) -> list[Any] | None:
    """The statements that took PostgreSQL the most time, or None where it does not count them."""
    if not work.value(_INSTALLED):
        return None
    return _if_readable(work, _STATEMENTS, limit=limit)


def tables(work: Work) -> list[Any]:
    """Rows `name`, `live_rows`, `scans` (of the whole table), `rows_a_scan`, `index_scans`."""
    return work.all(_TABLES)


def indexes(work: Work) -> list[Any]:
    """Rows `name`, `table_name`, `scans`, `bytes`, of indexes that keep no rule."""
    return work.all(_INDEXES)


def _if_readable(work: Work, sql: LiteralString, **params: Any) -> list[Any] | None:
    work.run("SAVEPOINT reading")
    try:
        return work.all(sql, **params)
    except psycopg.Error:
        work.run("ROLLBACK TO SAVEPOINT reading")
        return None
