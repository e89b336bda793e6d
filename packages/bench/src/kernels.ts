import process from "node:process";
import { parseArgs } from "node:util";
import v8 from "node:v8";
import "@tapegrad/autograd";
import { compile } from "@tapegrad/compile";
import { withKernelClock } from "@tapegrad/compile/internal";
import { manualSeed } from "@tapegrad/tensor";
import { CeilingMeter } from "./kernels/ceilings.ts";
import { kernelTable } from "./kernels/kernel-table.ts";
import { median } from "./median.ts";
import { normProgram } from "./norms/norm-program.ts";
import { normSamples } from "./norms/norm-samples.ts";
import { programOf } from "./ours/program-of.ts";
import { significant } from "./report/significant.ts";
import type { StepRow } from "./rows/row.ts";
import { rows } from "./rows/rows.ts";
import { scalingRows } from "./rows/scaling-rows.ts";
import { named } from "./run-rows.ts";
import { scriptArguments } from "./script-arguments.ts";

const usage = `bench:kernels [--row NAME]... [--norm NAME]... [--seconds N]
  --row NAME    rows of the bench and of its scaling whose name contains NAME
  --norm NAME   norms whose name contains NAME, forward and backward
  --seconds N   how long each is timed, 3 unless given, after half as long to warm up
Times every kernel of a compiled step on one thread, and what the machine reaches beside it.`;

const { values: options } = parseArgs({
  args: scriptArguments(),
  options: {
    row: { type: "string", multiple: true, default: [] },
    norm: { type: "string", multiple: true, default: [] },
    seconds: { type: "string", default: "3" },
    help: { type: "boolean", default: false },
  },
});

// Kernels are optimized before they run: one that takes long would be timed as the engine's first compiler leaves it.
v8.setFlagsFromString("--no-liftoff");

/** Something to compile and run: its name, and what makes a function without arguments. */
interface Step {
  readonly name: string;
  readonly make: () => () => unknown;
}

if (options.help || options.row.length + options.norm.length === 0) console.log(usage);
else for (const step of chosen()) report(step);

function chosen(): readonly Step[] {
  const steps = [...rows, ...Object.values(scalingRows).flat()]
    .filter((row): row is StepRow => row.kind !== "epoch")
    .map((row) => ({ name: row.name, make: () => stepOf(row) }));
  const all = Object.entries(normSamples).flatMap(([name, samples]) =>
    samples.map((make): Step => ({ name: `${name} ${make().shape.join("×")}`, make: () => normProgram(make()) })),
  );
  const of = (some: readonly Step[], parts: readonly string[]): readonly Step[] =>
    parts.length === 0 ? [] : named(some, ({ name }) => name, parts);
  return [...of(steps, options.row), ...of(all, options.norm)];
}

function stepOf(row: StepRow): () => unknown {
  const { run, inputs } = programOf(row);
  return () => run(...inputs);
}

function report({ name, make }: Step): void {
  manualSeed(0);
  const samples: number[][] = [];
  const run = compile(make(), { threads: 1 });
  const meter = new CeilingMeter();
  withKernelClock(
    (kernel, milliseconds) => (samples[kernel] ??= []).push(milliseconds),
    () => {
      for (const end = performance.now() + 500 * Number(options.seconds); performance.now() < end;) run();
      samples.length = 0;
      for (const end = performance.now() + 1000 * Number(options.seconds); performance.now() < end;) {
        run();
        meter.measure();
      }
    },
  );
  const ceilings = meter.ceilings();
  const { flops, bandwidths } = ceilings;
  console.log(`## ${name}, Node ${process.versions.node}\n`);
  console.log(
    `Ceilings beside it: ${significant(flops / 1e6)} GFLOP/s; ${bandwidths
      .map(
        ({ bytes, upTo }) =>
          `${significant(bytes / 1e6)} GB/s ${upTo === Infinity ? "beyond" : `up to ${upTo / 1024} kB`}`,
      )
      .join(", ")}.`,
  );
  const timed = run.plan!.schedule.map((kernel, i) => ({ kernel, time: median(samples[i]!) }));
  console.log(`${kernelTable(timed, ceilings)}\n`);
}
