// Makes a chosen picture a square of at most 800 pixels before it is sent.
(() => {
  const EDGE = 800;

  const square = async (input) => {
    const file = input.files[0];
    // What moves would stand still afterwards.
    if (!file || file.type === "image/gif") return;
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const from = Math.min(image.width, image.height);
    const edge = Math.min(from, EDGE);
    const canvas = Object.assign(document.createElement("canvas"), { width: edge, height: edge });
    const [left, top] = [(image.width - from) / 2, (image.height - from) / 2];
    canvas.getContext("2d").drawImage(image, left, top, from, from, 0, 0, edge, edge);
    // Only JPEG has no transparent places that would turn black.
    const type = file.type === "image/jpeg" ? "image/jpeg" : "image/png";
    const blob = await new Promise((done) => canvas.toBlob(done, type, 0.9));
    if (!blob || input.files[0] !== file) return;
    const chosen = new DataTransfer();
    chosen.items.add(new File([blob], "picture", { type }));
    input.files = chosen.files;
  };

  for (const input of document.querySelectorAll("input[data-square]")) {
    // A picture that this browser cannot read is sent as it is.
    input.addEventListener("change", () => square(input).catch(() => {}));
  }
})();
