import { execFileSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { compile } from "@tapegrad/compile";
import { median } from "./median.ts";
import { programOf } from "./ours/program-of.ts";
import { markdownTable } from "./report/markdown-table.ts";
import { significant } from "./report/significant.ts";
import type { StepRow } from "./rows/row.ts";
import { rows } from "./rows/rows.ts";
import { scalingRows } from "./rows/scaling-rows.ts";
import { scriptArguments } from "./script-arguments.ts";

/** Rows whose first call is timed; the first four also warm a process up for the others. */
const names = ["784-64-32-10 LayerNorm B32", "CNN", "transformer", "LSTM with LayerNorm h64, T32", "200 layers"];
const rounds = 7;

const [measured, ...before] = scriptArguments();
if (measured === undefined) report();
else {
  // Adam, loops, products: what compiles them has been compiled itself then.
  for (const name of before) firstCall(name);
  console.log(firstCall(measured).join(" "));
}

function report(): void {
  const lines = names.map((name) => {
    const others = names.slice(0, 4).filter((other) => other !== name);
    const times = Array.from({ length: rounds }, () => [...inProcess(name), ...inProcess(name, ...others)]);
    const medians = [0, 1, 2, 3].map((column) => significant(median(times.map((time) => time[column]!))));
    return [rowOf(name).name, ...medians.map((time) => `${time} ms`)];
  });
  const head = ["first call", "new process", "once more", "after other functions", "once more"];
  console.log(markdownTable([head, ...lines]));
}

/** What the first call takes in a process of its own, after those of other rows, and that of the same function made anew. */
function inProcess(name: string, ...others: readonly string[]): number[] {
  const script = fileURLToPath(import.meta.url);
  const printed = execFileSync(process.execPath, ["--expose-gc", script, name, ...others], { encoding: "utf8" });
  return printed.trim().split(" ").map(Number);
}

function rowOf(name: string): StepRow {
  const steps = [...rows, ...Object.values(scalingRows).flat()].filter((row): row is StepRow => row.kind !== "epoch");
  return steps.find((row) => row.name.includes(name))!;
}

/** Milliseconds of two first calls, with all tracing and compiling, until their results are numbers. */
function firstCall(name: string): number[] {
  const { run, inputs } = programOf(rowOf(name));
  return [0, 1].map(() => {
    const compiled = compile(run, { threads: 1 });
    globalThis.gc?.();
    const start = performance.now();
    compiled(...inputs).data.at(0);
    return performance.now() - start;
  });
}
