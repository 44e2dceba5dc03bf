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
  // Of two changes of one widget the second is kept back until the kernel has answered the first, and a
  // button that is pressed meanwhile overtakes it: the kernel would go by what stood there a moment before.
  // Here what was kept back goes first.
  const orderly = (manager) => {
    const models = new Set();
    const flush = (model) => {
      if (!model._msg_buffer) return;
      model.rememberLastUpdateFor(model.send_sync_message(model._msg_buffer, model._msg_buffer_callbacks));
      model._msg_buffer = model._msg_buffer_callbacks = null;
    };
    const know = (model) => {
      const send = model.send.bind(model);
      model.send = (...message) => { models.forEach(flush); send(...message); };
      models.add(model);
      model.once("comm:close", () => models.delete(model));
    };
    const register = manager.register_model.bind(manager);
    manager.register_model = (id, model) => { register(id, model); model.then(know, () => {}); };
  };
  // anywidget gives a widget two seconds of the clock to begin, and leaves its place empty after that; while
  // a long page is being built on a slow machine nothing begins for longer.
  const lenient = () => {
    const timeout = AbortSignal.timeout.bind(AbortSignal);
    AbortSignal.timeout = (ms) => timeout(ms === 2000 ? 120000 : ms);
  };
  const plugin = {
    id: "csworkbook:patience",
    autoStart: true,
    activate: (app) => void app.widgetManagerPromise.promise.then((manager) => { patient(manager); orderly(manager); }),
  };
  (window._JUPYTERLAB ??= {}).csworkbook = {
    init() {},
    async get() {
      lenient();
      if (document.readyState === "loading") await warmUp().catch(() => {});
      await complete;
      return () => ({ __esModule: true, default: [plugin] });
    },
  };
})();
