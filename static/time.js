// Shows every moment in the reader's own time zone: the one of their account, else their browser's.
(() => {
  const page = document.documentElement.dataset;
  const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // Signed in for the first time: the account learns the zone once, and a choice of its own stays.
  if (page.timezone === "" && here) {
    fetch("/account/timezone", { method: "POST", body: new URLSearchParams({ timezone: here }) }).catch(() => {});
  }

  const english = navigator.languages.find((language) => /^en\b/i.test(language)) || "en-GB";
  const format = (options) => {
    try {
      return new Intl.DateTimeFormat(english, { ...options, timeZone: page.timezone || here });
    } catch {
      return new Intl.DateTimeFormat(english, options);
    }
  };
  const recent = format({ day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
  const older = format({ day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit" });
  const year = new Date().getFullYear();

  for (const time of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    // A day without an hour is the same day everywhere.
    if (!time.dateTime.includes("T") || Number.isNaN(moment.getTime())) continue;
    time.title = time.dateTime;
    time.textContent = (moment.getFullYear() === year ? recent : older).format(moment);
  }
})();
