import process from "node:process";
import { parseArgs } from "node:util";
import { compile, type Compiled } from "@tapegrad/compile";
import { norms } from "@tapegrad/nn";
import { manualSeed, type Tensor } from "@tapegrad/tensor";
import { median } from "./median.ts";
import { normProgram } from "./norms/norm-program.ts";
import { normSamples } from "./norms/norm-samples.ts";
import { markdownTable } from "./report/markdown-table.ts";
import { scriptArguments } from "./script-arguments.ts";

const usage = `bench:norms [--norm NAME]... [--rounds N] [--schedule]
  --norm NAME   only norms whose name contains NAME
  --rounds N    so many rounds, 15 unless given
  --schedule    prints what is compiled, too`;

const { values: options } = parseArgs({
  args: scriptArguments(),
  options: {
    norm: { type: "string", multiple: true, default: [] },
    rounds: { type: "string", default: "15" },
    schedule: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

interface Runner {
  readonly name: string;
  readonly run: Compiled<[], Tensor>;
  readonly times: number[];
}

/** Milliseconds of processor time that one sample takes. */
const sample = 20;

if (options.help) console.log(usage);
else report(race());

/** Every norm in turn, round after round, in processor time: other programs on the machine then matter less. */
function race(): readonly Runner[] {
  const chosen = norms.table().filter(({ name }) => isChosen(name));
  const runners = chosen.flatMap(({ name }) =>
    normSamples[name].map((make): Runner => {
      manualSeed(0);
      const { shape, ...rest } = make();
      const run = compile(normProgram({ shape, ...rest }), { threads: 1 });
      for (let i = 0; i < 5; i++) run();
      return { name: `${name} ${shape.join("×")}`, run, times: [] };
    }),
  );
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const runner of runners) runner.times.push(timeOf(runner.run));
  }
  return runners;
}

function isChosen(name: string): boolean {
  if (name === "layerNorm" || options.norm.length === 0) return true;
  return options.norm.some((part) => name.toLowerCase().includes(part.toLowerCase()));
}

function timeOf(run: () => unknown): number {
  const before = process.cpuUsage();
  let runs = 0;
  let spent = 0;
  while (spent < sample) {
    run();
    runs++;
    const { user, system } = process.cpuUsage(before);
    spent = (user + system) / 1000;
  }
  return spent / runs;
}

function report(runners: readonly Runner[]): void {
  const of = runners.find(({ name }) => name.startsWith("layerNorm"))!;
  if (options.schedule) for (const { name, run } of runners) console.log(`${name}\n${run.plan?.toString()}\n`);
  const lines = runners
    .map(({ name, run, times }) => {
      // Round by round, so that what slows the machine down slows both.
      const ratio = median(times.map((time, round) => time / of.times[round]!));
      return { ratio, cells: [name, `${run.plan?.kernels}`, median(times).toFixed(2), ratio.toFixed(2)] };
    })
    .sort((a, b) => b.ratio - a.ratio);
  const head = ["norm, forward and backward", "kernels", "ms", "÷ LayerNorm"];
  console.log(markdownTable([head, ...lines.map(({ cells }) => cells)]));
}
