import type { Tensor } from "@tapegrad/tensor";
import { expectNothing, expectTensor } from "@tapegrad/tensor/internal";
import { type GraphVertex, recordedGraph } from "./recorded-graph.ts";

const box = { width: 170, height: 52, gapX: 56, gapY: 18, margin: 16 };

interface Place {
  readonly x: number;
  readonly y: number;
}

/**
 * The recorded graph behind a tensor as a drawing of its own: one column per depth, operations
 * rounded, leaves with data and gradient, edges from left to right. Readable by screen readers:
 * it has a title, and each box has one.
 *
 * @returns an SVG document
 * @throws {GradError} if there is no graph or it was freed
 */
export function toSvg(output: Tensor, ...none: []): string {
  expectNothing("toSvg", none);
  expectTensor("toSvg", "output", output);
  const vertices = recordedGraph("toSvg", output);
  const columns = inColumns(vertices);
  const places = new Map<number, Place>();
  columns.forEach((column, depth) => {
    column.forEach(({ id }, row) => {
      places.set(id, {
        x: box.margin + depth * (box.width + box.gapX),
        y: box.margin + row * (box.height + box.gapY),
      });
    });
  });
  const width = 2 * box.margin + columns.length * (box.width + box.gapX) - box.gapX;
  const rows = Math.max(...columns.map(({ length }) => length));
  const height = 2 * box.margin + rows * (box.height + box.gapY) - box.gapY;
  const title = `Recorded graph of ${vertices.length} vertices, ending in ${vertices.at(-1)?.label ?? ""}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title" viewBox="0 0 ${width} ${height}" ` +
      `width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="12">`,
    `<title id="title">${escape(title)}</title>`,
    ...vertices.flatMap((vertex) => vertex.from.map((source) => edge(places.get(source), places.get(vertex.id)))),
    ...vertices.map((vertex) => drawn(vertex, places.get(vertex.id)!)),
    "</svg>",
  ].join("\n");
}

/** Each vertex one column right of its furthest source; within a column near the mean row of its sources. */
function inColumns(vertices: readonly GraphVertex[]): GraphVertex[][] {
  const depths: number[] = [];
  const columns: GraphVertex[][] = [];
  for (const vertex of vertices) {
    const depth = vertex.from.reduce((deepest, source) => Math.max(deepest, depths[source]! + 1), 0);
    depths.push(depth);
    (columns[depth] ??= []).push(vertex);
  }
  const rows: number[] = [];
  for (const column of columns) {
    const wish = ({ from }: GraphVertex): number =>
      from.reduce((sum, source) => sum + rows[source]!, 0) / Math.max(1, from.length);
    column.sort((a, b) => wish(a) - wish(b)).forEach(({ id }, row) => (rows[id] = row));
  }
  return columns;
}

function edge(from: Place | undefined, to: Place | undefined): string {
  if (from === undefined || to === undefined) return "";
  const [x1, y1, x2, y2] = [from.x + box.width, from.y + box.height / 2, to.x, to.y + box.height / 2];
  const bend = (x1 + x2) / 2;
  return `<path d="M${x1} ${y1} C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}" fill="none" stroke="#667"/>`;
}

const fills = { operation: "#e8eefc", leaf: "#e6f4ea", constant: "#f1f1f1" } as const;

function drawn({ kind, label, value, gradient }: GraphVertex, { x, y }: Place): string {
  const lines = [label, `${kind === "operation" ? "" : "data "}${value}`];
  if (gradient !== undefined) lines.push(`grad ${gradient}`);
  const top = y + box.height / 2 - (lines.length - 1) * 7.5 + 4;
  const texts = lines.map(
    (line, i) =>
      `<text x="${x + box.width / 2}" y="${top + 15 * i}" text-anchor="middle"` +
      `${i === 0 ? ' font-weight="600"' : ""} fill="#112">${escape(line)}</text>`,
  );
  return (
    `<g><title>${escape(lines.join(", "))}</title>` +
    `<rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="${kind === "operation" ? 18 : 3}" ` +
    `fill="${fills[kind]}" stroke="#667"/>${texts.join("")}</g>`
  );
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
