//! Where the two engines differ, and nowhere else. SQL is written once with `?` for a value and `?j` for a JSON value;
//! JSON is TEXT in SQLite and JSON in PostgreSQL (not JSONB: a lead's columns keep the order of their sheet).

use sea_orm::DbBackend;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    pub const fn backend(self) -> DbBackend {
        match self {
            Self::Sqlite => DbBackend::Sqlite,
            Self::Postgres => DbBackend::Postgres,
        }
    }

    /// Placeholders as the engine wants them. No statement of ours holds a `?` in a literal.
    pub fn sql(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 32);
        let mut n = 0;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c != '?' {
                out.push(c);
                continue;
            }
            n += 1;
            let json = chars.next_if_eq(&'j').is_some();
            match (self, json) {
                (Self::Sqlite, _) => out.push('?'),
                (Self::Postgres, false) => out.push_str(&format!("${n}")),
                (Self::Postgres, true) => out.push_str(&format!("${n}::json")),
            }
        }
        out
    }

    /// Types of the schema: `{id}` a primary key, `{int}`, `{real}`, `{bool}`, `{json}`, `{bytes}`.
    pub fn ddl(self, text: &str) -> String {
        // An INTEGER PRIMARY KEY is SQLite's own row id: no second tree.
        let id = if self == Self::Sqlite { "INTEGER PRIMARY KEY" } else { "BIGINT PRIMARY KEY" };
        let json = if self == Self::Sqlite { "TEXT" } else { "JSON" };
        let bytes = if self == Self::Sqlite { "BLOB" } else { "BYTEA" };
        text.replace("{id}", id)
            .replace("{bytes}", bytes)
            .replace("{int}", "BIGINT")
            .replace("{real}", "DOUBLE PRECISION")
            .replace("{bool}", "BOOLEAN")
            .replace("{json}", json)
    }

    /// Ends a SELECT whose rows are about to be taken: SQLite has one writer and needs nothing.
    pub const fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// Ends a SELECT of a row about to be changed.
    pub const fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }

    /// A column asked for in a transaction whose loss in a power cut harms nobody: its commit does not wait for the disk. SQLite knows no
    /// such thing for one transaction.
    pub const fn need_not_last(self) -> &'static str {
        match self {
            Self::Sqlite => "''",
            Self::Postgres => "set_config('synchronous_commit', 'off', true)",
        }
    }

    /// Case does not matter; `\` escapes.
    pub const fn like(self) -> &'static str {
        match self {
            Self::Sqlite => "LIKE ? ESCAPE '\\'",
            Self::Postgres => "ILIKE ? ESCAPE '\\'",
        }
    }

    /// Fresh figures for the planner after many rows came in.
    pub const fn analyze(self) -> &'static str {
        match self {
            Self::Sqlite => "PRAGMA optimize",
            Self::Postgres => "ANALYZE leads",
        }
    }
}

/// The pattern that finds `text` anywhere.
pub(crate) fn contains(text: &str) -> String {
    let mut out = String::from("%");
    for c in text.trim().chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out.push('%');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_for_postgres() {
        let sql = "INSERT INTO t VALUES (?, ?j, ?)";
        assert_eq!(Engine::Sqlite.sql(sql), "INSERT INTO t VALUES (?, ?, ?)");
        assert_eq!(Engine::Postgres.sql(sql), "INSERT INTO t VALUES ($1, $2::json, $3)");
    }

    #[test]
    fn wildcards_in_a_search_are_letters() {
        assert_eq!(contains("50%_"), "%50\\%\\_%");
    }
}
