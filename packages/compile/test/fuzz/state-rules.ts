import { sizeOf } from "@tapegrad/tensor/internal";
import type { Known } from "./builder.ts";
import type { Rule } from "./rule.ts";

/** State, random numbers and constants. */
export const stateRules: Readonly<Record<string, Rule>> = {
  assign: (b) => {
    const targets = b.inputs.filter(({ source, grad }) => source === "captured" && !grad);
    if (targets.length === 0) return;
    const { name, shape, dtype, domain } = b.one(targets);
    const target = b.known.find((v) => v.name === name) as Known;
    const fits = b.known.filter(
      (v) =>
        v !== target &&
        v.dtype === dtype &&
        v.shape.join() === shape.join() &&
        v.low >= domain[0] &&
        v.high <= domain[1],
    );
    if (fits.length > 0) b.assign(target, b.one(fits.reverse()));
    else if (dtype === b.dtype)
      b.assign(
        target,
        b.within(b.emit("mul", [target, b.constant(0.5, dtype)], {}, [domain[0] / 2, domain[1] / 2]), ...domain),
      );
  },
  state: (b) => {
    // A captured tensor that is read, changed and read again, such as a running mean.
    const x = b.float(-2, 2, ({ shape }) => shape.length > 0);
    const name = `s${b.inputs.length}`;
    b.inputs.push({
      name,
      source: "captured",
      shape: x.shape,
      dtype: x.dtype,
      domain: [-2, 2],
      coarse: false,
      grad: false,
    });
    const state: Known = { name, shape: x.shape, dtype: x.dtype, low: -2, high: 2 };
    b.known.push(state);
    const kept = b.emit("mul", [state, b.constant(0.9, x.dtype)], {}, [-1.8, 1.8]);
    const added = b.emit("mul", [x, b.constant(0.1, x.dtype)], {}, [-0.2, 0.2]);
    const next = b.emit("add", [kept, added], {}, [-2, 2]);
    b.assign(state, next);
    if (b.pick(2) === 1) b.emit("add", [state, next], {}, [-4, 4]);
  },
  check: (b) => {
    const x = b.one(b.known.toReversed());
    if (x.dtype === "int32" && b.pick(3) === 2) b.check(x, [x.low, x.high - 1]);
    else b.check(x, [x.low - 1, x.high + 1]);
  },
  detach: (b) => {
    b.detach(b.float());
  },
  rand: (b) => {
    b.random("rand", b.shape());
  },
  randn: (b) => {
    b.random("randn", b.shape());
  },
  randint: (b) => {
    b.random("randint", b.shape());
  },
  dropout: (b) => {
    const x = b.float();
    const mask = b.emit("lt", [b.random("rand", x.shape), b.constant(0.7, b.dtype)], {}, [0, 1]);
    b.emit("where", [mask, x, b.constant(0, x.dtype)], {}, [Math.min(0, x.low), Math.max(0, x.high)]);
  },
  iota: (b) => {
    const shape = b.shape(1 + b.pick(3));
    const axis = b.pick(shape.length);
    b.emit("iota", [], { shape, axis, dtype: b.one([b.dtype, "int32"] as const) }, [0, Math.max(0, shape[axis]! - 1)]);
  },
  constant: (b) => {
    const shape = b.shape(1 + b.pick(2)).map((n) => Math.min(n, 9));
    const size = sizeOf(shape);
    const equal = b.pick(3) === 2;
    const data = Array.from({ length: size }, (_, i) => (equal ? 1.5 : ((i * 7) % 11) / 4 - 1));
    if (size > 0) b.constants(data, shape, b.dtype);
  },
};
