// The token of the mail's link stands behind the hash, so that no server's log sees it. This puts it behind the address
// that opens the app.
(() => {
  const link = document.querySelector("a[data-app]");
  const token = location.hash.slice(1);
  if (!link || !/^[A-Za-z0-9_-]{43}$/.test(token)) return;
  link.href = link.dataset.app + token;
  link.parentElement.hidden = false;
  // The address may be read over a shoulder, and stays in the history.
  history.replaceState(null, "", location.pathname);
})();
