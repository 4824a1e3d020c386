//! The body of a call, read as far as it is trusted: first all before the bytes of a file, which say
//! what is called and by whom, and only then the file, decoded as it comes in.

use super::{
    fault::{Fault, TOO_LARGE},
    read::NOT_BASE64,
};
use base64::{
    Engine,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bytes::{Buf, Bytes};
use platform::Body;

/// The most bytes of a call, a file excepted.
const TEXT_BYTES_MAX: usize = 1 << 20;
/// The most bytes of a file.
const FILE_BYTES_MAX: usize = 45 << 20;
const PIECE_BYTES: usize = 64 << 10;
const MARK: &[u8] = b"<base64>";

/// Base64 as RFC 4648 has it, and as it is when its end was lost: without padding.
pub const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

type Result<T> = std::result::Result<T, Fault>;

/// A body on its way in.
pub struct Intake {
    body: Body,
    pending: Bytes,
    /// What has come in, without the file.
    pub text: Vec<u8>,
    is_at_file: bool,
}

impl Intake {
    /// Reads a body up to where a file begins, or to its end.
    pub async fn begin(body: Body) -> Result<Self> {
        let mut intake = Self { body, pending: Bytes::new(), text: Vec::new(), is_at_file: false };
        while let Some(piece) = intake.peek().await? {
            let begin = intake.text.len().saturating_sub(MARK.len());
            intake.push(&piece)?;
            let fresh = intake.text.get(begin..).unwrap_or_default();
            let mark = fresh.windows(MARK.len()).position(|bytes| bytes == MARK);
            let end = mark.map(|at| begin.saturating_add(at).saturating_add(MARK.len()));
            let after = end.map_or(0, |end| intake.text.split_off(end).len());
            intake.pending.advance(piece.len().saturating_sub(after));
            intake.is_at_file = mark.is_some();
            if intake.is_at_file {
                break;
            }
        }
        Ok(intake)
    }

    /// Reads the rest as it is.
    pub async fn finish(&mut self) -> Result<()> {
        while let Some(piece) = self.peek().await? {
            self.push(&piece)?;
            self.pending.advance(piece.len());
        }
        Ok(())
    }

    /// Reads the rest without the first file, and returns the file if there is one. `length` is what
    /// the whole body was said to have: memory that grows in steps would be twice as much.
    pub async fn finish_with_file(&mut self, length: usize) -> Result<Option<Bytes>> {
        if !self.is_at_file {
            return Ok(None);
        }
        let (mut file, mut undecoded) = (Vec::new(), Vec::new());
        file.reserve_exact((length / 4).saturating_mul(3).min(FILE_BYTES_MAX));
        while let Some(piece) = self.peek().await? {
            let end = piece.iter().position(|byte| *byte == b'<');
            let part = piece.slice(..end.unwrap_or(piece.len()));
            self.pending.advance(part.len());
            undecoded.extend(part.iter().filter(|byte| !byte.is_ascii_whitespace()));
            // Groups of four can be decoded by themselves.
            let ready = if end.is_some() { undecoded.len() } else { undecoded.len() & !3 };
            let ready: Vec<u8> = undecoded.drain(..ready).collect();
            BASE64.decode_vec(ready, &mut file).map_err(|_| NOT_BASE64)?;
            if file.len() > FILE_BYTES_MAX {
                return Err(TOO_LARGE);
            }
            if end.is_some() {
                break;
            }
        }
        self.finish().await?;
        Ok(Some(file.into()))
    }

    /// What comes next, a piece at a time; it stays until `pending` is moved past it.
    async fn peek(&mut self) -> Result<Option<Bytes>> {
        while self.pending.is_empty() {
            let Some(chunk) = self.body.next().await.transpose()? else { return Ok(None) };
            self.pending = chunk;
        }
        Ok(Some(self.pending.slice(..self.pending.len().min(PIECE_BYTES))))
    }

    fn push(&mut self, piece: &[u8]) -> Result<()> {
        if self.text.len().saturating_add(piece.len()) > TEXT_BYTES_MAX {
            return Err(TOO_LARGE);
        }
        self.text.extend_from_slice(piece);
        Ok(())
    }
}
