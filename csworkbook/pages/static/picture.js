// A button that saves the plotly picture of its panel as PNG, made by the browser; it also tells the
// kernel which mark of the picture was clicked, where that opens something.
// The renderer of JupyterLab and Voila keeps plotly to itself, so the mode bar's own command is used.

const LEAST_WIDTH = 900; // css pixels; the file has `scale` times as many

function plots(place) {
  const panel = place.closest(".csw-panel") ?? document;
  return [...panel.querySelectorAll(".js-plotly-plot")].filter((plot) => plot._fullLayout);
}

function command(plot) {
  const all = [plot, ...document.querySelectorAll(".js-plotly-plot")];
  const buttons = all.flatMap((one) => (one._fullLayout?._modeBar?.buttons ?? []).flat());
  return buttons.find((button) => button.name === "toImage");
}

function options(plot, filename, scale) {
  const { width, height } = plot._fullLayout;
  const wide = Math.max(width, LEAST_WIDTH);
  const high = Math.max(height, Math.round((wide * height) / Math.max(width, 640)));
  return { format: "png", filename, width: wide, height: high, scale };
}

async function finished(plot) {
  for (let tries = 0; tries < 300; tries++) {
    await new Promise((resume) => setTimeout(resume, 100));
    if (!plot._snapshotInProgress) return;
  }
}

/** Tell which mark was clicked. A picture is drawn anew at every change, so it is looked for when somebody comes near. */
function listen(model, el, ask) {
  const heard = new WeakSet();
  const near = () => {
    for (const plot of model.get("clickable") ? plots(el) : []) {
      if (heard.has(plot)) continue;
      heard.add(plot);
      plot.on("plotly_click", ({ points: [point] }) => {
        const id = point?.id ?? point?.data?.ids?.[point.pointNumber];
        if (id !== undefined && model.get("clickable")) ask({ kind: "mark", id }).catch(() => {});
      });
    }
  };
  const mark = () => el.closest(".csw-panel")?.classList.toggle("csw-clickable", model.get("clickable"));
  const panel = () => {
    const found = el.closest(".csw-panel");
    if (!found) return setTimeout(panel, 100);
    mark();
    for (const kind of ["pointerover", "pointerdown"]) found.addEventListener(kind, near, true);
  };
  panel();
  model.on("change:clickable", mark);
}

function render({ model, el }) {
  const { ask, stop } = talk(model);
  listen(model, el, ask);
  const look = (message) => {
    if (message?.look) el.closest(".csw-panel")?.scrollIntoView({ behavior: "smooth", block: "start" });
  };
  model.on("msg:custom", look);
  const labels = model.get("labels");
  const button = make("button", { type: "button", className: "csw-button csw-button-quiet",
    textContent: model.get("label") });
  const words = make("span", { className: "csw-button-words", attrs: { role: "status" } });

  async function save() {
    const [plot] = plots(el);
    const toImage = plot && command(plot);
    words.classList.toggle("csw-error", !toImage);
    words.textContent = toImage ? labels.busy : labels.none;
    if (!toImage) return;
    const before = plot._context.toImageButtonOptions;
    plot._context.toImageButtonOptions = options(plot, model.get("filename"), model.get("scale"));
    document.body.classList.add("csw-saving"); // plotly's own English notices stay away
    try {
      toImage.click(plot);
    } finally {
      plot._context.toImageButtonOptions = before;
    }
    await finished(plot);
    words.textContent = labels.saved;
    setTimeout(() => document.body.classList.remove("csw-saving"), 5000);
  }

  button.addEventListener("click", () => save().catch(() => { words.textContent = labels.none; }));
  el.append(make("span", { className: "csw csw-action" }, button, words));
  return () => {
    stop();
    model.off("msg:custom", look);
  };
}

export default { render };
