import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { parseArgs } from "node:util";
import { bundleSize } from "./bundle-size.ts";
import { columnsAgainst, compare, passes } from "./compare.ts";
import { findColumns } from "./find-columns.ts";
import type { Pace } from "./race.ts";
import { formatComparison } from "./report/format-comparison.ts";
import { formatResults } from "./report/format-results.ts";
import { formatScaling } from "./report/format-scaling.ts";
import { formatMoved } from "./report/moved-rows.ts";
import { replaceBetween } from "./report/replace-between.ts";
import type { Results } from "./report/results.ts";
import { rows } from "./rows/rows.ts";
import { scalingRows } from "./rows/scaling-rows.ts";
import { eachInTurn, named, runRows } from "./run-rows.ts";
import { scriptArguments } from "./script-arguments.ts";

const usage = `bench [--row NAME]... [--only COLUMN]... [--quick]
bench --scaling [--row NAME]... [--quick]
bench --against FOLDER [--row NAME]... [--quick]
  --row NAME        only rows whose name contains NAME
  --only COLUMN     only columns whose title contains COLUMN
  --quick           fewer and shorter rounds
  --scaling         rows in which one extent grows: ours and PyTorch, with one thread
  --against FOLDER  compares with another checkout that is built; fails if this one is slower
Only a whole run of the first two forms writes results: results.json and the table of the root README, or scaling.json
and the table of this package's README.`;

const thorough: Pace = { warmUp: 1500, sample: 200, rounds: 9, most: 1800 };
const quick: Pace = { warmUp: 60, sample: 15, rounds: 3, most: 300 };

const { values: options } = parseArgs({
  args: scriptArguments(),
  options: {
    row: { type: "string", multiple: true, default: [] },
    against: { type: "string" },
    only: { type: "string", multiple: true, default: [] },
    quick: { type: "boolean", default: false },
    scaling: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const pace = options.quick ? quick : thorough;
const bundle = { name: "compile, nn and optim", entries: ["@tapegrad/compile", "@tapegrad/nn", "@tapegrad/optim"] };
const forms = [options.scaling && "--scaling", options.against && "--against", options.only.length > 0 && "--only"];

if (options.help) {
  console.log(usage);
} else if (forms.filter(Boolean).length > 1) {
  throw new Error(
    `bench: expected one of --scaling, --against and --only, got ${forms.filter(Boolean).join(" and ")}.`,
  );
} else if (options.scaling) {
  await benchScaling();
} else if (options.against !== undefined) {
  await benchAgainst(options.against);
} else {
  await bench();
}

async function bench(): Promise<void> {
  const chosen = named(rows, ({ name }) => name, options.row);
  const columns = named(findColumns(), ({ title }) => title, options.only);
  const run = await runRows(chosen, columns, pace);
  const results: Results = { ...run, bundles: { [bundle.name]: bundleSize(bundle.entries) } };
  const text = formatResults(results);
  const committed = new URL("../results.json", import.meta.url);
  console.log(`${text}\n\n${formatMoved(JSON.parse(readFileSync(committed, "utf8")) as Results, results)}`);
  if (options.quick || chosen.length < rows.length || options.only.length > 0) return;
  keep(results, committed, new URL("../../../README.md", import.meta.url), text, "bench");
}

async function benchScaling(): Promise<void> {
  const all = Object.values(scalingRows).flat();
  const chosen = named(all, ({ name }) => name, options.row);
  const columns = findColumns().filter(({ id }) => id.startsWith("compiled-1-") || id === "pytorch-1");
  const results = await runRows(chosen, columns, pace);
  const text = formatScaling(results, scalingRows);
  console.log(text);
  if (options.quick || chosen.length < all.length) return;
  keep(results, new URL("../scaling.json", import.meta.url), new URL("../README.md", import.meta.url), text, "scaling");
}

/** Writes results, and their tables between the comments of a README. */
function keep(results: object, file: URL, readme: URL, text: string, name: string): void {
  writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
  writeFileSync(readme, replaceBetween(readFileSync(readme, "utf8"), name, text));
}

async function benchAgainst(folder: string): Promise<void> {
  const other = path.resolve(process.env["INIT_CWD"] ?? "", folder); // pnpm runs the bench in its own folder
  const columns = columnsAgainst(other);
  const chosen = named(rows, ({ name }) => name, options.row);
  const comparisons = await eachInTurn(chosen, (row) => compare(row, columns, pace));
  const bundles = {
    [`${bundle.name}, other checkout`]: bundleSize(bundle.entries, `${other}/packages/bench/package.json`),
    [`${bundle.name}, this checkout`]: bundleSize(bundle.entries),
  };
  console.log(formatComparison(comparisons, bundles));
  if (!passes(comparisons)) process.exitCode = 1;
}
