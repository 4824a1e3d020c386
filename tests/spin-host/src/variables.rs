//! `spin:variables`: those that the manifest grants the component.

use crate::{
    bindings::variables::{Error, Host, HostWithStore},
    state::State,
};
use wasmtime::component::{Accessor, HasSelf};

impl Host for State {}

impl<T: Send> HostWithStore<T> for HasSelf<State> {
    async fn get(accessor: &Accessor<T, Self>, name: String) -> Result<String, Error> {
        accessor.with(|mut access| {
            let value = access.get().component.variables.get(&name).cloned();
            value.ok_or_else(|| Error::Undefined(format!("no variable {name}")))
        })
    }
}
