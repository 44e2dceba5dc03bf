// A button: the kernel makes the file when it is clicked, the browser fetches it in slices and saves it.

async function fetchFile({ ask }) {
  const made = await ask({ kind: "make" }, { long: true });
  if (made.failed !== undefined) return made;
  const parts = [];
  for (let n = 0; n < made.slices; n++) {
    const slice = await ask({ kind: "slice", file: made.file, n }, { tries: 2 });
    if (slice.failed !== undefined) return slice;
    parts.push(slice.buffers[0]);
  }
  return { ...made, blob: new Blob(parts, { type: made.mime }) };
}

function save({ blob, filename }) {
  const url = URL.createObjectURL(blob);
  make("a", { href: url, download: filename }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

function render({ model, el }) {
  const labels = model.get("labels");
  const line = talk(model);
  const button = make("button", { type: "button", className: "csw-button csw-button-quiet",
    textContent: model.get("label") });
  const words = make("span", { className: "csw-button-words", attrs: { role: "status" } });

  function state(busy, sentence = "", failed = false) {
    button.setAttribute("aria-disabled", busy);
    button.setAttribute("aria-busy", busy);
    words.textContent = sentence;
    words.classList.toggle("csw-error", failed);
  }

  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    state(true, labels.busy);
    try {
      const file = await fetchFile(line);
      if (file.blob) save(file);
      state(false, file.failed ?? labels.saved, file.failed !== undefined);
    } catch {
      state(false, labels.lost, true);
    }
  });
  model.on("change:label", () => { button.textContent = model.get("label"); });
  el.append(make("span", { className: "csw csw-action" }, button, words));
  return line.stop;
}

export default { render };
