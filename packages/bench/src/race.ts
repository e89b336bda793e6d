import { disagreement } from "./disagreement.ts";
import type { Column } from "./find-columns.ts";
import { median } from "./median.ts";
import { Contender } from "./protocol/contender.ts";
import type { Prepared } from "./protocol/messages.ts";
import type { Row } from "./rows/row.ts";

/** How long a race takes, in milliseconds. */
export interface Pace {
  /** Steps of every contender before anything is timed. */
  readonly warmUp: number;
  /** Steps of one sample. */
  readonly sample: number;
  readonly rounds: number;
  /** A contender stops early once its samples took so long, though not before three. */
  readonly most: number;
}

/** Milliseconds per step. */
export interface Timing {
  readonly median: number;
  /** Tenth and ninetieth percentile of the rounds. */
  readonly low: number;
  readonly high: number;
  readonly rounds: number;
  /** The first step, with all tracing and compiling, in a new process. */
  readonly first: number;
  /** What the first steps computed. */
  readonly values: readonly number[];
  /** Bytes of the whole process at its largest, in the first steps. */
  readonly memory?: number;
}

/** What came out for one cell of the table. */
export type Outcome = Timing | { readonly error: string };

/** Outcomes by the ids of their columns, and what the contenders run on. */
export interface RaceResult {
  readonly outcomes: Readonly<Record<string, Outcome>>;
  readonly versions: readonly string[];
}

interface Runner {
  readonly id: string;
  readonly contender: Contender;
  readonly samples: number[];
  prepared: Prepared;
  steps: number;
}

/** Longest time that one answer may take. */
const timeLimit = 60_000;

/** Lets every contender that is there run one row: all are compared first, then timed in turn, round after round. */
export async function race(row: Row, columns: readonly Column[], pace: Pace): Promise<RaceResult> {
  const outcomes: Record<string, Outcome> = {};
  const versions: string[] = [];
  let runners = columns.flatMap(({ id, contender }): Runner[] => {
    if ("missing" in contender) return [];
    return [
      { id, contender: new Contender(contender, timeLimit), samples: [], prepared: { first: 0, values: [] }, steps: 1 },
    ];
  });
  const all = runners;
  /** Does something with every contender in turn; one that fails is out. */
  const inTurn = async (action: (runner: Runner) => Promise<void>): Promise<void> => {
    const left: Runner[] = [];
    for (const runner of runners) {
      try {
        await action(runner);
        left.push(runner);
      } catch (error) {
        outcomes[runner.id] = { error: error instanceof Error ? error.message : String(error) };
        runner.contender.stop();
      }
    }
    runners = left;
  };
  try {
    await inTurn(async ({ contender }) => void versions.push(...(await contender.about)));
    let reference: readonly number[] | undefined;
    await inTurn(async (runner) => {
      runner.prepared = await runner.contender.prepare(row);
      const { values } = runner.prepared;
      reference ??= values;
      const problem = disagreement(values, reference);
      if (problem !== undefined) throw new Error(problem);
    });
    await inTurn((runner) => warmUp(runner, pace));
    for (let round = 0; round < pace.rounds; round++) {
      await inTurn(async ({ contender, samples, steps }) => {
        if (samples.length >= 3 && samples.reduce((sum, ms) => sum + ms * steps, 0) > pace.most) return;
        // Whoever was idle has to find its stride: its caches are cold, and engines tidy up meanwhile.
        await contender.time(Math.ceil(steps / 4));
        samples.push((await contender.time(steps)) / steps);
      });
      runners.push(...runners.splice(0, 1)); // Somebody else begins the next round.
    }
    for (const { id, samples, prepared } of runners) outcomes[id] = { ...spread(samples), ...prepared };
  } finally {
    for (const { contender } of all) contender.stop();
  }
  return { outcomes, versions };
}

async function warmUp(runner: Runner, { warmUp, sample }: Pace): Promise<void> {
  for (let spent = 0; spent < warmUp;) {
    const time = await runner.contender.time(runner.steps);
    spent += time;
    runner.steps = Math.max(1, Math.min(Math.round((runner.steps * sample) / time), 10 * runner.steps));
  }
}

function spread(samples: readonly number[]): { median: number; low: number; high: number; rounds: number } {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))]!;
  return { median: median(sorted), low: at(0.1), high: at(0.9), rounds: sorted.length };
}
