import { allocate } from "../dtype.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { checkShape, formatShape, sizeOf } from "../shape.ts";
import { philox } from "./philox.ts";
import type { IotaAttrs, NoAttrs, Primitive, RandomBitsAttrs } from "./primitive.ts";

/** Every element is its position along one axis. */
export const iota: Primitive<IotaAttrs> = {
  infer: (_, { shape, axis, dtype }) => {
    checkShape("iota", shape);
    if (!(axis >= 0 && axis < shape.length)) {
      throw new ShapeError(`iota: expected an axis of shape ${formatShape(shape)}, got ${axis}.`);
    }
    if (dtype === "bool") throw new DTypeError("iota: expected a dtype of numbers, got bool.");
    return [{ shape, dtype }];
  },
  evaluate: (_, { shape, axis, dtype }) => {
    const out = allocate(dtype, sizeOf(shape));
    const n = shape[axis]!;
    const stride = sizeOf(shape.slice(axis + 1));
    for (let i = 0, at = 0; i < out.length; at = at + 1 === n ? 0 : at + 1) {
      for (const end = i + stride; i < end; i++) out[i] = at;
    }
    return [out];
  },
};

/** Philox bits from a key and a counter tensor: element `i` is word `i mod 4` of block `counter + ⌊i/4⌋`. */
export const randomBits: Primitive<RandomBitsAttrs> = {
  infer: (inputs, { shape, bits }) => {
    const counter = inputs[0]!;
    checkShape("randomBits", shape);
    if (counter.dtype !== "float64" || counter.shape.length !== 0) {
      throw new DTypeError(
        `randomBits: expected a 0-d float64 counter, got ${counter.dtype} of shape ${formatShape(counter.shape)}.`,
      );
    }
    if (!(Number.isInteger(bits) && bits >= 1 && bits <= 31)) {
      throw new ValueError(`randomBits: expected 1 to 31 bits, got ${bits}.`);
    }
    return [{ shape, dtype: "int32" }];
  },
  evaluate: (inputs, { key, shape, bits }) => {
    const first = inputs[0]!.data[0]!;
    const out = new Int32Array(sizeOf(shape));
    const words = new Uint32Array(4);
    for (let i = 0; i < out.length; i++) {
      if (i % 4 === 0) philox(key, first + i / 4, words);
      out[i] = words[i % 4]! >>> (32 - bits);
    }
    return [out];
  },
};

/** Overwrites its first input. Performed by `assign`, recorded by a tracer; never evaluated as a kernel. */
export const assignPrimitive: Primitive<NoAttrs> = {
  infer: () => [],
  evaluate: () => [],
};
