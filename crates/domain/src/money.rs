//! Amounts of money in words, from the smallest unit that Stripe counts in.

/// Currencies that have no smaller unit: <https://docs.stripe.com/currencies#zero-decimal>.
const WHOLE: &str = "bif clp djf gnf jpy kmf krw mga pyg rwf ugx vnd vuv xaf xof xpf";
const SIGNS: [(&str, &str); 4] = [("eur", "€"), ("usd", "$"), ("gbp", "£"), ("jpy", "¥")];

/// `5.00`, or `500` where there is no smaller unit: an amount for a table, of which programs calculate.
pub fn number(amount: i64, currency: &str) -> String {
    if WHOLE.split(' ').any(|whole| whole == currency) {
        return amount.to_string();
    }
    let (whole, rest) = (amount.div_euclid(100), amount.rem_euclid(100));
    format!("{whole}.{rest:02}")
}

/// `€5`, `€5.50`, `7.90 CHF`: an amount in the smallest unit of a currency (ISO 4217, lower case).
pub fn words(amount: i64, currency: &str) -> String {
    let parts = if WHOLE.split(' ').any(|whole| whole == currency) { 1 } else { 100 };
    let whole = amount.checked_div(parts).unwrap_or_default();
    let rest = amount.checked_rem(parts).unwrap_or_default().unsigned_abs();
    let sign = SIGNS.iter().find(|(name, _)| *name == currency);
    let minus = if amount < 0 { "−" } else { "" };
    let whole = whole.unsigned_abs();
    let number = if rest == 0 { whole.to_string() } else { format!("{whole}.{rest:02}") };
    match sign {
        Some((_, sign)) => format!("{minus}{sign}{number}"),
        None => format!("{minus}{number} {}", currency.to_ascii_uppercase()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_written_as_people_do() {
        for (amount, currency, expected) in [
            (500, "eur", "€5"),
            (550, "usd", "$5.50"),
            (5, "gbp", "£0.05"),
            (0, "eur", "€0"),
            (-500, "eur", "−€5"),
            (-5, "eur", "−€0.05"),
            (790, "chf", "7.90 CHF"),
            (500, "jpy", "¥500"),
            (500, "krw", "500 KRW"),
        ] {
            assert_eq!(words(amount, currency), expected);
        }
    }
}
