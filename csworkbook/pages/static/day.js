// A day, or none. While a year is typed its first digits are a day too: only one that may be chosen is sent.

function render({ model, el }) {
  const name = make("span", { className: "widget-label" });
  const words = make("span", { className: "csw-day-words", attrs: { role: "status" } });
  const box = make("input", { type: "date", on: { input: send, focusout: complain } });

  function possible() {
    return box.validity.valid;
  }

  function send() {
    if (!possible()) return;
    complain();
    if (box.value === model.get("value")) return;
    model.set("value", box.value);
    model.save_changes();
  }

  function complain() {
    words.textContent = possible() ? "" : model.get("labels").outside;
    box.setAttribute("aria-invalid", String(!possible()));
  }

  function show() {
    name.textContent = model.get("description");
    box.min = model.get("first");
    box.max = model.get("last");
    if (box.value !== model.get("value")) box.value = model.get("value");
  }

  for (const trait of ["value", "first", "last", "description"]) model.on(`change:${trait}`, show);
  el.append(make("label", {}, name, box), words);
  show();
}

export default { render };
