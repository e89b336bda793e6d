import { Tensor, type TypedArray } from "@tapegrad/tensor";
import {
  type Block,
  type PrimitiveName,
  primitives,
  type Spec,
  type Tracer,
  withTracer,
} from "@tapegrad/tensor/internal";

/** Changes elements as rounding might. */
export type Disturb = (data: TypedArray) => void;

/** Runs a function eagerly, with operands and results of every operation disturbed: forward, backward and updates alike. */
export function withNoise<T>(disturb: Disturb, fn: () => T): T {
  const tracer: Tracer = {
    record: (name, inputs, attrs, outputs) => {
      if (name === "assign") {
        const [target, value] = inputs as readonly [Tensor, Tensor];
        target.data.set(value.data);
        target.storage.version++;
        return [];
      }
      const [x] = inputs;
      if (name === "reshape" && x !== undefined) return outputs.map(({ shape }) => new Tensor(x.storage, shape));
      const noisy = (data: TypedArray): TypedArray => {
        const copy = data.slice();
        disturb(copy);
        return copy;
      };
      // Each operand on its own, even if it is one value twice.
      const blocks = inputs.map(({ shape, dtype, data }): Block => ({ shape, dtype, data: noisy(data) }));
      return evaluate(name, blocks, attrs, outputs).map((result, i) => {
        const { shape, dtype } = outputs[i]!;
        return new Tensor({ dtype, data: noisy(result), version: 0 }, shape);
      });
    },
  };
  return withTracer(tracer, fn);
}

function evaluate(
  name: PrimitiveName,
  inputs: readonly Block[],
  attrs: object,
  outputs: readonly Spec[],
): readonly TypedArray[] {
  const kernel = primitives[name].evaluate as (
    blocks: readonly Block[],
    attrs: object,
    outputs: readonly Spec[],
  ) => readonly TypedArray[];
  return kernel(inputs, attrs, outputs);
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
