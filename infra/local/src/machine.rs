//! What the machine has for models, found out once while starting.

use memorable::models::ollama::Served;
use memorable::models::profiles::Profile;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Machine {
    /// Where Ollama was looked for.
    pub ollama_url: String,
    /// What it has; none where it does not answer.
    pub ollama: Option<Served>,
    /// The machine's memory, where the system tells.
    pub memory_bytes: Option<u64>,
}

impl Machine {
    /// Looks. Takes a second at most.
    pub async fn look(ollama_url: &str) -> Machine {
        let memory = std::fs::read_to_string("/proc/meminfo").ok();
        Machine {
            ollama_url: ollama_url.to_owned(),
            ollama: Served::at(ollama_url).await.ok(),
            memory_bytes: memory.as_deref().and_then(memory_bytes),
        }
    }

    /// The profile that fits; none where no model of any was pulled.
    pub fn profile(&self) -> Option<&'static str> {
        Profile::fitting(self.ollama.as_ref()?, self.memory_bytes)
    }

    /// All of that for a person, in a few lines. `chosen`: the profile that is in use.
    pub fn told(&self, chosen: Option<&str>) -> String {
        let memory = self.memory_bytes.map_or_else(String::new, |bytes| format!(", {} of memory", gigabytes(bytes)));
        let Some(served) = &self.ollama else {
            return format!("Found: no Ollama at {}{memory}. Memory works without one.", self.ollama_url);
        };
        let mut told = format!("Found: Ollama at {} with {} models pulled", self.ollama_url, served.pulled.len());
        for loaded in &served.loaded {
            told.push_str(&format!(", {} loaded ({} in the GPU)", loaded.name, gigabytes(loaded.vram_bytes)));
        }
        told.push_str(&format!("{memory}. "));
        told.push_str(&match (self.profile(), chosen) {
            (Some(fits), Some(chosen)) if fits == chosen => format!("The profile `{fits}` fits and is in use."),
            (Some(fits), _) => format!("The profile `{fits}` would fit: MEMORABLE_PROFILE={fits}, or auto."),
            (None, _) => {
                "No profile has a model that is pulled: `ollama pull tinyllama:1.1b` is the smallest.".to_owned()
            }
        });
        told
    }
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

/// The first line that says how much there is in all, in kibibytes.
fn memory_bytes(told: &str) -> Option<u64> {
    let line = told.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests;
