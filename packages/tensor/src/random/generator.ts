import { CompileError, ValueError } from "../errors.ts";
import { withGradMode } from "../tensor/grad-node.ts";
import { Cell } from "../tensor/cell.ts";
import { apply, assign, fromData, type Tensor } from "../tensor/tensor.ts";
import { isTracing } from "../tensor/tracer.ts";
import type { Shape } from "../shape.ts";
import { sizeOf } from "../shape.ts";

/**
 * A stream of random numbers: a key from the seed, and a counter tensor that every draw advances by `assign`.
 * Counter-based (Philox4x32-10), so equal seeds give equal numbers on every engine.
 *
 * @example
 * rand([2], { generator: new Generator(7) }).toArray() // the same two numbers on every run
 */
export class Generator {
  readonly key: readonly [number, number];
  /** Blocks drawn so far: a 0-d float64 tensor. Save it to resume, assign it to go back. */
  readonly counter: Tensor = fromData(new Float64Array(1), [], "float64");

  /** @param seed whole number of at most 2^53 in magnitude */
  constructor(seed: number) {
    this.key = keyOf(seed);
  }

  /** The next `size of shape` values of `bits` random bits each, as int32. */
  bits(shape: Shape, bits: number): Tensor {
    return withGradMode(false, () => {
      const [drawn] = apply("randomBits", [this.counter], { key: this.key, shape, bits });
      assign(this.counter, this.counter.add(Math.ceil(sizeOf(shape) / 4)));
      return drawn;
    });
  }
}

function keyOf(seed: number): readonly [number, number] {
  if (!Number.isSafeInteger(seed)) throw new ValueError(`Generator: expected a whole number as seed, got ${seed}.`);
  return [seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0];
}

const current = new Cell(new Generator(0));

/** The generator that random functions use unless told otherwise. */
export function defaultGenerator(): Generator {
  return current.get();
}

/**
 * Replaces the default generator by one of this seed, and returns it.
 *
 * @throws {CompileError} while a function is traced, which would seed once and not in every call
 */
export function manualSeed(seed: number): Generator {
  if (isTracing()) {
    throw new CompileError(
      "manualSeed: expected a call outside compiled functions, got one while tracing. " +
        "Seed before the call, or draw from a generator of your own.",
    );
  }
  const generator = new Generator(seed);
  current.set(generator);
  return generator;
}
