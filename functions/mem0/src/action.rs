//! Which call of mem0's a method and a path are.

/// What an answer looks like: mem0's older versions list what is found, its later ones wrap it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A list.
    List,
    /// An object with `results`.
    Object,
}

/// A call. Ids and names are as the path has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Is the key known?
    Ping,
    /// Store messages.
    Add {
        /// Of the answer.
        shape: Shape,
    },
    /// Find memories.
    Search {
        /// Of the answer.
        shape: Shape,
    },
    /// List memories by a filter.
    All {
        /// Of the answer.
        shape: Shape,
    },
    /// List memories by ids in the query.
    List,
    /// One memory.
    Get(String),
    /// What a memory said.
    History(String),
    /// Change a memory.
    Update(String),
    /// Forget a memory.
    Delete(String),
    /// Forget those of some ids.
    DeleteAll,
    /// Change several.
    BatchUpdate,
    /// Forget several.
    BatchDelete,
    /// Users, agents, apps and runs.
    Users,
    /// Forget all of one of those.
    DeleteEntity {
        /// `user`, `agent`, `app` or `run`.
        kind: String,
        /// Its id.
        name: String,
    },
    /// What became of a call that stored.
    Event(String),
    /// Say whether a memory helped.
    Feedback,
    /// Begin an export.
    CreateExport,
    /// Get what was exported.
    GetExport,
}

impl Action {
    /// The call of that method and of that path below the prefix, slashes at its end or not; none where there is none.
    pub fn of(method: &str, path: &str) -> Option<Action> {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        let shape = if parts[0] == "v3" { Shape::Object } else { Shape::List };
        Some(match (method, parts.as_slice()) {
            ("GET", ["v1", "ping"]) => Action::Ping,
            ("POST", ["v3", "memories", "add"] | ["v1", "memories"]) => Action::Add { shape },
            ("POST", ["v1" | "v2" | "v3", "memories", "search"]) => Action::Search { shape },
            ("POST", ["v2" | "v3", "memories"]) => Action::All { shape },
            ("GET", ["v1", "memories"]) => Action::List,
            ("DELETE", ["v1", "memories"]) => Action::DeleteAll,
            ("GET", ["v1", "memories", id]) => Action::Get((*id).to_owned()),
            ("PUT", ["v1", "memories", id]) => Action::Update((*id).to_owned()),
            ("DELETE", ["v1", "memories", id]) => Action::Delete((*id).to_owned()),
            ("GET", ["v1", "memories", id, "history"]) => Action::History((*id).to_owned()),
            ("PUT", ["v1", "batch"]) => Action::BatchUpdate,
            ("DELETE", ["v1", "batch"]) => Action::BatchDelete,
            ("GET", ["v1", "entities"]) => Action::Users,
            ("DELETE", ["v1" | "v2", "entities", kind, name]) => {
                Action::DeleteEntity { kind: (*kind).to_owned(), name: (*name).to_owned() }
            }
            ("GET", ["v1", "event", id]) => Action::Event((*id).to_owned()),
            ("POST", ["v1", "feedback"]) => Action::Feedback,
            ("POST", ["v1", "exports"]) => Action::CreateExport,
            ("POST", ["v1", "exports", "get"]) => Action::GetExport,
            _ => return None,
        })
    }

    /// Its name in logs.
    pub fn name(&self) -> &'static str {
        match self {
            Action::Ping => "mem0 ping",
            Action::Add { .. } => "mem0 add",
            Action::Search { .. } => "mem0 search",
            Action::All { .. } | Action::List => "mem0 get_all",
            Action::Get(_) => "mem0 get",
            Action::History(_) => "mem0 history",
            Action::Update(_) => "mem0 update",
            Action::Delete(_) => "mem0 delete",
            Action::DeleteAll => "mem0 delete_all",
            Action::BatchUpdate => "mem0 batch_update",
            Action::BatchDelete => "mem0 batch_delete",
            Action::Users => "mem0 users",
            Action::DeleteEntity { .. } => "mem0 delete_users",
            Action::Event(_) => "mem0 event",
            Action::Feedback => "mem0 feedback",
            Action::CreateExport => "mem0 create_memory_export",
            Action::GetExport => "mem0 get_memory_export",
        }
    }
}

#[cfg(test)]
mod tests;
