import { builtin, pathRange, writeWhole } from "@tapegrad/files";
import { ValueError } from "@tapegrad/tensor";
import {
  expectNothing,
  expectState,
  expectValue,
  optional,
  type OptionTable,
  quoted,
  ranges,
  settleOptions,
  type ValueRange,
  version,
} from "@tapegrad/tensor/internal";
import type { Callback, Logs, Training } from "../training/callback.ts";

/** Options of {@link JSONLLogger}. */
export interface JSONLLoggerOptions {
  /** What the folder of the run is called; the time of its start unless given. */
  readonly name?: string | undefined;
  /** How the run was set up: whatever JSON can hold. */
  readonly configuration?: object | undefined;
  /** What its random numbers began with. */
  readonly seed?: number | undefined;
  /** Versions to remember besides those of tapegrad and the engine. */
  readonly versions?: { readonly [program: string]: string } | undefined;
}

/** What {@link JSONLLogger} remembers. */
export interface JSONLLoggerState {
  /** The folder of the run; null before it is made. */
  readonly run: string | null;
  /** When the run was started; null before it is. */
  readonly started: string | null;
  /** How long it has been running, in seconds. */
  readonly seconds: number;
  /** Lines of epochs in it. */
  readonly lines: number;
}

const versionsRange: ValueRange<{ readonly [program: string]: string }> = {
  text: "to be an object of strings",
  has: (value): value is { readonly [program: string]: string } =>
    ranges.record.has(value) && Object.values(value).every((version) => typeof version === "string"),
};

const table: OptionTable<JSONLLoggerOptions> = {
  name: optional(pathRange),
  configuration: optional(ranges.record),
  seed: optional(ranges.integer),
  versions: optional(versionsRange),
};

const fn = "JSONLLogger";

/**
 * Writes each run into a folder of its own: `run.json` with configuration, seed, versions, net, start and end, and
 * `metrics.jsonl` with a line of JSON for each epoch: `{"epoch":0,"time":1.52,"loss":0.71,"valLoss":0.68}`, where `time` is
 * seconds of training since the start. NaN and infinities are words.
 *
 * A training that is resumed from a state goes on in the folder of that state, behind its epochs, with its start and time. With `dryRun` nothing is written.
 *
 * @param folder in which the folders of runs are made
 * @throws {ValueError} for an option that is not allowed, where there are no files, and for the name of a run that is there
 * @example
 * const log = new JSONLLogger("runs", { configuration: { hidden: 32 }, seed: 7 });
 */
export class JSONLLogger implements Callback {
  static readonly name: string = "JSONLLogger";
  readonly #folder: string;
  readonly #options: Required<JSONLLoggerOptions>;
  #run: string | undefined;
  #started: string | undefined;
  #lines = 0;
  #isBegun = false;
  #start = 0;
  #facts: object = {};

  constructor(folder: string, options: JSONLLoggerOptions = {}) {
    expectValue(fn, "folder", folder, pathRange);
    this.#folder = folder;
    this.#options = settleOptions(fn, options, table);
  }

  /** The folder of the run; undefined before its first epoch. */
  get run(): string | undefined {
    return this.#run;
  }

  onTrainBegin({ dryRun }: Training): void {
    [this.#run, this.#started, this.#lines, this.#isBegun] = [undefined, undefined, 0, false];
    this.#start = performance.now();
    if (!dryRun) builtin(fn, "fs");
  }

  onEpochBegin(_epoch: number, training: Training): void {
    this.#begin(training);
  }

  onEpochEnd(epoch: number, logs: Logs, training: Training): void {
    this.#begin(training);
    if (training.dryRun) return;
    const time = this.#seconds();
    builtin(fn, "fs").appendFileSync(this.#pathOf("metrics.jsonl"), `${json({ epoch, time, ...logs })}\n`);
    this.#lines++;
  }

  onTrainEnd(training: Training): void {
    if (!this.#isBegun || training.dryRun) return;
    this.#writeFacts({ ...this.#facts, finished: new Date().toISOString(), epochs: this.#lines });
  }

  /** Makes the folder, or goes on in that of a state. */
  #begin({ net, dryRun }: Training): void {
    if (this.#isBegun || dryRun) return;
    const fs = builtin(fn, "fs");
    const isResumed = this.#run !== undefined;
    const started = (this.#started ??= new Date().toISOString());
    const { name = started.replaceAll(/[:.]/g, "-"), configuration, seed, versions } = this.#options;
    this.#run ??= this.#freshFolder(name);
    const metrics = this.#pathOf("metrics.jsonl");
    const written = isResumed && fs.existsSync(metrics) ? fs.readFileSync(metrics, "utf8").split("\n") : [];
    writeWhole(fn, metrics, written.slice(0, this.#lines).map((line: string) => `${line}\n`).join("")); // prettier-ignore
    this.#facts = {
      started,
      seed: seed ?? null,
      configuration: configuration ?? {},
      versions: { tapegrad: version, ...engine(), ...versions },
      net: String(net),
    };
    this.#writeFacts(this.#facts);
    this.#isBegun = true;
  }

  #seconds(): number {
    return Math.round(performance.now() - this.#start) / 1000;
  }

  #freshFolder(name: string): string {
    const { join } = builtin(fn, "path");
    const { existsSync } = builtin(fn, "fs");
    const run = join(this.#folder, name);
    if (!existsSync(run)) return run;
    if (this.#options.name !== undefined) {
      throw new ValueError(`${fn}: expected the name of a new run, got ${quoted(name)}, whose folder is there.`);
    }
    let count = 2;
    while (existsSync(`${run}-${count}`)) count++;
    return `${run}-${count}`;
  }

  #writeFacts(facts: object): void {
    writeWhole(fn, this.#pathOf("run.json"), `${json(facts, 2)}\n`);
  }

  #pathOf(file: string): string {
    return builtin(fn, "path").join(this.#run!, file);
  }

  /** The folder, and how far it has come. */
  stateDict(): JSONLLoggerState {
    const seconds = this.#isBegun ? this.#seconds() : 0;
    return { run: this.#run ?? null, started: this.#started ?? null, seconds, lines: this.#lines };
  }

  /** Goes on in the folder that `state` tells of. */
  loadStateDict(state: JSONLLoggerState, ...none: []): void {
    expectNothing("JSONLLogger.loadStateDict", none);
    expectState(`${fn}.loadStateDict`, state);
    const { run, started, seconds, lines } = state;
    expectValue(`${fn}.loadStateDict`, "run", run, ranges.orNull(pathRange));
    expectValue(`${fn}.loadStateDict`, "started", started, ranges.orNull(ranges.text));
    expectValue(`${fn}.loadStateDict`, "seconds", seconds, ranges.nonNegative);
    expectValue(`${fn}.loadStateDict`, "lines", lines, ranges.whole(0));
    [this.#run, this.#started, this.#lines, this.#isBegun] = [run ?? undefined, started ?? undefined, lines, false];
    this.#start = performance.now() - 1000 * seconds;
  }
}

/** What runs the program. */
function engine(): { readonly [program: string]: string } {
  const { process } = globalThis as { readonly process?: { readonly versions?: { readonly node?: string } } };
  return process?.versions?.node === undefined ? {} : { node: process.versions.node };
}

function json(value: object, indent?: number): string {
  const words = (_key: string, inner: unknown): unknown =>
    typeof inner === "number" && !Number.isFinite(inner) ? String(inner) : inner;
  return JSON.stringify(value, words, indent);
}
