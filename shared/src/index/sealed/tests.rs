use super::*;

const FORMAT: Format = Format { magic: b"MEMTESTS", version: 3, extension: "test" };

#[test]
fn every_changed_or_missing_byte_is_found() {
    let bytes = seal(FORMAT, &("a text", 7_u32)).expect("sealed");
    assert_eq!(open::<(String, u32)>(FORMAT, "x", &bytes).expect("opened"), ("a text".to_owned(), 7));
    for place in 0..bytes.len() {
        let mut changed = bytes.clone();
        changed[place] ^= 1;
        assert!(open::<(String, u32)>(FORMAT, "x", &changed).is_err(), "byte {place} changed");
        let torn = open::<(String, u32)>(FORMAT, "object x", &bytes[..place]).expect_err("torn");
        assert!(torn.detail.contains("object x"), "{}", torn.detail);
    }
}

#[test]
fn another_version_or_kind_is_refused_by_name() {
    let bytes = seal(Format { version: 4, ..FORMAT }, &7_u32).expect("sealed");
    let error = open::<u32>(FORMAT, "object x", &bytes).expect_err("a later version");
    assert!(error.detail.contains("version 4"), "{}", error.detail);
    let error = open::<u32>(Format { magic: b"MEMOTHER", ..FORMAT }, "object x", &bytes).expect_err("another kind");
    assert!(error.detail.contains("kind"), "{}", error.detail);
}
