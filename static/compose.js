// Helps while writing: counts, shows the photo, posts with Ctrl+Enter, and posts once only.
(() => {
  const LONG = 280;

  const count = (form) => {
    const { text, title } = form.elements;
    const place = form.querySelector("[data-count]");
    if (!text || !place) return;
    const show = () => {
      const n = [...text.value.trim()].length;
      const words = n === 1 ? "1 character" : n + " characters";
      const isUntitled = !title || !title.value.trim();
      place.textContent = n === 0 ? "" : n > LONG && isUntitled ? words + ": a title helps a long post" : words;
    };
    form.addEventListener("input", show);
    show();
  };

  const preview = (form) => {
    const { photo } = form.elements;
    const canvas = form.querySelector("canvas[data-preview]");
    if (!photo || !canvas || !window.createImageBitmap) return;
    const show = async () => {
      canvas.hidden = true;
      const [file] = photo.files;
      if (!file) return;
      try {
        // Drawn, not loaded from an address: the page's policy lets pictures come from the media host alone.
        const picture = await createImageBitmap(file);
        const scale = Math.min(1, 1200 / Math.max(picture.width, picture.height));
        canvas.width = Math.max(1, Math.round(picture.width * scale));
        canvas.height = Math.max(1, Math.round(picture.height * scale));
        canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
        picture.close();
        canvas.hidden = false;
      } catch {
        // A file that the browser cannot draw: the server says what is wrong with it, if anything.
      }
    };
    photo.addEventListener("change", show);
    show();
  };

  const keys = (form) => {
    form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
  };

  const once = (form) => {
    const button = form.querySelector("button");
    const words = button.textContent;
    let isSent = false;
    form.addEventListener("submit", (event) => {
      if (isSent) return event.preventDefault();
      isSent = true;
      button.textContent = "Sending…";
    });
    // Coming back to the page finds it as it was.
    addEventListener("pageshow", () => {
      isSent = false;
      button.textContent = words;
    });
  };

  for (const form of document.querySelectorAll("form[data-compose]")) {
    count(form);
    preview(form);
    keys(form);
    once(form);
  }
})();
