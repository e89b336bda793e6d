/** The script of the page: a slider chooses the epoch whose values stand below the charts, and that these mark. */
export const script: string = `
const reader = document.querySelector(".reader");
const slider = document.getElementById("epoch");
const figures = [...document.querySelectorAll("figure.curves")].map((figure) => {
  const [, ...labels] = [...figure.querySelectorAll("thead th")].map((cell) => cell.textContent);
  const rows = [...figure.querySelectorAll("tbody tr")].map((row) => [...row.cells].map((cell) => cell.textContent));
  const title = figure.querySelector("figcaption").textContent;
  return { title, labels, rows: new Map(rows.map(([epoch, ...values]) => [epoch, values])), readout: figure.querySelector(".readout") };
});
function show() {
  const epoch = slider.value;
  reader.querySelector("output").textContent = epoch;
  for (const { labels, rows, readout } of figures) {
    const values = rows.get(epoch);
    readout.textContent = values ? labels.map((label, i) => label + " " + values[i]).join(" · ") : "";
  }
  const { title, readout } = figures[0];
  slider.setAttribute("aria-valuetext", "epoch " + epoch + ", " + title + ": " + readout.textContent);
  for (const svg of document.querySelectorAll(".curves svg.plot")) {
    const x = Number(svg.dataset.start) + Number(svg.dataset.step) * Number(epoch);
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

/** What the page's security policy lets run: this script and no other. */
export const scriptHash = "sha256-c4xasBZ8aOyjKuSnKS9qQYQrjO2voOEqOmklh4lLlgo=";
