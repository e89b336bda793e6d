import type { ModuleSummary, SummaryRow } from "./module-summary.ts";

interface Column {
  readonly title: string;
  readonly cell: (row: SummaryRow) => string;
  readonly align: "left" | "right";
  /** What goes first where there is no room for all. */
  readonly spare: number;
}

const columns: readonly Column[] = [
  { title: "Layer", cell: labelOf, align: "left", spare: 0 },
  { title: "Class", cell: ({ className }) => className, align: "left", spare: 1 },
  { title: "Output shape", cell: shapesOf, align: "left", spare: 0 },
  { title: "Params", cell: ({ parameters }) => countText(parameters.total), align: "right", spare: 0 },
  { title: "Trainable", cell: ({ parameters }) => countText(parameters.trainable), align: "right", spare: 2 },
  { title: "FLOPs", cell: (row) => (row.calls === 0 ? "–" : unitText(row.flops, "")), align: "right", spare: 3 },
  { title: "Memory", cell: (row) => (row.calls === 0 ? "–" : unitText(row.bytes, "B")), align: "right", spare: 4 },
];

/** A summary as text of at most `width` columns, where names allow it. */
export function summaryText(summary: ModuleSummary, width: number): string {
  const { rows, parameters, parameterBytes, flops, activationBytes } = summary;
  const totals = [
    `Total params: ${countText(parameters.total)} (${unitText(parameterBytes, "B")})`,
    `Trainable params: ${countText(parameters.trainable)}`,
    `Non-trainable params: ${countText(parameters.nonTrainable)}`,
    ...(flops === undefined ? [] : [`FLOPs: ${unitText(flops, "")}`]),
    ...(activationBytes === undefined ? [] : [`Memory of activations: ${unitText(activationBytes, "B")}`]),
  ];
  return [...tableOf(rows, width), ...totals].join("\n");
}

function tableOf(rows: readonly SummaryRow[], width: number): string[] {
  let chosen = columns;
  let table = chosen.map((column) => cellsOf(column, rows));
  const widthOf = (): number => table.reduce((sum, cells) => sum + longest(cells), 2 * (table.length - 1));
  for (let spare = 4; spare > 0 && widthOf() > width; spare--) {
    chosen = chosen.filter((column) => column.spare < spare);
    table = chosen.map((column) => cellsOf(column, rows));
  }
  const excess = widthOf() - width;
  if (excess > 0) {
    const room = Math.max(5, longest(table[0]!) - excess);
    table[0] = table[0]!.map((cell) => (cell.length > room ? `${cell.slice(0, room - 1)}…` : cell));
  }
  const widths = table.map(longest);
  const rule = "─".repeat(widths.reduce((sum, each) => sum + each + 2, -2));
  const lines = Array.from({ length: rows.length + 1 }, (_, line) =>
    chosen
      .map(({ align }, i) =>
        align === "left" ? table[i]![line]!.padEnd(widths[i]!) : table[i]![line]!.padStart(widths[i]!),
      )
      .join("  ")
      .trimEnd(),
  );
  return [lines[0]!, rule, ...lines.slice(1), rule];
}

function cellsOf({ title, cell }: Column, rows: readonly SummaryRow[]): string[] {
  return [title, ...rows.map(cell)];
}

function longest(cells: readonly string[]): number {
  return Math.max(...cells.map(({ length }) => length));
}

/** Its name in the module that holds it, set in; the class of the network itself. */
function labelOf({ name, depth, className, calls }: SummaryRow): string {
  return `${"  ".repeat(depth)}${depth === 0 ? className : name}${calls > 1 ? ` ×${calls}` : ""}`;
}

function shapesOf({ outputShapes }: SummaryRow): string {
  return outputShapes.length === 0 ? "–" : outputShapes.map((shape) => `[${shape.join(", ")}]`).join(" ");
}

function countText(count: number): string {
  return count.toLocaleString("en-US");
}

/** Three significant digits with a decimal prefix: `1.23 M`. */
function unitText(value: number, unit: string): string {
  const exponent = Math.min(4, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  const scaled = value / 1000 ** exponent;
  return `${exponent === 0 ? scaled : scaled.toPrecision(3)} ${["", "k", "M", "G", "T"][exponent]}${unit}`.trim();
}
