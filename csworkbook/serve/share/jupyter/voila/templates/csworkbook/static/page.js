// What a chapter page does besides Voila: keep the landmarks right, take the waiting words away,
// and say when the computation behind the page, or the server, is gone.
(() => {
  const byId = (id) => document.getElementById(id);
  const waiting = byId("csw-waiting");
  const config = JSON.parse(byId("jupyter-config-data").textContent);

  // The scripts get going while the kernel still works.
  const fetchScript = (async) => (src) => document.head.append(Object.assign(document.createElement("script"), { src, async }));
  config.cswScripts.any.forEach(fetchScript(true));
  config.cswScripts.ordered.forEach(fetchScript(false));

  // Voila begins when the window is loaded, so after the last cell. Most of its start needs no cells:
  // it begins as soon as it says how, and its last step waits for the cells in gate.js.
  const listen = window.addEventListener;
  window.addEventListener = (kind, act, ...more) => {
    if (kind !== "load" || act?.constructor.name !== "AsyncFunction") return listen.call(window, kind, act, ...more);
    window.addEventListener = listen;
    return void act();
  };

  // Voila hangs its shell at the end of the body; the content belongs inside <main>.
  const adopt = () => {
    const shell = document.querySelector("body > #main.jp-LabShell");
    if (shell) {
      byId("csw-main").append(shell);
      landmarks.disconnect();
    }
  };
  const landmarks = new MutationObserver(adopt);
  landmarks.observe(document.body, { childList: true });

  // The waiting words leave when the first output stands, so that nothing jumps twice.
  const shown = ".csw-cells .jp-OutputArea-output, .csw-cells .widget-box, .csw-failed";
  const slow = setTimeout(() => waiting?.querySelector(".csw-slow")?.removeAttribute("hidden"), 8000);
  const arrive = () => {
    if (document.querySelector(shown)) {
      clearTimeout(slow);
      waiting?.remove();
      arrival.disconnect();
    }
  };
  const arrival = new MutationObserver(arrive);
  arrival.observe(document.body, { childList: true, subtree: true });
  arrive();

  // The handle of a slider has no name of its own: it is called as its label says.
  const name = () => {
    for (const handle of document.querySelectorAll(".noUi-handle:not([aria-label])"))
      handle.setAttribute("aria-label", handle.closest(".widget-slider")?.querySelector("label")?.textContent || "–");
    naming = 0;
  };
  let naming = 0;
  new MutationObserver(() => (naming ||= requestAnimationFrame(name))).observe(document.body, { childList: true, subtree: true });

  const show = (id, on) => {
    const box = byId(id);
    if (box.hidden === on) box.hidden = !on;
  };
  document.querySelector("[data-csw-reload]").addEventListener("click", () => location.reload());
  document.addEventListener("csw:lost", () => show("csw-lost", true));
  document.addEventListener("csw:alive", () => show("csw-lost", false));

  const look = async () => {
    try {
      const options = { cache: "no-store", signal: AbortSignal.timeout(8000) };
      const answer = await fetch(`${config.baseUrl}csw/kernel/${config.kernelId}`, options);
      show("csw-offline", false);
      if (answer.status === 404) show("csw-lost", true);
    } catch {
      show("csw-offline", true);
    }
  };
  setInterval(look, 10000);
  window.addEventListener("online", look);
  document.addEventListener("visibilitychange", () => document.hidden || look());
})();
