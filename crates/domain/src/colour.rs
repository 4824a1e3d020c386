//! Colours that can be read: an owner's colour, made darker or lighter until it stands out from the page.

/// Red, green, blue.
type Colour = [u32; 3];
/// What WCAG asks of text (4.5 to 1), and a little for what the sums here round off; in hundredths.
const CONTRAST: u32 = 500;
const STEPS: u32 = 24;

/// `#rrggbb`.
pub fn parse(text: &str) -> Option<Colour> {
    let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii())?;
    let all = u32::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'))?;
    Some([all >> 16, (all >> 8) & 255, all & 255])
}

/// The colour for text on a page of another one: itself where it can be read there, else the nearest on the
/// way to black or white that can.
pub fn readable(colour: Colour, paper: Colour) -> String {
    let end = if light(paper) > 5000 { 0 } else { 255 };
    let mixed = (0..=STEPS).map(|step| colour.map(|part| between(part, end, step)));
    let fits = mixed.clone().find(|mixed| contrast(*mixed, paper) >= CONTRAST);
    let [r, g, b] = fits.unwrap_or([end; 3]);
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn between(from: u32, to: u32, step: u32) -> u32 {
    let rest = from.saturating_mul(STEPS.saturating_sub(step));
    rest.saturating_add(to.saturating_mul(step)).checked_div(STEPS).unwrap_or(to)
}

/// The contrast of two colours (WCAG 2.2), in hundredths.
fn contrast(a: Colour, b: Colour) -> u32 {
    let (a, b) = (light(a).saturating_add(500), light(b).saturating_add(500));
    a.max(b).saturating_mul(100).checked_div(a.min(b)).unwrap_or(0)
}

/// Relative luminance, in ten thousandths. The curve of sRGB is drawn by a square and a cube, within two
/// hundredths of the truth: so no logarithm has to be brought along.
fn light([r, g, b]: Colour) -> u32 {
    let part = |part: u32, weight: u32| {
        let square = part.saturating_mul(part);
        let curve = square
            .saturating_mul(204)
            .saturating_add(square.saturating_mul(part).checked_div(5).unwrap_or(0));
        // 255³ for a full part.
        curve.checked_div(1658).unwrap_or(0).saturating_mul(weight).checked_div(10_000).unwrap_or(0)
    };
    part(r, 2126).saturating_add(part(g, 7152)).saturating_add(part(b, 722))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As WCAG 2.2 defines it.
    fn exact(a: Colour, b: Colour) -> f64 {
        let light = |colour: Colour| {
            let curve = |part: u32| {
                let c = f64::from(part) / 255.0;
                if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
            };
            let [r, g, b] = colour.map(curve);
            0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05
        };
        let (a, b) = (light(a), light(b));
        a.max(b) / a.min(b)
    }

    #[test]
    fn every_colour_becomes_one_that_can_be_read() {
        for paper in ["#fbf9f5", "#ffffff", "#15130f", "#0e0f11"] {
            let paper = parse(paper).expect("a colour");
            for all in (0..0x0100_0000_u32).step_by(4099) {
                let colour = [all >> 16, (all >> 8) & 255, all & 255];
                let made = readable(colour, paper);
                let made = parse(&made).expect("a colour");
                assert!(
                    exact(made, paper) >= 4.5,
                    "{colour:?} on {paper:?}: {made:?} {}",
                    exact(made, paper)
                );
            }
        }
    }

    #[test]
    fn a_colour_that_can_be_read_stays() {
        assert_eq!(readable([0xa8, 0x48, 0x1a], [0xfb, 0xf9, 0xf5]), "#a8481a");
        for odd in ["", "red", "#fff", "#+12345", "#12345é", "a8481a", "#a8481a;"] {
            assert_eq!(parse(odd), None, "{odd}");
        }
    }
}
