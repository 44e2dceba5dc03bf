// The last step of Voila's start waits here until every cell is on the page (see page.js). Meanwhile
// the drawing library gets ready on a picture that nobody sees, which takes half a second otherwise.
(() => {
  const complete = new Promise((done) =>
    document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", done) : done(),
  );
  const kind = "application/vnd.plotly.v1+json";
  const warmUp = async () => {
    const factory = await window._JUPYTERLAB["jupyterlab-plotly"].get("./mimeExtension");
    const renderer = [factory().default].flat()[0].rendererFactory.createRenderer({ mimeType: kind });
    const nothing = { data: [{ type: "bar", x: [1], y: [1] }], layout: { width: 300, height: 200 } };
    await renderer.renderModel({ data: { [kind]: nothing }, metadata: {}, setData() {} });
  };
  (window._JUPYTERLAB ??= {}).csworkbook = {
    init() {},
    async get() {
      if (document.readyState === "loading") await warmUp().catch(() => {});
      await complete;
      return () => ({ __esModule: true, default: [] });
    },
  };
})();
