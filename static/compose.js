// Helps while writing: counts, keeps what is typed, shows how it looks, sends files ahead, knows keys, posts once only.
(() => {
  const LONG = 280;
  const part = (name) => document.querySelector(`[data-${name}]`);
  const post = (path, data) => fetch(path, { method: "POST", body: new URLSearchParams(data) }).catch(() => null);
  const later = (wait, act) => {
    let timer;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(act, wait);
    };
  };

  const begin = (form) => {
    const { title, text, photo, published_at: date, id, revision } = form.elements;
    const button = form.querySelector("button:not([type])");
    const saved = part("saved");
    const bare = part("untitled");
    const files = new Set();
    let saving = Promise.resolve();
    let isSent = false;
    let isReady = false;
    let isChanged = false;
    const say = (words) => saved && (saved.textContent = words);

    const unfold = () => (title.hidden = !(bare.hidden = true));
    const count = () => {
      // As readers count: a link is its words.
      const n = [...text.value.trim().replace(/!?\[([^\]]*)\]\([^)\s]*\)/g, "$1")].length;
      const isLong = n > LONG && !title?.value.trim();
      if (isLong && bare) unfold();
      const hint = isLong ? ". The timeline shows the first 280 with a link; a title helps." : "";
      part("count").textContent = n ? `${n} character${n === 1 ? "" : "s"}${hint}` : "";
    };
    form.addEventListener("input", count);
    count();

    form.addEventListener("submit", async (event) => {
      if (isReady) return (isReady = false);
      event.preventDefault();
      if (isSent) return;
      isSent = true;
      say("Sending…");
      // A form cannot be sent while it is being sent: hence the turn to wait for.
      await Promise.allSettled([saving, ...files, new Promise((done) => setTimeout(done))]);
      isReady = true;
      form.requestSubmit(event.submitter);
    });
    // Coming back to the page finds it as it was.
    addEventListener("pageshow", () => (isSent = isReady = false));

    const save = async () => {
      if (isSent || !isChanged) return;
      isChanged = false;
      const data = new FormData(form);
      data.delete("photo");
      const answer = await post("/posts/draft", data);
      const is = await answer?.json().catch(() => null);
      if (!answer?.ok || !is) {
        isChanged = true;
        const isOver = answer && answer.status < 429;
        if (!isOver) setTimeout(keep, 9000);
        return say(is?.error || (isOver ? "Not saved. Save it yourself." : "Not saved yet; it is tried again."));
      }
      if (!id.value) {
        id.value = is.id;
        form.action = `/posts/${is.id}`;
        history.replaceState(null, "", `${form.action}/edit`);
        part("look").href = is.preview;
        part("look").hidden = false;
      }
      revision.value = is.revision;
      say(`Saved ${is.at}`);
    };
    // One after the other: each has the revision that the one before it made.
    const keep = () => (saving = saving.then(save));
    const soon = later(1200, keep);
    const isKept = form.dataset.keep === "";
    const change = () => {
      isChanged = true;
      if (isKept) soon();
    };

    const look = later(400, async () => {
      const place = part("preview");
      const answer = place.open && (await post("/posts/preview", { text: text.value }));
      // Cleaned by the server like everything that is shown, and the page's policy lets no script of it run.
      if (answer?.ok) place.lastElementChild.innerHTML = await answer.text();
    });

    const send = (file, row) => {
      const bar = row.appendChild(document.createElement("progress"));
      bar.ariaLabel = row.title = file.name;
      const call = new XMLHttpRequest();
      call.responseType = "json";
      call.open("POST", "/posts/files");
      call.upload.onprogress = (event) => (bar.value = event.loaded / event.total);
      call.send(file);
      return new Promise((done) => {
        call.onloadend = () => {
          const is = call.response || {};
          if (call.status === 201) {
            const isPicture = is.type.startsWith("image/");
            const like = part(isPicture ? "picture" : "sound").content.cloneNode(true);
            like.querySelector("img, a")[isPicture ? "src" : "href"] = is.url;
            for (const field of like.querySelectorAll("[name=file], [name=remove_photo]")) field.value = is.url;
            row.replaceWith(like);
            change();
          } else {
            const words = call.status === 413 ? "It is larger than 45 megabytes." : "It did not arrive. Choose it again.";
            row.textContent = `${file.name}: ${is.error || words}`;
            row.className = "error";
            say(row.textContent);
          }
          done();
        };
      });
    };
    const take = (chosen) => {
      for (const file of chosen) {
        const row = part("files").appendChild(document.createElement("li"));
        row.textContent = file.name;
        const work = send(file, row).then(() => files.delete(work));
        files.add(work);
      }
      return chosen.length;
    };

    const wrap = (before, after) => () => {
      const chosen = text.value.slice(text.selectionStart, text.selectionEnd);
      // The one way that Ctrl+Z can undo.
      document.execCommand("insertText", false, before + chosen + after);
      const end = text.selectionEnd - after.length;
      text.setSelectionRange(end - chosen.length, end);
    };
    const keys = { Enter: () => form.requestSubmit(button) };
    const marks = { b: wrap("**", "**"), i: wrap("*", "*"), k: wrap("[", "](https://)") };
    form.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.isComposing) return;
      const act = keys[event.key] || (photo && event.target === text && marks[event.key]);
      if (!act) return;
      event.preventDefault();
      act();
    });
    if (!photo) return;

    keys.s = () => isKept && keep();
    addEventListener("visibilitychange", keys.s);
    if (bare && !title.value && [...text.value].length <= LONG) title.hidden = !(bare.hidden = false);
    if (bare)
      bare.onclick = () => {
        unfold();
        title.focus();
      };
    part("preview").hidden = part("keys").hidden = false;
    part("preview").open = matchMedia("(min-width: 72rem)").matches;
    part("preview").addEventListener("toggle", look);
    part("alone").remove();
    look();
    text.addEventListener("input", look);
    form.addEventListener("input", () => {
      if (date) button.textContent = new Date(date.value) > new Date() ? "Schedule" : button.dataset.now;
      change();
    });
    photo.addEventListener("change", () => {
      take(photo.files);
      photo.value = "";
    });
    // What has words beside its picture, as from an office program, is pasted as words.
    const drop = (event, data) => !data.getData("text") && take(data.files) && event.preventDefault();
    form.addEventListener("paste", (event) => drop(event, event.clipboardData));
    form.addEventListener("drop", (event) => drop(event, event.dataTransfer));
    form.addEventListener("dragover", (event) => event.dataTransfer.types.includes("Files") && event.preventDefault());
  };

  document.querySelectorAll("form[data-compose]").forEach(begin);
})();
