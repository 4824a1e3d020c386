//! Mail addresses: one written form for each, so that an account is found again.

/// The longest address that SMTP carries (RFC 5321 section 4.5.3.1.3, without the angle brackets).
const CHARS_MAX: usize = 254;
const LOCAL_CHARS_MAX: usize = 64;

/// The address in its canonical form: trimmed, lower case, the domain in ASCII. Dots and plus
/// signs stay, for they belong to the address. `None` when mail could not be sent to it.
pub fn canonical(input: &str) -> Option<String> {
    let (local, domain) = input.trim().split_once('@')?;
    // Only ASCII: `to_lowercase` would make a plain k of the Kelvin sign, and so another address.
    let local = local.to_ascii_lowercase();
    if !is_local(&local) || domain.contains(['@', '%', '/', '\\']) {
        return None;
    }
    let url::Host::Domain(domain) = url::Host::parse(domain).ok()? else { return None };
    let address = format!("{local}@{domain}");
    (is_domain(&domain) && address.len() <= CHARS_MAX).then_some(address)
}

fn is_local(local: &str) -> bool {
    let plausible = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~.".contains(&b);
    local.len() <= LOCAL_CHARS_MAX
        && local.bytes().all(plausible)
        && local.split('.').all(|part| !part.is_empty())
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
        (1..=63).contains(&label.len())
            && label.bytes().all(plain)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    domain.contains('.') && domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plausible_addresses_get_one_form() {
        for (input, expected) in [
            ("maria@example.com", "maria@example.com"),
            ("  Maria.Lopez+blog@Example.COM\n", "maria.lopez+blog@example.com"),
            ("o'neil@example.com", "o'neil@example.com"),
            ("maria@bücher.example", "maria@xn--bcher-kva.example"),
            ("maria@BÜCHER.example", "maria@xn--bcher-kva.example"),
            ("maria@xn--bcher-kva.example", "maria@xn--bcher-kva.example"),
            ("m@a.b.c.example", "m@a.b.c.example"),
        ] {
            assert_eq!(canonical(input).as_deref(), Some(expected), "{input}");
        }
    }

    #[test]
    fn what_no_mail_reaches_is_refused() {
        let long = format!("{}@example.com", "a".repeat(65));
        let longer = format!("m@{}example.com", "label.".repeat(50));
        for input in [
            "",
            "maria",
            "@example.com",
            "maria@",
            "maria@example",
            "a@b@example.com",
            ".maria@example.com",
            "maria.@example.com",
            "ma..ria@example.com",
            "ma ria@example.com",
            "maria@exa mple.com",
            "maria@127.0.0.1",
            "maria@[::1]",
            "maria@example.com.",
            "maria@-a.example",
            "maria@example.com\r\nBcc: x@example.com",
            "maria\r\n@example.com",
            "marí\u{ad}a@example.com",
            "<maria@example.com>",
            "maria@example.com, x@example.com",
            "maria@exa%6dple.com",
            "maria@under_score.example",
            &long,
            &longer,
        ] {
            assert_eq!(canonical(input), None, "{input:?}");
        }
    }

    proptest! {
        #[test]
        fn a_canonical_address_stays_as_it_is(input in "\\PC{0,20}@\\PC{0,20}|[a-zA-Z.+]{1,9}@[a-zA-ZäÖ.-]{1,12}\\.com") {
            if let Some(address) = canonical(&input) {
                prop_assert_eq!(canonical(&address), Some(address.clone()));
                prop_assert!(address.is_ascii());
            }
        }
    }
}
