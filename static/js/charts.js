// Draws every <figure class="chart" data-chart="ID"> from the JSON script ID beside it; the same numbers stand in its table.
// {"kind": "bar" | "line" | "pie" | "map", "unit": "家", "labels": [...], "series": [{"name": "...", "values": [...]}],
//  "stacked": true, "horizontal": true, "map": "URL of a GeoJSON file"}
(() => {
  "use strict";

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const palette = () => [1, 2, 3, 4, 5, 6, 7, 8].map((n) => token(`--chart-${n}`));
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  const base = (data) => ({
    color: palette(),
    animation: !still,
    textStyle: { fontFamily: token("--font-sans"), color: token("--ink-2"), fontSize: 13 },
    tooltip: {
      renderMode: "richText",
      trigger: data.kind === "bar" || data.kind === "line" ? "axis" : "item",
      backgroundColor: token("--surface"),
      borderColor: token("--line"),
      textStyle: { color: token("--ink") },
      valueFormatter: (value) => (value == null ? "未注明" : `${value} ${data.unit || ""}`),
    },
    legend: { show: data.series.length > 1 || data.kind === "pie", bottom: 0, textStyle: { color: token("--ink-2") } },
  });

  const axes = (data) => {
    const names = {
      type: "category",
      data: data.labels,
      inverse: Boolean(data.horizontal),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: token("--line-strong") } },
      axisLabel: { color: token("--ink-2"), hideOverlap: true, interval: data.horizontal ? 0 : "auto" },
    };
    const numbers = {
      type: "value",
      name: data.unit || "",
      nameTextStyle: { color: token("--ink-3") },
      axisLabel: { color: token("--ink-3") },
      splitLine: { lineStyle: { color: token("--line") } },
    };
    return data.horizontal ? { xAxis: numbers, yAxis: names } : { xAxis: names, yAxis: numbers };
  };

  const cartesian = (data) => ({
    ...base(data),
    ...axes(data),
    grid: { left: 8, right: 24, top: 36, bottom: data.series.length > 1 ? 40 : 8, containLabel: true },
    series: data.series.map((series) => ({
      type: data.kind,
      name: series.name,
      data: series.values,
      stack: data.stacked ? "all" : undefined,
      barMaxWidth: 28,
      symbolSize: 7,
      itemStyle: { borderRadius: data.kind === "bar" && !data.stacked ? 3 : 0 },
    })),
  });

  const pie = (data) => ({
    ...base(data),
    series: [
      {
        type: "pie",
        radius: ["45%", "70%"],
        center: ["50%", "44%"],
        data: data.labels.map((name, i) => ({ name, value: data.series[0].values[i] })),
        label: { color: token("--ink-2"), formatter: "{b} {d}%" },
        itemStyle: { borderColor: token("--surface"), borderWidth: 2 },
      },
    ],
  });

  const map = async (data, canvas) => {
    const answer = await fetch(data.map);
    echarts.registerMap(data.map, await answer.json());
    const values = data.series[0].values;
    return {
      ...base(data),
      legend: { show: false },
      visualMap: {
        min: 0,
        max: Math.max(1, ...values.filter((value) => value != null)),
        right: 0,
        bottom: 0,
        itemWidth: 12,
        itemHeight: 80,
        text: ["多", "少"],
        textStyle: { color: token("--ink-3") },
        inRange: { color: [token("--accent-soft"), token("--chart-3"), token("--chart-1")] },
      },
      series: [
        {
          type: "map",
          map: data.map,
          layoutCenter: ["52%", "50%"],
          layoutSize: Math.min(canvas.clientWidth, canvas.clientHeight * 1.1),
          name: data.series[0].name,
          data: data.labels.map((name, i) => ({ name, value: values[i] })),
          itemStyle: { areaColor: token("--sunk"), borderColor: token("--line-strong") },
          emphasis: { itemStyle: { areaColor: token("--mark") }, label: { color: token("--ink") } },
        },
      ],
    };
  };

  const draw = async (figure) => {
    const data = JSON.parse(document.getElementById(figure.dataset.chart).textContent);
    const canvas = figure.querySelector(".chart-canvas");
    canvas.classList.add("chart-ready");
    figure.classList.add(`chart-${data.kind}`);
    // every label of a horizontal chart gets its line
    if (data.horizontal) canvas.style.height = `${Math.max(canvas.clientHeight, 24 * data.labels.length + 90)}px`;
    const chart = echarts.init(canvas, null, { renderer: "svg" });
    const makers = { pie, map };
    chart.setOption(await (makers[data.kind] || cartesian)(data, canvas));
    new ResizeObserver(() => chart.resize()).observe(canvas);
  };

  const drawAll = (root) => root.querySelectorAll("[data-chart]:not([data-drawn])").forEach((figure) => {
    figure.dataset.drawn = "1";
    draw(figure);
  });
  drawAll(document);
  document.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
})();
