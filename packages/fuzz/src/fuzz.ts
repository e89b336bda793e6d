import process from "node:process";
import { checkInput } from "./check-input.ts";
import { Draws } from "./draws.ts";
import { mutated } from "./mutate.ts";
import { type Parser, seedsOf } from "./parser.ts";
import { Watchdog } from "./watchdog.ts";

/** Which inputs to try: `first` and those behind it. Each follows from its seed and its place alone. */
export interface Slice {
  readonly seed: number;
  readonly first: number;
  readonly inputs: number;
}

/** What became of a slice. */
export interface Report {
  readonly inputs: number;
  /** How many of them were read; the others were refused. */
  readonly accepted: number;
  /** The most processor time for one, in milliseconds, and the input. */
  readonly slowest: readonly [milliseconds: number, index: number];
  /** The most memory that was taken for one beyond twice its size, in bytes, and the input. */
  readonly largest: readonly [bytes: number, index: number];
}

/** The most processor time for an input; the slowest takes a thousandth of it. */
const mostMilliseconds = 5000;

/** The most memory that an input may take beyond twice its size. */
const mostBytes = 64 * 2 ** 20;

/** The input of a reader at a place, and nothing else, follows from the seed. */
export function inputOf(parser: Parser, seed: number, index: number): Uint8Array {
  const draws = new Draws(seed, index);
  const { within, words } = parser;
  if (within === undefined || draws.below(2) === 0) return mutated(draws, { seeds: seedsOf(parser), words });
  return within.wrap(mutated(draws, { seeds: within.seeds, words }));
}

/**
 * Tries a slice of inputs.
 *
 * @throws {Error} at the first input that is not as it should be; it says how to try it again
 */
export function fuzz(parser: Parser, { seed, first, inputs }: Slice): Report {
  const watchdog = new Watchdog(`${parser.name}: seed ${seed}`, mostMilliseconds);
  let accepted = 0;
  let [slowest, largest]: [Report["slowest"], Report["largest"]] = [
    [0, first],
    [0, first],
  ];
  try {
    for (let index = first; index < first + inputs; index++) {
      const input = inputOf(parser, seed, index);
      watchdog.begin(index);
      const { isAccepted, milliseconds, bytes } = tried(parser, input, again(parser, seed, index));
      if (isAccepted) accepted++;
      if (milliseconds > slowest[0]) slowest = [milliseconds, index];
      if (bytes > largest[0]) largest = [bytes, index];
    }
  } finally {
    watchdog.end();
  }
  return { inputs, accepted, slowest, largest };
}

/** How to try an input again. */
function again({ name }: Parser, seed: number, index: number): string {
  return `FUZZ_PARSER=${name} FUZZ_SEED=${seed} FUZZ_FIRST=${index} FUZZ_INPUTS=1`;
}

interface Trial {
  readonly isAccepted: boolean;
  /** Processor time. */
  readonly milliseconds: number;
  /** Memory that was taken beyond twice the input. */
  readonly bytes: number;
}

function tried(parser: Parser, input: Uint8Array, how: string): Trial {
  try {
    const [memory, time] = [memoryUsed(), process.cpuUsage()];
    const isAccepted = checkInput(parser, input);
    const { user, system } = process.cpuUsage(time);
    const milliseconds = (user + system) / 1000;
    const bytes = memoryUsed() - memory - 2 * input.length;
    if (milliseconds > mostMilliseconds)
      throw new Error(`expected at most ${mostMilliseconds} ms, got ${milliseconds}`);
    if (bytes > mostBytes) throw new Error(`expected at most ${mostBytes} bytes beyond twice the input, got ${bytes}`);
    return { isAccepted, milliseconds, bytes };
  } catch (error) {
    const shown = Buffer.from(input.subarray(0, 2000)).toString("base64");
    throw new Error(`${(error as Error).message}\n${how}: ${input.length} bytes, ${shown}`, { cause: error });
  }
}

/** Bytes on the heap and in buffers, garbage that has not been collected yet included. */
function memoryUsed(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
