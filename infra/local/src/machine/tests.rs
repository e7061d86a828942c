use memorable::models::ollama::Loaded;

use super::*;

#[test]
fn what_was_found_is_told_with_the_profile_that_fits() {
    let memory = memory_bytes("MemFree: 1 kB\nMemTotal:       16000000 kB\n");
    assert_eq!(memory, Some(16_384_000_000));
    assert_eq!(memory_bytes("MemTotal: much"), None);
    let nothing = Machine { ollama_url: "http://here".to_owned(), ollama: None, memory_bytes: memory };
    assert_eq!(nothing.profile(), None);
    assert!(nothing.told(None).contains("no Ollama at http://here, 16.4 GB of memory"), "{}", nothing.told(None));
    let loaded = vec![Loaded { name: "mistral:7b".to_owned(), vram_bytes: 5_000_000_000 }];
    let served = Served { pulled: vec!["mistral:7b".to_owned()], loaded };
    let machine = Machine { ollama: Some(served), ..nothing };
    let told = machine.told(None);
    assert!(
        told.contains("mistral:7b loaded (5.0 GB in the GPU)") && told.contains("MEMORABLE_PROFILE=server"),
        "{told}"
    );
    assert!(machine.told(Some("server")).contains("is in use"));
}
