use super::*;

#[test]
fn a_trained_head_is_read_as_it_was_written() {
    let trained = Trained { head: Head::builtin().clone(), learned: vec![[7; HASH], [8; HASH]] };
    let bytes = trained.encode().unwrap();
    let read = Trained::decode(&bytes).unwrap().unwrap();
    assert_eq!(read, trained);
}

#[test]
fn one_that_was_trained_from_another_release_is_none_and_a_torn_one_an_error() {
    let mut bytes = Trained { head: Head::builtin().clone(), learned: vec![[7; HASH]] }.encode().unwrap();
    assert!(Trained::decode(&bytes[..40]).is_err() && Trained::decode(b"MEMTRAIN").is_err());
    bytes[MAGIC.len() + 1] ^= 1;
    assert_eq!(Trained::decode(&bytes).unwrap(), None);
    bytes[MAGIC.len()] = VERSION + 1;
    assert!(Trained::decode(&bytes).is_err());
}
