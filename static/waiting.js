// Looks whether the link of the mail was used in another tab of this browser, and goes on from here then.
(() => {
  const form = document.querySelector("form[data-next]");
  if (!form) return;
  const end = Date.now() + 15 * 60 * 1000;
  let wait = 2000;
  let timer;

  const look = async () => {
    clearTimeout(timer);
    if (Date.now() > end) return;
    const options = { cache: "no-store", headers: { accept: "application/json" } };
    const answer = await fetch("/signin/state", options).catch(() => null);
    const { state } = answer?.ok ? await answer.json() : {};
    if (state === "in") return location.replace(form.dataset.next);
    if (state === "over") return;
    wait = Math.min(wait * 1.15, 15000);
    timer = setTimeout(look, wait);
  };

  timer = setTimeout(look, wait);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") look();
  });
})();
