// Shows every moment in the reader's own time zone. Without this script it stands there in UTC.
(() => {
  const english = navigator.languages.find((language) => /^en\b/i.test(language)) || "en-GB";
  const format = (options) => new Intl.DateTimeFormat(english, options);
  const recent = format({ day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
  const older = format({ day: "numeric", month: "short", year: "numeric", hour: "numeric", minute: "2-digit" });
  const year = new Date().getFullYear();

  for (const time of document.querySelectorAll("time[datetime]")) {
    const moment = new Date(time.dateTime);
    // A day without an hour is the same day everywhere.
    if (!time.dateTime.includes("T") || Number.isNaN(moment.getTime())) continue;
    time.title = time.textContent.trim() + " UTC";
    time.textContent = (moment.getFullYear() === year ? recent : older).format(moment);
  }
})();
