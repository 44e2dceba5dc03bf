// Shared by every widget of the page: small elements, words with values, and questions to the kernel.

const PATIENCE = 15; // seconds without an answer while the kernel is free
const PATIENCE_UNSEEN = { short: 60, long: 900 }; // where the page cannot see whether the kernel is busy
const GONE = ["dead", "restarting", "autorestarting", "terminating"];

/** An element with properties, data and children; texts become text nodes, never markup. */
function make(tag, { attrs = {}, on = {}, ...properties } = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  for (const [name, value] of Object.entries(attrs)) if (value !== null) element.setAttribute(name, value);
  for (const [name, listener] of Object.entries(on)) element.addEventListener(name, listener);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** "{done} of {total}" with the values filled in. */
function fill(text, values) {
  return (text ?? "").replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

/** The kernel of a dashboard page, or null where the page does not show it (JupyterLab). */
function kernel() {
  return globalThis.jupyterapp?.widgetManager?.kernel ?? null;
}

/** "busy", "free", "gone" or "unseen". */
function kernelState() {
  const seen = kernel();
  if (!seen) return "unseen";
  if (GONE.includes(seen.status)) return "gone";
  return seen.connectionStatus === "connected" && seen.status === "busy" ? "busy" : "free";
}

/** Send, and say whether that was possible: it is not once the kernel was restarted. */
function post(model, message, buffers) {
  try {
    model.send(message, undefined, buffers);
    return true;
  } catch {
    return false;
  }
}

class NoAnswer extends Error {}

/** Questions to the Python half of a widget: `ask` resolves with its answer, or rejects with NoAnswer. */
function talk(model) {
  const waiting = new Map();
  const sender = Math.random().toString(36).slice(2);
  let count = 0;
  const hear = (message, buffers) => waiting.get(message?.re)?.({ ...message, buffers });
  model.on("msg:custom", hear);

  function once(message, buffers, { long = false, signal } = {}) {
    return new Promise((resolve, reject) => {
      let silent = 0;
      const end = (settle, value) => {
        clearInterval(clock);
        waiting.delete(message.ask);
        signal?.removeEventListener("abort", stop);
        settle(value);
      };
      const stop = () => end(reject, new DOMException("", "AbortError"));
      const clock = setInterval(() => {
        const state = kernelState();
        silent = state === "busy" ? 0 : silent + 0.5;
        const limit = state === "unseen" ? PATIENCE_UNSEEN[long ? "long" : "short"] : PATIENCE;
        if (state === "gone" || silent >= limit) end(reject, new NoAnswer(state));
      }, 500);
      waiting.set(message.ask, (answer) => end(resolve, answer));
      signal?.addEventListener("abort", stop);
      if (signal?.aborted) stop();
      else if (!post(model, message, buffers)) end(reject, new NoAnswer("gone"));
    });
  }

  async function ask(message, { buffers = [], tries = 1, ...options } = {}) {
    const numbered = { ...message, ask: `${sender}-${++count}` };
    for (let left = tries; ; left--) {
      try {
        return await once(numbered, buffers, options);
      } catch (error) {
        if (!(error instanceof NoAnswer) || left <= 1) throw error;
      }
    }
  }
  return { ask, stop: () => model.off("msg:custom", hear) };
}
