import { type Drawing, drawChart } from "../drawing/drawing.ts";
import { escapeHtml, figureText, foldedTable } from "../html.ts";
import type { Confusion, Run } from "../report-run.ts";

/** Up to so many classes the counts are written into the cells. */
const mostWritten = 12;

/** Which classes were taken for which, for each run that knows. */
export function confusionSection(drawing: Drawing, runs: readonly Run[]): string {
  const figures = runs.flatMap(({ name, confusion }, i) =>
    confusion === undefined ? [] : [figureOf(drawing, name, confusion, `confusion-${i}`)],
  );
  if (figures.length === 0) return "";
  return `<h2>Which classes are confused</h2>
<p>Rows are true classes, columns predicted ones; the fuller a cell, the larger its share of the row.</p>
<div class="charts">${figures.join("\n")}</div>`;
}

function figureOf(drawing: Drawing, name: string, confusion: Confusion, id: string): string {
  const { counts, classes } = confusion;
  const table = foldedTable({
    caption: `How often each class of ${name} was predicted`,
    head: ["true class", ...classes],
    rows: counts.map((row, i) => [classes[i]!, ...row.map(figureText)]),
  });
  return `<figure><figcaption>${escapeHtml(name)}</figcaption>${draw(drawing, name, confusion, id)}${table}</figure>`;
}

function draw(drawing: Drawing, name: string, { counts, classes }: Confusion, id: string): string {
  const { Plot } = drawing;
  const cells = counts.flatMap((row, i) => {
    const total = row.reduce((sum, count) => sum + count, 0) || 1;
    return row.map((count, j) => ({ actual: classes[i]!, predicted: classes[j]!, count, share: count / total }));
  });
  const sum = cells.reduce((total, { count }) => total + count, 0) || 1;
  const right = counts.reduce((total, row, i) => total + row[i]!, 0);
  const longest = Math.max(...classes.map(({ length }) => length));
  const room = Math.min(130, 16 + 7 * longest);
  const at = { x: "predicted", y: "actual" } as const;
  return drawChart(drawing, {
    id,
    title: `Confusion matrix of ${name}`,
    description: `${figureText(right)} of ${figureText(sum)} samples are classified rightly, ${((100 * right) / sum).toFixed(1)} %.`,
    height: 440,
    marginLeft: room + 12,
    marginBottom: longest > 3 ? room + 16 : 44,
    x: { domain: classes, label: "predicted", tickRotate: longest > 3 ? -60 : 0 },
    y: { domain: classes, label: "true" },
    marks: [
      Plot.cell(cells, {
        ...at,
        fill: "var(--cell)",
        fillOpacity: ({ share }: { share: number }) => 0.75 * share,
        inset: 0.5,
      }),
      Plot.frame({ strokeOpacity: 0.3 }),
      ...(classes.length > mostWritten
        ? []
        : [
            Plot.text(cells, { ...at, text: ({ count }: { count: number }) => (count === 0 ? "" : figureText(count)) }),
          ]),
    ],
    opacity: { type: "identity" },
  });
}
