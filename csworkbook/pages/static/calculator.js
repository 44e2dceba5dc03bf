// Rows of steps with a count or a rate. What was typed is kept in this browser tab until the kernel says it is saved.

const PAUSE = 250; // milliseconds without typing until it is sent
const AGAIN = 4000; // until it is tried again where nobody answered

/** What was typed and not saved yet, kept in this tab; nothing is kept where the browser forbids it. */
const kept = {
  key: (place) => `csw:${place}`,
  get(place) {
    try {
      const found = JSON.parse(sessionStorage.getItem(this.key(place)));
      return Array.isArray(found) ? found : null;
    } catch {
      return null;
    }
  },
  put(place, rows) {
    try {
      sessionStorage.setItem(this.key(place), JSON.stringify(rows));
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
  const id = `csw-calc-${Math.random().toString(36).slice(2)}`;
  const line = talk(model);
  const most = Number(labels.most);

  let place = "";
  let lines = []; // the rows on the page, in order: { name, typed, said, wrong, element … }
  let sending = false;
  let timer = null;
  let count = 0;

  const list = make("ol", { className: "csw-calc-list", attrs: { "aria-label": labels.steps } });
  const add = make("button", { type: "button", className: "csw-button csw-button-quiet", textContent: labels.add,
    on: { click: () => { lines.push(row({ name: "", typed: "" })); placed(); lines.at(-1).name.focus(); changed(); } } });
  const total = make("output", { className: "csw-calc-total" });
  const state = make("span", { className: "csw-calc-saved" });
  const wrong = make("p", { className: "csw-calc-wrong", attrs: { role: "alert" } });
  const heard = make("span", { className: "csw-unseen", attrs: { role: "status" } });
  const foot = make("div", { className: "csw-calc-foot" }, add,
    make("p", { className: "csw-calc-sum" }, make("span", { textContent: `${labels.total}: ` }), total), state);

  const rows = () => lines.map((one) => ({ name: one.name.value, typed: one.typed.value }));
  const alike = (one, other) => JSON.stringify(one) === JSON.stringify(other);
  const isDirty = () => !alike(rows(), model.get("rows"));
  const called = (one, n) => one.name.value.trim() || fill(labels.nameless, { n });

  function button(sign, act) {
    return make("button", { type: "button", className: "csw-calc-button", textContent: sign, on: { click: act } });
  }

  function row({ name, typed }) {
    const key = `${id}-${++count}`;
    const one = {
      name: make("input", { id: `${key}-name`, type: "text", value: name, maxLength: 120, autocomplete: "off", on: { input: changed, blur: () => send() } }),
      typed: make("input", { id: `${key}-typed`, type: "text", value: typed, maxLength: 40, autocomplete: "off", inputMode: "text",
        attrs: { "aria-describedby": `${key}-said ${key}-wrong` }, on: { input: changed, blur: () => send() } }),
      said: make("span", { id: `${key}-said`, className: "csw-calc-said" }),
      wrong: make("span", { id: `${key}-wrong`, className: "csw-calc-bad" }),
    };
    one.up = button("↑", () => move(one, -1));
    one.down = button("↓", () => move(one, 1));
    one.away = button("✕", () => takeAway(one));
    one.element = make("li", { className: "csw-calc-row" }, one.name, one.typed,
      make("span", { className: "csw-calc-buttons" }, one.up, one.down, one.away),
      make("p", { className: "csw-calc-read" }, one.said, one.wrong));
    return one;
  }

  /** Numbers, names read aloud, and which buttons can be pressed: they go by the place in the list. */
  function placed() {
    lines.forEach(({ element }, at) => { if (list.children[at] !== element) list.insertBefore(element, list.children[at] ?? null); });
    lines.forEach((one, at) => {
      const n = at + 1;
      one.name.setAttribute("aria-label", fill(labels.name, { n }));
      one.typed.setAttribute("aria-label", fill(labels.number, { n }));
      Object.assign(one.name, { placeholder: labels.named, readOnly: !place });
      Object.assign(one.typed, { placeholder: labels.numbered, readOnly: !place });
      one.up.disabled = at === 0 || !place;
      one.down.disabled = n === lines.length || !place;
      one.away.disabled = lines.length <= 2 || !place;
      for (const name of ["up", "down", "away"]) {
        const words = fill(labels[name], { name: called(one, n) });
        one[name].title = words;
        one[name].setAttribute("aria-label", words);
      }
    });
    add.disabled = lines.length >= most || !place;
  }

  function move(one, step) {
    const at = lines.indexOf(one);
    const to = at + step;
    if (to < 0 || to >= lines.length) return;
    lines.splice(at, 1);
    lines.splice(to, 0, one);
    placed();
    const back = step < 0 ? one.up : one.down;
    (back.disabled ? (step < 0 ? one.down : one.up) : back).focus();
    heard.textContent = fill(labels.moved, { name: called(one, to + 1), n: to + 1 });
    changed();
  }

  function takeAway(one) {
    const at = lines.indexOf(one);
    lines.splice(at, 1);
    one.element.remove();
    placed();
    lines[Math.min(at, lines.length - 1)].name.focus();
    changed();
  }

  function changed() {
    if (!place) return;
    placed();
    kept.put(place, rows());
    state.textContent = labels.typing;
    plan(PAUSE);
  }

  function plan(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(() => send(), milliseconds);
  }

  async function send() {
    clearTimeout(timer);
    if (sending || !place || kept.get(place) === null) return;
    sending = true;
    const sent = { rows: rows(), place };
    try {
      settle(sent, await line.ask({ kind: "rows", ...sent }));
    } catch {
      state.textContent = "";
      wrong.textContent = labels.unsent;
      plan(AGAIN);
    }
    sending = false;
  }

  /** The kernel has it. What was typed meanwhile is still to be sent. */
  function settle(sent, answer) {
    if (alike(kept.get(sent.place), sent.rows)) kept.drop(sent.place);
    if (sent.place !== place) return;
    if (answer.failed !== undefined) {
      wrong.textContent = answer.failed;
      state.textContent = "";
      return;
    }
    if (alike(rows(), sent.rows)) {
      tell(answer);
      state.textContent = fill(labels.saved, { time: answer.saved });
    } else plan(PAUSE);
  }

  /** How every row was read, the total, and what is wrong with all of them. */
  function tell({ read, total: sum, wrong: words }) {
    lines.forEach((one, at) => {
      one.said.textContent = read[at]?.said ?? "";
      one.wrong.textContent = read[at]?.wrong ?? "";
      one.typed.setAttribute("aria-invalid", String(Boolean(read[at]?.wrong)));
    });
    if (total.textContent !== sum) total.textContent = sum;
    const shown = read.some((one) => one.wrong) ? "" : words;
    if (wrong.textContent !== shown) wrong.textContent = shown;
  }

  const told = () => ({ read: model.get("read"), total: model.get("total"), wrong: model.get("wrong") });

  function draw(shown) {
    const focused = lines.find((one) => one.element.contains(document.activeElement));
    const at = lines.indexOf(focused);
    const part = focused && ["name", "typed"].find((name) => focused[name] === document.activeElement);
    lines = shown.map(row);
    list.replaceChildren();
    placed();
    if (part) lines[Math.min(at, lines.length - 1)]?.[part].focus();
  }

  /** Other rows are stored: shown unless something else was typed here that is not saved yet. */
  function take() {
    if (model.get("place") !== place) return turn();
    if (kept.get(place) !== null || sending) return;
    if (isDirty()) draw(model.get("rows"));
    tell(told());
  }

  /** Turn to the rows of another place; what was typed there earlier and never saved is sent now. */
  function turn() {
    clearTimeout(timer);
    place = model.get("place");
    const earlier = place ? kept.get(place) : null;
    draw(earlier ?? model.get("rows"));
    tell(told());
    state.textContent = "";
    if (earlier) send();
  }

  const leave = () => { if (document.visibilityState === "hidden") send(); };
  const now = () => send();
  const listeners = [[document, "csw:alive", now], [document, "visibilitychange", leave], [window, "pagehide", now], [window, "online", now]];
  for (const [target, name, act] of listeners) target.addEventListener(name, act);
  for (const name of ["rows", "place", "read", "total", "wrong"]) model.on(`change:${name}`, take);

  el.classList.add("csw", "csw-calc");
  el.append(
    make("div", { className: "csw-calc-heads", attrs: { "aria-hidden": "true" } },
      make("span", { textContent: labels.named }), make("span", { textContent: labels.numbered })),
    list, foot, wrong, heard);
  turn();

  return () => {
    send();
    clearTimeout(timer);
    for (const [target, name, act] of listeners) target.removeEventListener(name, act);
    for (const name of ["rows", "place", "read", "total", "wrong"]) model.off(`change:${name}`, take);
    line.stop();
  };
}

export default { render };
