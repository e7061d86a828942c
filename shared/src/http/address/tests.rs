use proptest::prelude::*;

use super::*;

fn public(address: &str) -> bool {
    is_public(address.parse().unwrap())
}

#[test]
fn what_is_not_the_internet_is_refused() {
    let inside = [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "4000::1",
    ];
    let let_through: Vec<&str> = inside.into_iter().filter(|address| public(address)).collect();
    assert!(let_through.is_empty(), "{let_through:?}");
}

#[test]
fn the_neighbours_of_these_networks_are_the_internet() {
    let outside = [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.0",
        "169.253.255.255",
        "169.255.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.167.255.255",
        "192.169.0.0",
        "198.17.255.255",
        "198.20.0.0",
        "223.255.255.255",
        "2001:200::1",
        "2606:4700::1111",
        "2a00:1450::1",
        "3ffe::1",
    ];
    let refused: Vec<&str> = outside.into_iter().filter(|address| !public(address)).collect();
    assert!(refused.is_empty(), "{refused:?}");
}

proptest! {
    /// Whatever the standard library holds for special by a name of its own is special here.
    #[test]
    fn no_address_that_the_standard_library_names_special_is_public(bits: u32) {
        let v4 = Ipv4Addr::from_bits(bits);
        if v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_multicast() || v4.is_broadcast()
            || v4.is_documentation() || v4.is_unspecified() {
            prop_assert!(!is_public(v4.into()), "{v4}");
        }
    }

    /// An IPv4 address in IPv6's clothes is never public, whatever it is.
    #[test]
    fn no_ipv4_address_gets_through_as_ipv6(bits: u32) {
        let v4 = Ipv4Addr::from_bits(bits);
        let [a, b, c, d] = v4.octets();
        let (high, low) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let clothed = [
            v4.to_ipv6_mapped(),
            v4.to_ipv6_compatible(),
            Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
            Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
            Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, !high, !low),
        ];
        for address in clothed {
            prop_assert!(!is_public(address.into()), "{address}");
        }
    }

    #[test]
    fn private_ipv6_is_never_public(bits: u128) {
        let special = [
            (Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7), (Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
            (Ipv6Addr::new(0xff00, 0, 0, 0, 0, 0, 0, 0), 8), (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
        ];
        for (network, length) in special {
            let rest = u128::MAX >> length;
            let address = Ipv6Addr::from_bits(network.to_bits() | bits & rest);
            prop_assert!(!is_public(address.into()), "{address}");
        }
    }
}
