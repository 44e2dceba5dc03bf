// The page's memory (what was chosen and typed survives a reload) and its pulse (is the kernel there?).

const EVERY = 8; // seconds between pings
const LIMIT = 24; // seconds without an answer, while the kernel is not busy, that mean it is lost

/** A number that is made once for this browser tab: 32 hexadecimal digits. */
function visitId() {
  const random = crypto.getRandomValues(new Uint8Array(16));
  const fresh = [...random].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  try {
    const known = sessionStorage.getItem("csw:visit");
    if (/^[0-9a-f]{32}$/.test(known ?? "")) return known;
    sessionStorage.setItem("csw:visit", fresh);
  } catch { /* storage is forbidden: the visit lasts until the next reload */ }
  return fresh;
}

function recall(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function remember(key, state) {
  try {
    if (Object.keys(state).length) localStorage.setItem(key, JSON.stringify(state));
    else localStorage.removeItem(key);
  } catch { /* nothing is remembered where the browser does not allow it */ }
}

/** Ping the kernel and tell the document: `csw:alive` with the first answer, `csw:lost` once it is gone. */
function pulse(model) {
  let alive = null;
  let asked = null;
  let last = Date.now();
  const tell = (now) => {
    if (alive === now) return;
    alive = now;
    document.dispatchEvent(new CustomEvent(now ? "csw:alive" : "csw:lost"));
  };
  const hear = (message) => {
    if (message?.pong === undefined) return;
    asked = null;
    tell(true);
  };
  const beat = () => {
    const now = Date.now();
    const state = kernelState();
    if (now - last > 20000 || state === "busy") asked = null; // the computer slept, or the kernel works
    last = now;
    if (state === "gone" || (asked !== null && now - asked > LIMIT * 1000)) tell(false);
    asked ??= now;
    if (!post(model, { kind: "ping" })) tell(false);
  };
  const watch = () => { if (kernelState() === "gone") tell(false); }; // restarted: empty, though alive
  const changes = kernel()?.statusChanged;
  model.on("msg:custom", hear);
  changes?.connect(watch);
  const clock = setInterval(beat, EVERY * 1000);
  beat();
  return () => { clearInterval(clock); changes?.disconnect(watch); model.off("msg:custom", hear); };
}

/** The bar above the page names the shop that is open; nothing stands there for the demo. */
function nameShop(model) {
  for (const place of document.querySelectorAll(".csw-bar .csw-shop")) place.textContent = model.get("shop");
}

function render({ model, el }) {
  const key = `csw:${model.get("page")}`;
  const stored = recall(key);
  const keep = () => remember(key, model.get("state"));
  el.classList.add("csw-unseen");
  post(model, { kind: "hello", visit: visitId(), stored });
  model.on("change:state", keep);
  const named = () => nameShop(model);
  model.on("change:shop", named);
  if (model.get("shop")) named();
  const stop = "voila" in document.body.dataset ? pulse(model) : () => {};
  return () => { stop(); model.off("change:state", keep); model.off("change:shop", named); };
}

export default { render };
