// What a file is taken for, to be corrected: the table, open questions, and every column.

const MOST_ROWS = 300;

function option({ value, label }, chosen) {
  return make("option", { value, textContent: label, selected: value === chosen });
}

function render({ model, el }) {
  const labels = model.get("labels");
  const line = talk(model);
  let changed = {};

  const words = make("span", { className: "csw-button-words", attrs: { role: "status" } });
  const say = (sentence, failed = false) => {
    words.textContent = sentence ?? "";
    words.classList.toggle("csw-error", failed);
  };

  /** While the file is read again nothing can be chosen: the form that comes would not know of it. */
  function wait(busy) {
    el.setAttribute("aria-busy", String(busy));
    for (const box of inside.querySelectorAll("select, button")) box.disabled = busy;
  }

  async function ask(message) {
    const focused = document.activeElement;
    say(labels.busy);
    wait(true);
    try {
      const answer = await line.ask(message, { long: true });
      say(answer.failed ?? answer.done ?? "", answer.failed !== undefined);
    } catch {
      say(labels.lost, true);
    }
    wait(false);
    if (el.contains(focused)) focused.focus();
  }

  /** A drop-down with a visible label of its own; `name` is read aloud. */
  function choice(name, shown, options, chosen, pick) {
    const box = make("select", { attrs: { "aria-label": name }, on: { change: () => pick(box.value) } },
      ...options.map((one) => option(one, chosen)));
    return make("label", { className: "csw-form-choice" }, make("span", { textContent: shown }), box);
  }

  function keep(part, key, value) {
    changed = { ...changed, [part]: { ...changed[part], [key]: value } };
    model.set("changed", changed);
    model.save_changes();
    apply.hidden = false;
  }

  /** The same column chosen in its row and in the question about it. */
  function both(header, value) {
    for (const box of el.querySelectorAll(`select[data-header="${CSS.escape(header)}"]`))
      if ([...box.options].some((one) => one.value === value)) box.value = value;
    keep("columns", header, value);
  }

  function question({ text, options, chosen, examples, kind, header }, place) {
    const pick = (value) => (kind === "column" ? both(header, value) : keep("answers", place, value));
    const box = choice(text, text, options, chosen, pick);
    if (kind === "column") box.lastChild.dataset.header = header;
    return make("div", { className: "csw-form-question" }, box,
      make("span", { className: "csw-soft", textContent: examples }));
  }

  function row({ header, examples, note, doubt, value }) {
    const box = choice(`${header}: ${labels.used}`, labels.used, model.get("options"), value, (v) => both(header, v));
    box.lastChild.dataset.header = header;
    return make("div", { className: `csw-mapping-row${doubt ? " csw-mapping-doubt" : ""}` },
      make("div", { className: "csw-mapping-words" }, make("strong", { textContent: header }),
        make("span", { className: "csw-soft", textContent: examples }), make("span", { className: "csw-soft", textContent: note })),
      box);
  }

  const apply = make("button", { type: "button", className: "csw-button csw-button-quiet csw-form-apply",
    textContent: labels.apply, on: { click: () => ask({ kind: "apply", changed }) } });
  const inside = make("div", { className: "csw-form-inside" });
  const summary = make("summary");
  const details = make("details", { className: "csw csw-form", on: { toggle: fillIn } }, summary, inside);

  function head() {
    const tables = model.get("tables");
    const table = choice(labels.table, labels.table, tables, model.get("table"), (v) => ask({ kind: "table", table: v }));
    const asked = model.get("asked");
    const heading = (text) => make("p", { className: "csw-form-head", textContent: text });
    return [tables.length ? table : null, asked.length ? heading(labels.questions) : null, ...asked.map(question),
      heading(labels.columns)].filter(Boolean);
  }

  let filled = false;
  /** The columns are made when they are first looked at. */
  function fillIn() {
    if (filled || !details.open) return;
    filled = true;
    const rows = model.get("rows");
    const mapping = make("div", { className: "csw-mapping", attrs: { role: "group", "aria-label": labels.columns } },
      ...rows.slice(0, MOST_ROWS).map(row));
    const rest = rows.length > MOST_ROWS ? [make("p", { className: "csw-soft", textContent: labels.more })] : [];
    inside.replaceChildren(...head(), mapping, ...rest, make("div", { className: "csw-actions" }, apply, words));
  }

  summary.textContent = model.get("summary");
  details.open = model.get("opened");
  apply.hidden = !model.get("always");
  fillIn();
  el.append(details);
  if (model.get("focus")) setTimeout(() => summary.focus(), 100); // the form that had the keyboard is gone
  return line.stop;
}

export default { render };
