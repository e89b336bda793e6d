/** The script of the report: a slider chooses the epoch that the table reads and the charts mark. */
export const script: string = `
const runs = JSON.parse(document.getElementById("runs").textContent);
const reader = document.getElementById("reader");
const slider = document.getElementById("epoch");
const body = document.getElementById("values");
const cell = (tag, text) => Object.assign(document.createElement(tag), { textContent: text });
function show() {
  const epoch = Number(slider.value);
  document.getElementById("epoch-number").textContent = epoch;
  body.replaceChildren(...runs.map(({ norm, history }) => {
    const row = document.createElement("tr");
    const record = history[epoch - 1];
    const head = cell("th", norm);
    head.scope = "row";
    row.append(head, cell("td", record[0].toFixed(4)), cell("td", record[1].toFixed(4)), cell("td", (100 * record[2]).toFixed(2) + " %"));
    return row;
  }));
  const spoken = runs.map(({ norm, history }) => norm + " " + (100 * history[epoch - 1][2]).toFixed(1) + " %");
  slider.setAttribute("aria-valuetext", "epoch " + epoch + ", test accuracy: " + spoken.join(", "));
  for (const svg of document.querySelectorAll("svg.plot")) {
    const x = Number(svg.dataset.start) + Number(svg.dataset.step) * epoch;
    for (const line of svg.querySelectorAll(".cursor line")) {
      line.setAttribute("x1", x);
      line.setAttribute("x2", x);
    }
  }
}
slider.addEventListener("input", show);
reader.hidden = false;
show();
`;
