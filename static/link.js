// The token of the mail's link stands behind the hash, so that no server's log sees it. This puts it into the form.
(() => {
  const form = document.querySelector("form[data-link]");
  const other = document.querySelector("[data-without-link]");
  if (!form) return;

  const take = () => {
    const token = location.hash.slice(1);
    if (!/^[A-Za-z0-9_-]{43}$/.test(token)) return;
    form.elements.token.value = token;
    form.hidden = false;
    if (other) other.hidden = true;
    // The address may be read over a shoulder, and stays in the history.
    history.replaceState(null, "", location.pathname + location.search);
  };

  take();
  addEventListener("hashchange", take);
})();
