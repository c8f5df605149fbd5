// 3-D charts of a page look from the same side: whichever is turned, the others follow. Plotly
// offers no link between two charts, so the camera of one is handed to the scene of the other.
// What was turned by hand stays when the charts are drawn anew, as long as their `uirevision` does.

let camera = null; // the last one that was turned by hand
let revision = null; // of the charts at that time
const watched = new WeakSet();

const sceneOf = (chart) => chart._fullLayout?.scene?._scene;

const charts = () =>
    [...document.querySelectorAll(".js-plotly-plot")].filter((chart) => sceneOf(chart));

const show = (chart) => {
    const layout = chart._fullLayout.scene;
    layout.camera = camera;
    sceneOf(chart).setViewport({ camera, aspectratio: layout.aspectratio });
};

const lead = (leader) => {
    camera = structuredClone(sceneOf(leader).getCamera());
    revision = leader.layout.uirevision;
    for (const chart of charts()) if (chart !== leader) show(chart);
};

const watch = () => {
    for (const chart of charts()) {
        if (watched.has(chart)) continue;
        watched.add(chart);
        for (const event of ["plotly_relayouting", "plotly_relayout"]) {
            chart.on(event, () => sceneOf(chart) && lead(chart));
        }
        const keep = () => camera && chart.layout.uirevision === revision && show(chart);
        chart.on("plotly_afterplot", keep);
        keep();
    }
};

export default function () {
    watch();
    const timer = setInterval(watch, 300);
    return () => clearInterval(timer);
}
