// A table that sorts by its heads, for eyes, keyboard and screen reader. Cells are text, never markup.

const SHOWN = 200;
const NEXT = { none: "ascending", ascending: "descending", descending: "ascending" };

/** Rows with their place, in order of one column; empty values last both ways. */
function ordered(rows, sort, lang) {
  const places = rows.map((_, place) => place);
  if (!sort) return places;
  const words = new Intl.Collator(lang, { numeric: true, sensitivity: "base" });
  const sign = sort.order === "descending" ? -1 : 1;
  const value = (place) => rows[place][sort.column]?.[1] ?? null;
  return places.sort((left, right) => {
    const [a, b] = [value(left), value(right)];
    if (a === null || b === null) return (a === null) - (b === null) || left - right;
    const step = typeof a === "number" && typeof b === "number" ? a - b : words.compare(String(a), String(b));
    return sign * step || left - right;
  });
}

function render({ model, el }) {
  const labels = model.get("labels");
  const lang = model.get("lang");
  const line = talk(model);
  const count = new Intl.NumberFormat(lang);
  let sort = null;
  let all = false;
  let planned = false;

  const caption = make("caption");
  const head = make("thead");
  const body = make("tbody");
  const scroll = make("div", { className: "csw-table-scroll", tabIndex: 0, attrs: { role: "region" } },
    make("table", {}, caption, head, body));
  const more = make("button", { type: "button", className: "csw-button csw-button-quiet",
    on: { click: () => { all = true; draw(); scroll.focus(); } } });
  const note = make("span", { className: "csw-table-words" });
  const heard = make("span", { className: "csw-unseen", attrs: { role: "status" } });
  const foot = make("div", { className: "csw-table-foot" }, more, note, heard);

  function turn(column) {
    const order = sort?.column === column ? NEXT[sort.order] : "ascending";
    sort = { column, order };
    draw();
    head.querySelectorAll("button")[column]?.focus({ preventScroll: true });
    heard.textContent = fill(labels[order], { column: model.get("columns")[column].label });
  }

  function headCell(column, place) {
    const order = sort?.column === place ? sort.order : "none";
    const sign = { none: "↕", ascending: "↑", descending: "↓" }[order];
    const button = make("button", { type: "button", title: column.hint || "", on: { click: () => turn(place) } },
      make("span", { textContent: column.label }), " ",
      make("span", { className: "csw-sort", textContent: sign, attrs: { "aria-hidden": "true" } }));
    return make("th", { className: `csw-${column.align}`, attrs: { scope: "col", "aria-sort": order } }, button);
  }

  function pick(place) {
    for (const row of body.rows) row.removeAttribute("aria-current");
    body.querySelector(`[data-row="${place}"]`)?.setAttribute("aria-current", "true");
    model.set("chosen", place);
    model.save_changes();
    line.ask({ kind: "row", index: place }, { long: true })
      .then((answer) => { note.textContent = answer.failed ?? note.textContent; }).catch(() => {});
  }

  function bodyRow(cells, place, columns) {
    const pickable = model.get("selectable");
    const row = make("tr", { attrs: { "data-row": place,
      "aria-current": pickable && model.get("chosen") === place ? "true" : null },
      on: pickable ? { click: () => pick(place) } : {} });
    cells.forEach(([text], column) => {
      const tag = column === 0 ? "th" : "td";
      const inside = pickable && column === 0
        ? make("button", { type: "button", className: "csw-row", textContent: text })
        : document.createTextNode(text);
      const { align = "left", wraps = false } = columns[column] ?? {};
      row.append(make(tag, { className: `csw-${align}${wraps ? " csw-wraps" : text.length > 60 ? " csw-long" : ""}`,
        attrs: { scope: column === 0 ? "row" : null } }, inside));
    });
    return row;
  }

  function draw() {
    planned = false;
    const columns = model.get("columns");
    const rows = model.get("rows");
    if (sort && sort.column >= columns.length) sort = null;
    const places = ordered(rows, sort, lang);
    const shown = all ? places : places.slice(0, SHOWN);
    const { scrollLeft, scrollTop } = scroll;
    caption.textContent = model.get("caption");
    scroll.setAttribute("aria-label", model.get("caption") || labels.table);
    head.replaceChildren(make("tr", {}, ...columns.map(headCell)));
    body.replaceChildren(...shown.map((place) => bodyRow(rows[place], place, columns)));
    Object.assign(scroll, { scrollLeft, scrollTop });
    more.hidden = shown.length === rows.length;
    more.textContent = fill(labels.all, { count: count.format(rows.length) });
    note.textContent = rows.length ? model.get("note") : labels.empty;
  }

  function plan() {
    if (!planned) queueMicrotask(draw);
    planned = true;
  }

  for (const name of ["columns", "rows", "caption", "note"]) model.on(`change:${name}`, plan);
  el.append(make("div", { className: "csw csw-table" }, scroll, foot));
  draw();
  return line.stop;
}

export default { render };
