// A drop zone that sends files, and what is in folders, to the kernel in slices, each of them acknowledged.

const SLICE = 1 << 20;
const SMALL_ALREADY = /\.(xlsx|xlsm|ods|parquet|zip|gz)$/i;

async function pack(slice, squeeze) {
  if (!squeeze) return slice.arrayBuffer();
  return new Response(slice.stream().pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
}

/** Send one file; resolves with the sentence of the outcome, {done} or {failed}. */
async function send(file, { ask }, signal, progress) {
  const begun = await ask({ kind: "begin", name: file.name, size: file.size }, { tries: 2, signal });
  if (begun.failed !== undefined) return begun;
  const squeeze = typeof CompressionStream !== "undefined" && !SMALL_ALREADY.test(file.name);
  const slices = Math.ceil(file.size / SLICE);
  const cut = (n) => pack(file.slice(n * SLICE, (n + 1) * SLICE), squeeze);
  let next = slices ? cut(0) : null;
  for (let n = 0; n < slices; n++) {
    const data = await next;
    next = n + 1 < slices ? cut(n + 1) : null; // packed while this one travels
    next?.catch(() => {}); // a read error is reported when its turn comes
    const message = { kind: "slice", file: begun.file, n, packed: squeeze };
    const got = await ask(message, { buffers: [data], tries: 2, signal });
    if (got.failed !== undefined) return got;
    progress(Math.min((n + 1) * SLICE, file.size));
  }
  progress(file.size, true);
  return ask({ kind: "end", file: begun.file }, { long: true });
}

const promised = (entry, method) => new Promise((done, failed) => entry[method](done, failed));

/** All files below an entry of the file system. */
async function below(entry) {
  if (entry.isFile) return [await promised(entry, "file")];
  const reader = entry.createReader();
  const files = [];
  for (let part = await promised(reader, "readEntries"); part.length; part = await promised(reader, "readEntries"))
    for (const inner of part) files.push(...(await below(inner)));
  return files;
}

/** The files that were dropped, and those in dropped folders; of these, other kinds and hidden ones are skipped. */
async function dropped(transfer, accept) {
  const single = [...transfer.files];
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const folders = entries.filter((entry) => entry.isDirectory);
  if (!folders.length) return { files: single, skipped: [] };
  const files = [];
  for (const entry of entries.filter((one) => one.isFile)) files.push(await promised(entry, "file"));
  const inside = (await Promise.all(folders.map(below))).flat().filter((file) => !/^(\.|~\$|Thumbs\.db$)/.test(file.name));
  const wanted = (file) => accept.some((ending) => file.name.toLowerCase().endsWith(ending));
  return { files: [...files, ...inside.filter(wanted)], skipped: inside.filter((file) => !wanted(file)) };
}

function render({ model, el }) {
  const labels = model.get("labels");
  const line = talk(model);
  const size = new Intl.NumberFormat(model.get("lang"), { maximumFractionDigits: 1 });
  const megabytes = (bytes) => size.format(bytes / SLICE);
  const queue = [];
  let running = null;

  const input = make("input", {
    type: "file", multiple: true, hidden: true, accept: model.get("accept").join(","), tabIndex: -1,
    attrs: { "aria-hidden": "true" },
    on: { change: () => { add([...input.files]); input.value = ""; } },
  });
  const choose = make("button", { type: "button", className: "csw-button", textContent: labels.choose,
    on: { click: () => input.click() } });
  const bar = make("div", { className: "csw-progress-bar" });
  const progress = make("div", { className: "csw-progress", attrs: { role: "progressbar",
    "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": 0, "aria-label": labels.progress } }, bar);
  const words = make("span", { className: "csw-upload-words" });
  const cancel = make("button", { type: "button", className: "csw-button csw-button-quiet",
    textContent: labels.cancel, on: { click: () => running?.abort() } });
  const busy = make("div", { className: "csw-upload-busy" }, progress, words, cancel);
  const outcomes = make("ul", { className: "csw-upload-outcomes", attrs: { "aria-live": "polite" } });
  const zone = make("div", { className: "csw csw-upload", attrs: { role: "group", "aria-label": labels.title } },
    make("p", { className: "csw-upload-title", textContent: labels.drop }), choose,
    make("p", { className: "csw-upload-hint", textContent: labels.hint }), input, busy, outcomes);
  busy.hidden = true;

  function say(sentence, kind) {
    outcomes.append(make("li", { className: kind === "failed" ? "csw-error" : "csw-note", textContent: sentence }));
  }

  function show(file, done, reading) {
    const share = file.size ? Math.round((100 * done) / file.size) : 100;
    const text = fill(reading ? labels.reading : labels.sending,
      { name: file.name, done: megabytes(done), total: megabytes(file.size) });
    bar.style.width = `${share}%`;
    progress.setAttribute("aria-valuenow", share);
    progress.setAttribute("aria-valuetext", text);
    words.textContent = text;
    cancel.hidden = Boolean(reading);
  }

  async function one(file) {
    running = new AbortController();
    show(file, 0);
    try {
      const outcome = await send(file, line, running.signal, (done, reading) => show(file, done, reading));
      say(outcome.failed ?? outcome.done, outcome.failed === undefined ? "done" : "failed");
    } catch (error) {
      post(model, { kind: "cancel" });
      if (error.name === "AbortError") say(fill(labels.cancelled, { name: file.name }), "done");
      else say(fill(error instanceof NoAnswer ? labels.lost : labels.unreadable, { name: file.name }), "failed");
    }
  }

  async function add(files, skipped = []) {
    queue.push(...files);
    if (running || !(queue.length + skipped.length)) return;
    outcomes.replaceChildren();
    if (skipped.length) say(fill(labels.skipped, { names: skipped.slice(0, 5).map((one) => one.name).join(", ") }), "done");
    busy.hidden = false;
    zone.setAttribute("aria-busy", "true");
    while (queue.length) await one(queue.shift());
    running = null;
    const focused = busy.contains(document.activeElement);
    busy.hidden = true;
    zone.removeAttribute("aria-busy");
    if (focused) choose.focus();
  }

  const over = (event) => { event.preventDefault(); zone.classList.add("csw-upload-over"); };
  zone.addEventListener("dragenter", over);
  zone.addEventListener("dragover", over);
  zone.addEventListener("dragleave", () => zone.classList.remove("csw-upload-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    event.stopPropagation();
    zone.classList.remove("csw-upload-over");
    dropped(event.dataTransfer, model.get("accept")).then((found) => add(found.files, found.skipped),
      () => say(fill(labels.unreadable, { name: event.dataTransfer.files[0]?.name ?? "" }), "failed"));
  });
  el.append(zone);
  return () => { running?.abort(); line.stop(); };
}

export default { render };
