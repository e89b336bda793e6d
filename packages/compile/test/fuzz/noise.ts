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

/** Changes elements as rounding might; whole numbers, which rarely are rounded, only if told so. */
export type Disturb = (data: TypedArray, whole?: "whole") => void;

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
    // A compiled norm gives the gradient of a cotangent that is rounded otherwise, whatever its elements.
    const blocks = inputs.map(({ shape, dtype, data }, i): Block => {
      const whole = name === "standardizeGrad" && i === 0 ? "whole" : undefined;
      return { shape, dtype, data: this.#noisy(data, whole) };
    });
    const primitive: Primitive<AttrsOf<P>> = primitives[name];
    return primitive.evaluate(blocks, attrs, outputs).map((result, i) => {
      const { shape, dtype } = outputs[i]!;
      return new Tensor({ dtype, data: this.#noisy(result), version: 0 }, shape);
    });
  }

  #noisy(data: TypedArray, whole?: "whole"): TypedArray {
    const copy = data.slice();
    this.#disturb(copy, whole);
    return copy;
  }
}

/** One unit in the last place up or down, or none, by chance. */
export function roundingNoise(trial: number, single: boolean): Disturb {
  let state = trial * 7919;
  const unit = single ? 2 ** -23 : 2 ** -51;
  return (data, whole) => {
    if (!(data instanceof Float32Array || data instanceof Float64Array)) return;
    for (let i = 0; i < data.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      const x = data[i]!;
      if (whole !== undefined || !Number.isInteger(x)) data[i] = x * (1 + unit * (((state >>> 16) % 3) - 1));
    }
  };
}
