// Says above the timeline how much has come since.
(() => {
  const line = document.querySelector("[data-fresh]");
  const look = async () => {
    if (document.hidden) return;
    const answer = await fetch(`/timeline/new?since=${line.dataset.fresh}`).catch(() => null);
    const { count } = answer?.ok ? await answer.json() : {};
    if (count) line.lastElementChild.innerHTML = `<a href="/">${count} new</a>`;
  };
  if (line) setInterval(look, 30000);
})();
