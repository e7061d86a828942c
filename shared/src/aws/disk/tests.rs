use super::*;

#[test]
fn it_keeps_what_came_last_within_its_bounds() {
    let folder = std::env::temp_dir().join(format!("memorable-disk-{}", std::process::id()));
    let disk = Disk::bounded(folder.clone(), 100).expect("a folder");
    for n in 0..10 {
        disk.keep(&format!("segments/a/{n}.seg"), &[n; 30]);
    }
    assert_eq!(disk.get("segments/a/9.seg"), Some(vec![9; 30]));
    assert_eq!(disk.get("segments/a/6.seg"), None, "four of thirty bytes are more than a hundred");
    disk.keep("segments/a/7.seg", &[7; 30]);
    disk.keep("segments/a/10.seg", &[10; 30]);
    assert!(disk.get("segments/a/7.seg").is_some() && disk.get("segments/a/8.seg").is_none());
    disk.keep("large", &[0; 101]);
    assert_eq!(disk.get("large"), None);
    assert_eq!(std::fs::read_dir(&folder).expect("the folder").count(), 3);
    assert!(Disk::bounded(folder.clone(), 100).expect("a folder").get("segments/a/9.seg").is_none());
    std::fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn a_folder_that_cannot_be_made_is_none() {
    assert!(Disk::open(PathBuf::from("/proc/no/such")).is_none());
}
