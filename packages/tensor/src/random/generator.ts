import { ValueError } from "../errors.ts";
import { listOf, numbers, whole } from "../options/ranges.ts";
import { expectState } from "../options/expect-state.ts";
import { expectNothing } from "../options/expect-nothing.ts";
import { expectValue, quoted } from "../options/value-range.ts";
import type { Stateful } from "../stateful.ts";
import { withGradMode } from "../tensor/grad-node.ts";
import { Cell } from "../tensor/cell.ts";
import { expectNoTrace } from "../tensor/expect-no-trace.ts";
import { apply, assign, fromData, type Tensor } from "../tensor/tensor.ts";
import type { Shape } from "../shape.ts";
import { checkShape, sizeOf } from "../shape.ts";

/** What `stateDict` returns: plain numbers. */
export interface GeneratorState {
  /** Two 32-bit words that follow from the seed. */
  readonly key: readonly [number, number];
  /** Blocks drawn so far. */
  readonly counter: number;
}

const word = numbers("a whole number < 2^32", (x) => Number.isInteger(x) && x >= 0 && x < 2 ** 32);
const bitCount = numbers("to be a whole number from 1 to 31", (x) => Number.isInteger(x) && x >= 1 && x <= 31);
const keyRange = listOf(word, 2);

/**
 * A stream of random numbers: a key from the seed, and a counter tensor that every draw advances by `assign`.
 * Counter-based (Philox4x32-10), so equal seeds give equal numbers on every engine.
 *
 * @example
 * rand([2], { generator: new Generator(7) }).toArray() // the same two numbers on every run
 */
export class Generator implements Stateful<GeneratorState> {
  static readonly name: string = "Generator";

  /** Blocks drawn so far: a 0-d float64 tensor. */
  readonly counter: Tensor = fromData(new Float64Array(1), [], "float64");
  readonly #key: Cell<readonly [number, number]>;

  /** @param seed whole number of at most 2^53 in magnitude */
  constructor(seed: number, ...none: []) {
    expectNothing("Generator", none);
    this.#key = new Cell(keyOf("Generator", seed), "the seed of a generator");
  }

  /** Two 32-bit words that follow from the seed. A compiled function that draws is traced again when they change. */
  get key(): readonly [number, number] {
    return this.#key.get();
  }

  /** The next `size of shape` values of `bits` random bits each, as int32. */
  bits(shape: Shape, bits: number, ...none: []): Tensor {
    expectNothing("Generator.bits", none);
    checkShape("Generator.bits", shape);
    expectValue("Generator.bits", "bits", bits, bitCount);
    return withGradMode(false, () => {
      const [drawn] = apply("randomBits", [this.counter], { key: this.key, shape, bits });
      assign(this.counter, this.counter.add(Math.ceil(sizeOf(shape) / 4)));
      return drawn;
    });
  }

  /** Where the stream stands. */
  stateDict(...none: []): GeneratorState {
    expectNothing("Generator.stateDict", none);
    return { key: [...this.key], counter: this.counter.item() };
  }

  /** What `JSON.stringify` writes: the state. */
  toJSON(): GeneratorState {
    return this.stateDict();
  }

  /**
   * Goes on where `state` was taken, from a generator of whatever seed.
   *
   * @throws {ValueError} if it is no state of a generator; nothing has changed then
   * @throws {CompileError} while a function is traced
   */
  loadStateDict(state: GeneratorState, ...none: []): void {
    const fn = "Generator.loadStateDict";
    expectNothing(fn, none);
    expectState(fn, state);
    const { key, counter } = state;
    expectNoTrace(fn, "Load it before the call.");
    expectValue(fn, "key", key, keyRange);
    expectValue(fn, "counter", counter, whole(0));
    // An equal key stays the same array, so that compiled functions keep their plans.
    if (key.some((part, i) => part !== this.key[i])) this.#key.set([...key]);
    assign(this.counter, fromData(Float64Array.of(counter), [], "float64"));
  }
}

function keyOf(fn: string, seed: number): readonly [number, number] {
  if (!Number.isSafeInteger(seed)) throw new ValueError(`${fn}: expected a whole number as seed, got ${quoted(seed)}.`);
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
}

const current = new Cell(new Generator(0), "the default generator");

/** The generator that random functions use unless told otherwise. */
export function defaultGenerator(...none: []): Generator {
  expectNothing("defaultGenerator", none);
  return current.get();
}

/**
 * Replaces the default generator by one of this seed, and returns it.
 *
 * @throws {CompileError} while a function is traced, which would seed once and not in every call
 */
export function manualSeed(seed: number, ...none: []): Generator {
  expectNothing("manualSeed", none);
  keyOf("manualSeed", seed);
  expectNoTrace("manualSeed", "Seed before the call, or draw from a generator of your own.");
  const generator = new Generator(seed);
  current.set(generator);
  return generator;
}
