// A text box that loses nothing: what was typed is kept in this browser tab until the kernel says it is saved.

const PAUSE = 400; // milliseconds without typing until it is sent
const AGAIN = 4000; // until it is tried again where nobody answered
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+/;
const READABLE = /[\p{L}\p{N}]/u;
const GAP = /(?<![^\s])…(?=[\s.,]|$)/g;

/** How many words a reader counts: pieces between white space with a letter or digit in them. */
function countWords(text) {
  return text.split(SPACE).filter((piece) => READABLE.test(piece)).length;
}

/** What was typed and not saved yet, kept in this tab; nothing is kept where the browser forbids it. */
const kept = {
  key: (place) => `csw:writing:${place}`,
  get(place) {
    try {
      const found = JSON.parse(sessionStorage.getItem(this.key(place)));
      return typeof found?.text === "string" ? found : null;
    } catch {
      return null;
    }
  },
  put(place, text, base) {
    try {
      sessionStorage.setItem(this.key(place), JSON.stringify({ text, base }));
    } catch { /* then only the kernel keeps it */ }
  },
  drop(place) {
    try {
      sessionStorage.removeItem(this.key(place));
    } catch { /* nothing was kept */ }
  },
};

function render({ model, el }) {
  const labels = model.get("labels");
  const limit = model.get("limit");
  const single = model.get("single");
  const id = `csw-writing-${Math.random().toString(36).slice(2)}`;
  const line = talk(model);

  let place = ""; // where the text belongs; nothing can be typed before that is known
  let saved = ""; // what the kernel has
  let base = ""; // the saved text that this one was written upon
  let again = false; // whether the text comes from an earlier page
  let sending = false;
  let unanswered = false; // whether something was sent that may or may not have arrived
  let composing = false;
  let timer = null;

  const box = make(single ? "input" : "textarea", {
    id, className: "csw-writing-box", spellcheck: true, autocomplete: "off",
    attrs: { rows: single ? null : 3, type: single ? "text" : null, "aria-describedby": `${id}-ask ${id}-count` },
  });
  const counted = make("span", { className: "csw-writing-count" });
  const warning = make("span", { className: "csw-writing-warning", attrs: { "aria-live": "polite" } });
  const state = make("span", { className: "csw-writing-state" });
  const failure = make("span", { className: "csw-writing-failure", attrs: { role: "alert" } });

  const isReady = () => place !== "";
  const isDirty = () => box.value !== saved;

  function grow() {
    if (single || !box.offsetParent) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  }

  function warn() {
    const n = countWords(box.value);
    const over = limit && n > limit;
    const gaps = box.value.match(GAP) !== null;
    const said = [over ? fill(labels.over, { over: n - limit }) : "", gaps ? labels.gap : ""].filter(Boolean).join("; ");
    counted.textContent = limit ? fill(labels.count, { n, limit }) : "";
    if (warning.textContent !== said) warning.textContent = said;
    el.classList.toggle("csw-writing-over", Boolean(over));
    frame.hidden = !model.get("frame") || box.value.trim() !== "";
  }

  function say(words, wrong = "") {
    state.textContent = words;
    if (failure.textContent !== wrong) failure.textContent = wrong;
  }

  function plan(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(() => send(), milliseconds);
  }

  async function send() {
    clearTimeout(timer);
    if (sending || composing || !isReady() || !(isDirty() || unanswered)) return;
    sending = true;
    const sent = { text: box.value, place };
    const text = sent.text.toWellFormed?.() ?? sent.text;
    try {
      const answer = await line.ask({ kind: "write", text, base, again, place });
      if (answer.failed !== undefined) say(labels.failed, answer.failed);
      else settle(sent, answer);
    } catch {
      unanswered = true;
      say("", labels.unsent);
      plan(AGAIN);
    }
    sending = false;
  }

  /** The kernel has it. What was typed meanwhile is still to be sent. */
  function settle(sent, answer) {
    if (kept.get(sent.place)?.text === sent.text) kept.drop(sent.place);
    if (sent.place !== place) return;
    saved = base = answer.text;
    again = unanswered = false;
    say(fill(labels.saved, { time: answer.saved }), answer.note ?? "");
    if (box.value === sent.text) {
      if (box.value !== saved && document.activeElement !== box) show(saved);
      else saved = box.value;
    }
    if (!isDirty()) return;
    kept.put(place, box.value, base);
    plan(PAUSE);
  }

  function typed() {
    if (!isReady()) return;
    kept.put(place, box.value, base);
    if (!isDirty() && !sending && !unanswered) kept.drop(place);
    say(isDirty() ? labels.typing : "");
    warn();
    grow();
    if (!composing) plan(PAUSE);
  }

  function show(text) {
    box.value = text;
    warn();
    grow();
  }

  /** Another text is stored: shown unless something else was typed here that is not saved yet. */
  function take() {
    if (model.get("place") !== place) return turn();
    const dirty = isDirty();
    saved = model.get("text");
    if (dirty) return;
    base = saved;
    if (box.value !== saved && !sending) show(saved);
  }

  /** Turn to the text of another place; what was typed there earlier and never saved is sent now. */
  function turn() {
    clearTimeout(timer);
    place = model.get("place");
    saved = base = model.get("text");
    unanswered = false;
    const earlier = isReady() ? kept.get(place) : null;
    again = earlier !== null && earlier.text !== saved;
    if (again) base = earlier.base ?? "";
    else if (earlier) kept.drop(place);
    box.readOnly = !isReady();
    say("");
    show(again ? earlier.text : saved);
    if (again) send();
  }

  /** Put a sentence in the box, and the cursor on its first gap. */
  function insert(sentence) {
    if (!isReady()) return;
    const before = box.value.trimEnd();
    const at = before ? before.length + 1 : 0;
    box.value = before ? `${before} ${sentence}` : sentence;
    box.focus();
    const gap = sentence.indexOf("…");
    if (gap >= 0) box.setSelectionRange(at + gap, at + gap + 1);
    typed();
  }

  const starter = (words, sentence) => make("button", { type: "button", className: "csw-writing-starter",
    textContent: words, on: { click: () => insert(sentence()) } });
  const frame = starter(fill(labels.frame, { text: model.get("frame") }), () => model.get("frame"));

  function help() {
    const questions = model.get("questions");
    if (!questions.length) return null;
    const list = make("ul", {}, ...questions.map((one) => make("li", { textContent: one })));
    const directions = model.get("directions");
    const more = directions.length ? [make("p", { textContent: labels.directions }),
      make("div", { className: "csw-writing-starters" }, ...directions.map((one) => starter(one, () => one)))] : [];
    return make("details", { className: "csw-writing-help", open: model.get("opened") },
      make("summary", { textContent: labels.help }), list, ...more);
  }

  const language = () => (model.get("spoken") ? box.setAttribute("lang", model.get("spoken")) : box.removeAttribute("lang"));
  const framed = () => { frame.textContent = fill(labels.frame, { text: model.get("frame") }); warn(); };
  const leave = () => { if (document.visibilityState === "hidden") send(); };
  const listeners = [[document, "csw:alive", () => send()], [document, "visibilitychange", leave], [window, "pagehide", () => send()],
    [window, "online", () => send()]];
  box.addEventListener("input", typed);
  box.addEventListener("blur", () => { composing = false; send(); });
  box.addEventListener("compositionstart", () => { composing = true; });
  box.addEventListener("compositionend", () => { composing = false; typed(); });
  for (const [target, name, act] of listeners) target.addEventListener(name, act);
  model.on("change:text", take);
  model.on("change:place", take);
  model.on("change:spoken", language);
  model.on("change:frame", framed);

  el.classList.add("csw", "csw-writing");
  el.append(...[
    make("label", { className: "csw-writing-label", htmlFor: id, textContent: model.get("label") }),
    make("p", { id: `${id}-ask`, className: "csw-writing-ask", textContent: model.get("ask") }),
    help(), frame, box,
    make("p", { className: "csw-writing-foot" }, make("span", { id: `${id}-count` }, counted, warning), state, failure),
  ].filter(Boolean));
  language();
  turn();
  const width = new ResizeObserver(grow);
  width.observe(el);

  return () => {
    send();
    clearTimeout(timer);
    width.disconnect();
    for (const [target, name, act] of listeners) target.removeEventListener(name, act);
    for (const [name, act] of [["change:text", take], ["change:place", take], ["change:spoken", language], ["change:frame", framed]])
      model.off(name, act);
    line.stop();
  };
}

export default { render };
