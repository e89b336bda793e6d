import { parseArgs } from "node:util";
import { batchNormLesson } from "./batch-norm-lesson.ts";
import { type DetachedResult, detachedLesson, explainDetaching } from "./detached-lesson.ts";
import type { NormKind } from "./frozen-norm.ts";
import { layerNormLesson } from "./layer-norm-lesson.ts";
import { Lesson } from "./lesson.ts";
import { makeProblem, type Problem } from "./problem.ts";
import { rmsNormLesson } from "./rms-norm-lesson.ts";

const usage = `Usage: node dist/main.js [options]

Walks through the backward passes of BatchNorm, LayerNorm and RMSNorm by hand.

  --norm NAME   batch, layer, rms or all (default: all)
  --seed N      seed of the numbers, a whole number from 0 (default: 0)
  --help        this text`;

interface Topic {
  readonly name: string;
  readonly kind: NormKind;
  readonly teach: (lesson: Lesson, problem: Problem) => void;
}

const topics: Readonly<Record<string, Topic>> = {
  batch: { name: "BatchNorm", kind: { axis: 0, center: true }, teach: batchNormLesson },
  layer: { name: "LayerNorm", kind: { axis: 1, center: true }, teach: layerNormLesson },
  rms: { name: "RMSNorm", kind: { axis: 1, center: false }, teach: rmsNormLesson },
};

/** What a run of the program ended with. */
export interface Outcome {
  readonly exitCode: number;
  readonly lesson: Lesson;
  readonly detached: readonly DetachedResult[];
}

/** Runs the program with command line arguments, printing line by line. */
export function runProgram(
  args: readonly string[],
  output: { readonly write: (line: string) => void; readonly colour: boolean },
): Outcome {
  const lesson = new Lesson(output.write, { colour: output.colour });
  const detached: DetachedResult[] = [];
  const finish = (exitCode: number): Outcome => ({ exitCode, lesson, detached });
  let options: { readonly chosen: readonly Topic[]; readonly seed: number; readonly help: boolean };
  try {
    options = readOptions(args);
  } catch (error) {
    output.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return finish(2);
  }
  if (options.help) {
    output.write(usage);
    return finish(0);
  }
  const problem = makeProblem(options.seed);
  lesson.say(`Eight samples of five features, in float64. The loss is L = Σ dy · y for a random dy, as if it came from layers above.
    (With L = Σ y instead, dy would be constant, and the gradient through these norms nearly zero: a test that any mistake
    passes.) Every gradient by hand is followed by a line that compares it with the tape's: equal to the last bit, equal up to
    rounding, and the largest difference.`);
  for (const topic of options.chosen) topic.teach(lesson, problem);
  explainDetaching(lesson);
  for (const topic of options.chosen) detached.push(...detachedLesson(lesson, problem, topic.name, topic.kind));
  const worst = Math.max(...lesson.comparisons.map((row) => row.maxDifference));
  const exact = lesson.comparisons.filter((row) => row.exact).length;
  lesson.heading("Summary");
  lesson.say(`${lesson.comparisons.length} comparisons with the tape: ${exact} exact, the others up to rounding. The largest difference
    is ${worst.toExponential(1)}.`);
  return finish(worst <= 1e-12 ? 0 : 1);
}

function readOptions(args: readonly string[]): { chosen: readonly Topic[]; seed: number; help: boolean } {
  const { values } = parseArgs({
    args: [...args],
    options: { norm: { type: "string" }, seed: { type: "string" }, help: { type: "boolean" } },
  });
  const { norm = "all", seed = "0", help = false } = values;
  const chosen = norm === "all" ? Object.values(topics) : [topics[norm]].filter((topic) => topic !== undefined);
  if (chosen.length === 0 || (norm !== "all" && !Object.hasOwn(topics, norm))) {
    throw new Error(`--norm: expected batch, layer, rms or all, got "${norm}".`);
  }
  if (!/^\d{1,15}$/.test(seed)) throw new Error(`--seed: expected a whole number from 0, got "${seed}".`);
  return { chosen, seed: Number(seed), help };
}
