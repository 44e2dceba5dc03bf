// The steps of a funnel: named, ordered, and made of what stands in the shop's own log of visits.

const WAIT = 250; // milliseconds without typing until something is asked or sent

function render({ model, el }) {
  const labels = model.get("labels");
  const line = talk(model);
  const id = `csw-steps-${Math.random().toString(36).slice(2)}`;
  let of = ""; // the shop they belong to
  let rows = [];
  let cards = [];
  let adding = null; // the row to which an event is being added
  let timer = null;

  const spoken = make("span", { className: "csw-unseen", attrs: { "aria-live": "polite" } });
  const words = make("span", { className: "csw-button-words", attrs: { role: "status" } });
  const unsaved = make("span", { className: "csw-steps-unsaved" });
  const say = (sentence, failed = false) => {
    words.textContent = sentence ?? "";
    words.classList.toggle("csw-error", failed);
  };
  const state = () => JSON.stringify({ of, rows });
  const button = (textContent, click, more = {}) =>
    make("button", { type: "button", className: "csw-button csw-button-quiet", textContent, on: { click }, ...more });

  function send() {
    clearTimeout(timer);
    if (model.get("value") === state()) return;
    model.set("value", state());
    model.save_changes();
  }

  function later() {
    clearTimeout(timer);
    timer = setTimeout(send, WAIT);
  }

  /** What the kernel has: a proposal, what was saved, or what was chosen before a reload. */
  function adopt() {
    if (model.get("value") === state()) return;
    const found = JSON.parse(model.get("value") || "{}");
    of = found.of ?? "";
    rows = found.rows ?? [];
    adding = null;
    draw();
  }

  function change(act, focus) {
    act();
    say("");
    draw();
    send();
    focus?.();
  }

  function move(place, by) {
    const to = place + by;
    change(() => rows.splice(to, 0, ...rows.splice(place, 1)), () => {
      const [up, down] = cards[to].moves;
      const wanted = by < 0 ? up : down;
      (wanted.disabled ? (by < 0 ? down : up) : wanted).focus();
      spoken.textContent = fill(labels.moved, { name: rows[to].name, place: to + 1 });
    });
  }

  function remove(place) {
    const { name } = rows[place];
    change(() => rows.splice(place, 1), () => (cards[Math.min(place, cards.length - 1)]?.name ?? find.box).focus());
    spoken.textContent = fill(labels.removed, { name });
  }

  /** A name that no other step has. */
  function unique(label) {
    const taken = rows.map(({ name }) => name.trim().toLowerCase());
    let name = label;
    for (let n = 2; taken.includes(name.toLowerCase()); n++) name = `${label} ${n}`;
    return name;
  }

  function addStep({ step, label, role }) {
    if (rows.length >= labels.most) return say(labels.full, true);
    const name = unique(label);
    change(() => rows.push({ name, step: [step], role: rows.some((row) => row.role === role) ? "" : role }));
    spoken.textContent = fill(labels.added, { name });
    say(fill(labels.added, { name }));
  }

  function addEvents(place, steps) {
    const fresh = steps.filter((step) => !rows[place].step.includes(step));
    change(() => { rows[place].step.push(...fresh); adding = null; }, () => cards[place].more.focus());
  }

  function chip(place, event) {
    const drop = make("button", { type: "button", className: "csw-steps-drop", textContent: "×",
      attrs: { "aria-label": fill(labels.drop, { event }) },
      on: { click: () => change(() => { rows[place].step = rows[place].step.filter((one) => one !== event); },
        () => cards[place].more.focus()) } });
    return make("li", { className: "csw-steps-chip" }, make("span", { className: "csw-steps-event", textContent: event }),
      make("span", { className: "csw-soft", textContent: model.get("about")[event] ?? "" }), drop);
  }

  /** The events of a step; of very many the first, and how many more. */
  function chips(place) {
    const { step } = rows[place];
    const shown = step.slice(0, labels.shown).map((event) => chip(place, event));
    const rest = step.length - shown.length;
    if (rest > 0) shown.push(make("li", { className: "csw-steps-chip csw-soft", textContent: fill(labels.rest, { n: rest.toLocaleString(model.get("lang")) }) }));
    return shown;
  }

  /** A box to look for names, and what it finds; `act` makes what stands beside a name. */
  function search(label, act, every) {
    const box = make("input", { type: "search", id: `${id}-${Math.random().toString(36).slice(2)}`, autocomplete: "off",
      className: "csw-steps-box", on: { input: () => { clearTimeout(clock); clock = setTimeout(look, WAIT); } } });
    const found = make("ul", { className: "csw-steps-found" });
    const count = make("p", { className: "csw-soft", attrs: { "aria-live": "polite" } });
    let clock = null;
    let last = 0;
    async function look() {
      const mine = ++last;
      const text = box.value;
      try {
        const answer = await line.ask({ kind: "search", text });
        if (mine !== last) return;
        count.textContent = answer.failed ?? answer.said;
        found.replaceChildren(...(answer.found ?? []).map(entry),
          ...(every && answer.all ? [make("li", {}, button(answer.all, () => every(text)))] : []));
      } catch { count.textContent = labels.lost; }
    }
    const entry = (one) => make("li", { className: "csw-steps-entry" },
      make("span", { className: "csw-steps-event", textContent: one.step }),
      make("span", { className: "csw-soft", textContent: one.about }), act(one));
    const whole = make("div", { className: "csw-steps-search" },
      make("label", { htmlFor: box.id, textContent: label }), box, count, found);
    return { box, look, whole };
  }

  function adder(place) {
    const close = () => { adding = null; draw(); cards[place].more.focus(); };
    const all = async (text) => {
      try {
        const answer = await line.ask({ kind: "every", text });
        if (answer.failed) say(answer.failed, true);
        else addEvents(place, answer.steps);
      } catch { say(labels.lost, true); }
    };
    const made = search(labels.also, (one) => button(labels.add, () => addEvents(place, [one.step]),
      { disabled: rows[place].step.includes(one.step), attrs: { "aria-label": fill(labels.addOne, { event: one.step }) } }), all);
    made.whole.append(button(labels.close, close));
    made.whole.addEventListener("keydown", (event) => { if (event.key === "Escape") close(); });
    made.look();
    return made;
  }

  function card(row, place) {
    const named = (text) => fill(text, { name: row.name || place + 1 });
    const name = make("input", { type: "text", value: row.name, maxLength: 60, className: "csw-steps-box",
      on: { input: () => { row.name = name.value; later(); }, change: send } });
    const role = make("select", { className: "csw-steps-box", on: { change: () => { row.role = role.value; send(); } } },
      ...model.get("roles").map(({ value, label }) => make("option", { value, textContent: label, selected: value === row.role })));
    const tool = (sign, label, click, disabled) => make("button", { type: "button", className: "csw-steps-tool", textContent: sign,
      disabled, title: named(label), attrs: { "aria-label": named(label) }, on: { click } });
    const moves = [tool("↑", labels.up, () => move(place, -1), place === 0),
      tool("↓", labels.down, () => move(place, 1), place === rows.length - 1)];
    const more = button(labels.more, () => { adding = place; draw(); cards[place].adder.box.focus(); },
      { attrs: { "aria-label": named(labels.moreOf), "aria-expanded": String(adding === place) } });
    const hint = make("div", { className: "csw-steps-hints" });
    const inner = adding === place ? adder(place) : null;
    const whole = make("li", { className: "csw-steps-card" },
      make("span", { className: "csw-steps-place", textContent: place + 1, attrs: { "aria-hidden": "true" } }),
      make("label", { className: "csw-steps-name" }, make("span", { textContent: labels.name }), name),
      make("label", { className: "csw-steps-role" }, make("span", { textContent: labels.role }), role),
      make("div", { className: "csw-steps-tools" }, ...moves, tool("×", labels.remove, () => remove(place), false)),
      make("div", { className: "csw-steps-inside" }, make("span", { className: "csw-soft", textContent: labels.counts }),
        make("ul", { className: "csw-steps-chips", attrs: { "aria-label": named(labels.events) } }), more, inner?.whole ?? null, hint));
    return { whole, name, moves, more, hint, adder: inner, chips: whole.querySelector("ul") };
  }

  function draw() {
    cards = rows.map(card);
    list.replaceChildren(...cards.map(({ whole }) => whole));
    describe();
    hints();
  }

  /** How often each event occurs, beside its name: without taking the keyboard from where it is. */
  function describe() {
    cards.forEach((one, place) => {
      const inside = one.chips.contains(document.activeElement) ? [...one.chips.querySelectorAll("button")].indexOf(document.activeElement) : -1;
      one.chips.replaceChildren(...chips(place));
      if (inside >= 0) one.chips.querySelectorAll("button")[inside]?.focus();
    });
  }

  function hints() {
    const said = model.get("hints");
    cards.forEach(({ hint }, place) => hint.replaceChildren(...said.filter(({ row }) => row === place)
      .map(({ text }) => make("p", { className: "csw-banner", textContent: text }))));
  }

  function tell() {
    summary.textContent = model.get("summary");
    looked.textContent = model.get("listed");
    unsaved.textContent = model.get("changed") ? labels.unsaved : "";
    back.hidden = !model.get("own");
  }

  async function ask(kind) {
    send();
    say(labels.busy);
    try {
      const answer = await line.ask({ kind, rows }, { long: true });
      say(answer.failed ?? answer.done ?? "", answer.failed !== undefined);
    } catch { say(labels.lost, true); }
  }

  const list = make("ol", { className: "csw-steps-list", attrs: { "aria-label": labels.steps } });
  const save = button(labels.save, () => ask("save"), { className: "csw-button" });
  const back = button(labels.back, () => ask("back"));
  const find = search(labels.search, (one) => button(labels.step, () => addStep(one),
    { attrs: { "aria-label": fill(labels.stepOne, { event: one.step }) } }));
  const looked = make("summary");
  const holds = make("details", { className: "csw-steps-holds", on: { toggle: () => holds.open && find.look() } }, looked, find.whole);
  const summary = make("p", { className: "csw-steps-summary" });
  const details = make("details", { className: "csw-form" }, make("summary", { textContent: labels.change }),
    list, holds, make("div", { className: "csw-actions" }, save, back, unsaved, words), spoken);

  const opened = () => { if (model.get("opened")) details.open = true; };
  const fresh = () => { if (holds.open) find.look(); };
  const heard = [["change:value", adopt], ["change:about", describe], ["change:hints", hints], ["change:summary", tell], ["change:opened", opened],
    ["change:changed", tell], ["change:own", tell], ["change:listed", tell], ["change:listed", fresh]];
  for (const [name, act] of heard) model.on(name, act);
  el.classList.add("csw", "csw-steps");
  el.append(summary, details);
  adopt();
  draw();
  tell();
  opened();
  return () => {
    send();
    for (const [name, act] of heard) model.off(name, act);
    line.stop();
  };
}

export default { render };
