import { Tensor, type TypedArray } from "@tapegrad/tensor";
import {
  type AttrsOf,
  type Block,
  NullTracer,
  perform,
  type Primitive,
  type PrimitiveName,
  primitives,
  type Spec,
  withTracer,
} from "@tapegrad/tensor/internal";

/** Changes elements as rounding might. */
export type Disturb = (data: TypedArray) => void;

/** Runs a function eagerly, with operands and results of every operation disturbed: forward, backward and updates alike. */
export function withNoise<T>(disturb: Disturb, fn: () => T): T {
  return withTracer(new NoiseTracer(disturb), fn);
}

class NoiseTracer extends NullTracer {
  override readonly symbolic = false;
  readonly #disturb: Disturb;

  constructor(disturb: Disturb) {
    super();
    this.#disturb = disturb;
  }

  override record<P extends PrimitiveName>(
    name: P,
    inputs: readonly Tensor[],
    attrs: AttrsOf<P>,
    outputs: readonly Spec[],
  ): readonly Tensor[] {
    if (name === "assign" || name === "reshape") {
      return withTracer(undefined, () => perform(name, inputs, attrs, outputs));
    }
    // Each operand on its own, even if it is one value twice.
    const blocks = inputs.map(({ shape, dtype, data }): Block => ({ shape, dtype, data: this.#noisy(data) }));
    const primitive: Primitive<AttrsOf<P>> = primitives[name];
    return primitive.evaluate(blocks, attrs, outputs).map((result, i) => {
      const { shape, dtype } = outputs[i]!;
      return new Tensor({ dtype, data: this.#noisy(result), version: 0 }, shape);
    });
  }

  #noisy(data: TypedArray): TypedArray {
    const copy = data.slice();
    this.#disturb(copy);
    return copy;
  }
}

/** One unit in the last place up or down, or none, by chance; whole numbers stay. */
export function roundingNoise(trial: number, single: boolean): Disturb {
  let state = trial * 7919;
  const unit = single ? 2 ** -23 : 2 ** -51;
  return (data) => {
    if (!(data instanceof Float32Array || data instanceof Float64Array)) return;
    for (let i = 0; i < data.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const x = data[i]!;
      if (!Number.isInteger(x)) data[i] = x * (1 + unit * (((state >>> 16) % 3) - 1));
    }
  };
}
