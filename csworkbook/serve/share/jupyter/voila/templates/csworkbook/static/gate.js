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
  // Outputs are drawn while their models are still being made. The manager looks for a missing model
  // for two seconds of the clock and then gives up, even where the page was too busy to look once more;
  // here it looks so many times, however long that takes.
  const patient = (manager) => {
    const find = manager.get_model.bind(manager);
    manager.get_model = async (id) => {
      for (let looks = 0; looks < 300 && !manager.has_model(id); looks++)
        await new Promise((again) => setTimeout(again, 50));
      return find(id);
    };
  };
  const plugin = {
    id: "csworkbook:patience",
    autoStart: true,
    activate: (app) => void app.widgetManagerPromise.promise.then(patient),
  };
  (window._JUPYTERLAB ??= {}).csworkbook = {
    init() {},
    async get() {
      if (document.readyState === "loading") await warmUp().catch(() => {});
      await complete;
      return () => ({ __esModule: true, default: [plugin] });
    },
  };
})();
