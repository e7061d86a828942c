use super::*;

#[test]
fn lines_stand_after_their_numbers() {
    assert_eq!(numbered(&["a", "", "c"], 99), "    99\ta\n   100\t\n   101\tc");
    assert_eq!(numbered(&[""], 1), "     1\t");
}

#[test]
fn sizes_read_as_a_listing_has_them() {
    let sizes = [(0, "0B"), (17, "17B"), (1024, "1K"), (1536, "1.5K"), (20 * 1024, "20K"), (5 << 20, "5M")];
    for (bytes, expected) in sizes {
        assert_eq!(size(bytes), expected);
    }
}
