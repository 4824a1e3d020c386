// The token of the mail's link stands behind the hash, so that no server's log sees it. This puts it into the form, or
// behind the address that opens the app.
(() => {
  const form = document.querySelector("form[data-link]");
  const app = document.querySelector("a[data-app]");
  const other = document.querySelector("[data-without-link]");
  if (!form && !app) return;

  const take = () => {
    const token = location.hash.slice(1);
    if (!/^[A-Za-z0-9_-]{43}$/.test(token)) return;
    if (app) app.href = app.dataset.app + token;
    else form.elements.token.value = token;
    (form || app.parentElement).hidden = false;
    if (other) other.hidden = true;
    // The address may be read over a shoulder, and stays in the history.
    history.replaceState(null, "", location.pathname + location.search);
  };

  take();
  addEventListener("hashchange", take);
})();
