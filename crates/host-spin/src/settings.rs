//! The configuration from Spin's variables, read once per component instance.

use platform::{Config, Error, Result};
use spin_sdk::variables;
use std::{cell::RefCell, collections::BTreeMap, net::IpAddr, rc::Rc};

/// What the variables say; a component knows only those that the manifest grants it.
pub struct Settings {
    /// What the functions see.
    pub config: Rc<Config>,
    /// By which components know each other and the timer; None believes nobody.
    pub internal_key: Option<String>,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// Where objects are kept; None when a part of it is missing.
    pub store: Option<StoreSettings>,
}

/// An S3-compatible store.
pub struct StoreSettings {
    /// Scheme, host and port, without a slash at its end.
    pub endpoint: String,
    /// The bucket, addressed by path.
    pub bucket: String,
    /// The region that requests are signed for.
    pub region: String,
    /// The id of the key.
    pub access_key: String,
    /// The key.
    pub secret_key: String,
}

thread_local! {
    // Configuration, not the state of a request: an instance may keep it.
    static SETTINGS: RefCell<Option<Rc<Settings>>> = const { RefCell::new(None) };
}

/// The settings of this component.
///
/// # Errors
/// [`Error::Internal`] that names the setting which is missing or does not parse.
pub async fn settings() -> Result<Rc<Settings>> {
    if let Some(settings) = SETTINGS.with_borrow(Clone::clone) {
        return Ok(settings);
    }
    let proxies = variable("TRUSTED_PROXIES").await?.unwrap_or_default();
    let settings = Rc::new(Settings {
        config: Rc::new(config().await?),
        internal_key: variable("INTERNAL_KEY").await?,
        trusted_proxies: proxies.split(',').filter_map(|ip| ip.trim().parse().ok()).collect(),
        store: store().await?,
    });
    SETTINGS.set(Some(settings.clone()));
    Ok(settings)
}

/// Spin's variables are read asynchronously and [`Config::read`] asks for names as it goes: so it is
/// run until it asks for no name that was not fetched yet.
async fn config() -> Result<Config> {
    let mut values = BTreeMap::new();
    loop {
        let unknown = RefCell::new(Vec::new());
        let config = Config::read(|name| {
            let value: Option<&Option<String>> = values.get(name);
            if value.is_none() {
                unknown.borrow_mut().push(name.to_owned());
            }
            value.cloned().flatten()
        });
        let unknown = unknown.into_inner();
        if unknown.is_empty() {
            return config;
        }
        for name in unknown {
            let value = variable(&name).await?;
            values.insert(name, value);
        }
    }
}

async fn store() -> Result<Option<StoreSettings>> {
    let endpoint = variable("S3_ENDPOINT").await?;
    let bucket = variable("S3_BUCKET").await?;
    let region = variable("S3_REGION").await?;
    let access_key = variable("S3_ACCESS_KEY").await?;
    let secret_key = variable("S3_SECRET_KEY").await?;
    let (Some(endpoint), Some(bucket), Some(region), Some(access_key), Some(secret_key)) =
        (endpoint, bucket, region, access_key, secret_key)
    else {
        return Ok(None);
    };
    let endpoint = endpoint.trim_end_matches('/').to_owned();
    Ok(Some(StoreSettings { endpoint, bucket, region, access_key, secret_key }))
}

/// A variable by its name in the configuration; an empty one is a missing one.
async fn variable(name: &str) -> Result<Option<String>> {
    match variables::get(name.to_ascii_lowercase()).await {
        Ok(value) => Ok(Some(value.trim().to_owned()).filter(|value| !value.is_empty())),
        Err(variables::Error::Undefined(_)) => Ok(None),
        // The provider's words could hold what it was asked to keep.
        Err(_) => Err(Error::Internal(format!("{name} could not be read"))),
    }
}
