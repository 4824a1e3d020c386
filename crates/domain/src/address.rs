//! The part of a network address that a limit counts.

use std::net::{IpAddr, Ipv6Addr};

/// IPv4 whole, IPv4-mapped IPv6 as the IPv4 address in it, other IPv6 as its /64: one household
/// or one machine holds a whole /64, so counting single addresses would count nothing.
pub fn prefix(ip: IpAddr) -> String {
    match ip.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// The /48 of an IPv6 address: what a provider gives to one customer at most.
pub fn wide_prefix(ip: IpAddr) -> Option<String> {
    match ip.to_canonical() {
        IpAddr::V4(_) => None,
        IpAddr::V6(address) => {
            let [a, b, c, ..] = address.segments();
            Some(format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ipv6_has_a_wider_network() {
        let wide = |address: &str| wide_prefix(address.parse().unwrap());
        assert_eq!(wide("2001:db8:1:2:3::4").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(wide("::ffff:192.0.2.7"), None);
        assert_eq!(wide("192.0.2.7"), None);
    }
    #[test]
    fn addresses_of_one_network_share_a_prefix() {
        for (address, expected) in [
            ("192.0.2.7", "192.0.2.7"),
            ("::ffff:192.0.2.7", "192.0.2.7"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
            ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
            ("::1", "::/64"),
        ] {
            assert_eq!(prefix(address.parse().unwrap()), expected, "{address}");
        }
    }
}
