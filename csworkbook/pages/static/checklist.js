// The questions of a checklist. What was answered is kept in this browser tab until the kernel says it is saved.

const PAUSE = 400; // milliseconds without typing until a note is sent
const AGAIN = 4000; // until it is tried again where nobody answered
const ANSWERS = ["yes", "partly", "no", "na"];
const WHO = ""; // who answers waits in the same row as the answers

/** What was not saved yet, by question, kept in this tab; nothing is kept where the browser forbids it. */
const kept = {
  key: (place) => `csw:audit:${place}`,
  get(place) {
    try {
      return JSON.parse(sessionStorage.getItem(this.key(place))) ?? {};
    } catch {
      return {};
    }
  },
  put(place, waiting) {
    try {
      if (Object.keys(waiting).length) sessionStorage.setItem(this.key(place), JSON.stringify(waiting));
      else sessionStorage.removeItem(this.key(place));
    } catch { /* then only the kernel keeps it */ }
  },
};

function render({ model, el }) {
  const labels = model.get("labels");
  const id = `csw-ask-${Math.random().toString(36).slice(2)}`;
  const line = talk(model);

  let place = "";
  let waiting = {}; // question → what was changed and is not saved yet: answer, note; WHO → { by }
  let refused = {}; // question → what was refused, so that it is not sent again as it is
  let sending = false;
  let timer = null;
  const parts = new Map(); // question → its elements

  const said = (item) => ({ answer: "", note: "", ...model.get("answers")[item], ...waiting[item] });

  const meter = make("progress", { attrs: { "aria-hidden": "true" } });
  const count = make("strong");
  const standing = make("span");
  const state = make("span", { className: "csw-ask-saved" });
  const top = make("div", { className: "csw-ask-top" }, meter, make("span", { attrs: { role: "status" } }, count, standing), state);
  const failure = make("p", { className: "csw-ask-failure", attrs: { role: "alert" } });
  const who = make("input", { id: `${id}-who`, type: "text", autocomplete: "name", maxLength: 80,
    on: { input: () => { waiting[WHO] = { by: who.value }; keep(); plan(PAUSE); }, change: () => send() } });
  const signed = make("p", { className: "csw-ask-who" },
    make("label", { htmlFor: `${id}-who`, textContent: labels.who }), who);
  const list = make("div", { className: "csw-ask-list" });

  function keep() {
    kept.put(place, waiting);
    state.textContent = Object.keys(waiting).length ? labels.typing : state.textContent;
  }

  function plan(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(() => send(), milliseconds);
  }

  const sendable = () => Object.keys(waiting).filter((item) => JSON.stringify(waiting[item]) !== refused[item]);

  async function send() {
    clearTimeout(timer);
    if (sending || !place) return;
    const [item] = sendable();
    if (item === undefined) return;
    sending = true;
    const sent = { place, item, ...waiting[item] };
    const was = JSON.stringify(waiting[item]);
    const message = item === WHO ? { kind: "sign", place, by: sent.by } : { kind: "answer", ...sent, by: who.value };
    try {
      settle(sent.place, item, was, await line.ask(message));
    } catch {
      failure.textContent = labels.unsent;
      plan(AGAIN);
      sending = false;
      return;
    }
    sending = false;
    if (sendable().length) plan(0);
  }

  /** The kernel has it, or says why not. What was changed meanwhile is still to be sent. */
  function settle(where, item, was, answer) {
    if (where !== place) return;
    if (answer.failed !== undefined) {
      refused[item] = was;
      failure.textContent = answer.failed;
      state.textContent = labels.failed;
      return;
    }
    delete refused[item];
    if (JSON.stringify(waiting[item]) === was) delete waiting[item];
    failure.textContent = "";
    state.textContent = Object.keys(waiting).length ? labels.typing : fill(labels.saved, { time: answer.saved });
    kept.put(place, waiting);
  }

  function change(item, what, pause) {
    if (!place) return;
    waiting[item] = { ...waiting[item], ...what };
    keep();
    show(item);
    tell();
    plan(pause);
  }

  function choice(item, answer, describes) {
    const box = make("input", { type: "radio", name: `${id}-${item.id}`, value: answer,
      attrs: { "aria-describedby": describes }, on: { change: () => change(item.id, { answer }, 0) } });
    return make("label", { className: "csw-ask-answer" }, box, make("span", { textContent: labels[`answer_${answer}`] }));
  }

  function mending(item) {
    const told = (head, text) => (text ? make("p", {}, make("strong", { textContent: `${head}: ` }), text) : null);
    return make("div", { className: "csw-ask-mend" }, told(labels.action, item.action), told(labels.good, item.good));
  }

  function question(item) {
    const about = `${id}-${item.id}-why`;
    const note = make("textarea", { rows: 2, maxLength: 5000, attrs: { "aria-label": item.note || fill(labels.note_to, { number: item.number }) },
      on: { input: () => { change(item.id, { note: note.value }, PAUSE); grow(note); }, blur: () => send() } });
    const summary = make("summary", { textContent: item.note || labels.note });
    const folded = make("details", { className: "csw-ask-note", open: Boolean(item.note),
      on: { toggle: () => { show(item.id); if (folded.open) grow(note); } } }, summary, note);
    const back = make("button", { type: "button", className: "csw-ask-back", textContent: labels.back,
      attrs: { "aria-label": `${labels.back}: ${item.question}` },
      on: { click: () => { change(item.id, { answer: "" }, 0); field.querySelector("input").focus(); } } });
    const before = make("p", { className: "csw-ask-before" });
    const mend = mending(item);
    const boxes = ANSWERS.map((answer) => choice(item, answer, about));
    const field = make("fieldset", { className: "csw-ask" },
      make("legend", {}, make("span", { className: "csw-ask-number", textContent: `${item.number}. ` }), item.question),
      make("p", { id: about, className: "csw-ask-why", textContent: [item.why, item.weight && `(${item.weight})`].filter(Boolean).join(" ") }),
      make("div", { className: "csw-ask-answers" }, ...boxes, back), before, mend, folded);
    parts.set(item.id, { item, field, note, folded, summary, back, before, mend });
    return item.group ? [make("h3", { className: "csw", textContent: item.group }), field] : [field];
  }

  function grow(box) {
    if (!box.offsetParent) return;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  }

  /** Put what is answered in the elements of one question; a note that is being typed is left alone. */
  function show(name) {
    const { item, field, note, folded, summary, back, before, mend } = parts.get(name);
    const { answer, note: noted } = said(name);
    field.disabled = !place;
    for (const box of field.querySelectorAll("input")) box.checked = box.value === answer;
    if (note.value !== noted && document.activeElement !== note) note.value = noted;
    const words = item.note || labels.note;
    summary.textContent = !folded.open && noted ? fill(labels.noted, { text: noted }) : words;
    const bad = answer === "partly" || (["yes", "no"].includes(answer) && answer !== item.best);
    field.dataset.state = !answer ? "open" : answer === "na" ? "na" : bad ? "mend" : "good";
    mend.hidden = !bad;
    back.hidden = !answer || !place;
    before.textContent = model.get("before")[name] ?? "";
  }

  function tell() {
    const items = model.get("items");
    const n = items.filter((item) => said(item.id).answer).length;
    Object.assign(meter, { max: Math.max(items.length, 1), value: n });
    const words = fill(labels.progress, { n, all: items.length });
    if (count.textContent !== words) count.textContent = words;
    const points = model.get("standing");
    standing.textContent = points ? ` · ${points}` : "";
  }

  function showAll() {
    for (const name of parts.keys()) show(name);
    who.disabled = !place;
    const by = waiting[WHO]?.by ?? model.get("who");
    if (document.activeElement !== who && who.value !== by) who.value = by;
    tell();
  }

  /** Other questions: the elements are made anew. The same ones again are left as they are. */
  function draw() {
    parts.clear();
    list.replaceChildren(...model.get("items").flatMap(question));
    showAll();
    for (const { note } of parts.values()) grow(note);
  }

  /** Turn to the answers of another place; what was answered there earlier and never saved is sent now. */
  function turn() {
    clearTimeout(timer);
    place = model.get("place");
    waiting = place ? kept.get(place) : {};
    refused = {};
    failure.textContent = state.textContent = "";
    if (document.activeElement === who) who.blur();
    showAll();
    if (Object.keys(waiting).length) send();
  }

  const leave = () => { if (document.visibilityState === "hidden") send(); };
  const now = () => send();
  const listeners = [[document, "csw:alive", now], [document, "visibilitychange", leave], [window, "pagehide", now], [window, "online", now]];
  for (const [target, name, act] of listeners) target.addEventListener(name, act);
  const heard = [["change:items", draw], ["change:place", turn], ["change:answers", showAll], ["change:before", showAll],
    ["change:who", showAll], ["change:standing", tell]];
  for (const [name, act] of heard) model.on(name, act);

  el.classList.add("csw", "csw-asked");
  el.append(top, failure, signed, list);
  draw();
  turn();

  return () => {
    send();
    clearTimeout(timer);
    for (const [target, name, act] of listeners) target.removeEventListener(name, act);
    for (const [name, act] of heard) model.off(name, act);
    line.stop();
  };
}

export default { render };
