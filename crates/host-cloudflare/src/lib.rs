//! host-cloudflare
