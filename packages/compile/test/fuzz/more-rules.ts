import { sizeOf } from "@tapegrad/tensor";
import type { Known, ProgramBuilder } from "./builder.ts";
import type { Rule } from "./rules.ts";

const anyValue = (b: ProgramBuilder, ndim = 0): Known =>
  b.value(({ shape }) => shape.length >= ndim, () => b.fresh(b.shape(Math.max(ndim, 2))));
const most = (x: Known): number => Math.max(Math.abs(x.low), Math.abs(x.high));

function permutation(b: ProgramBuilder, n: number): number[] {
  const axes = Array.from({ length: n }, (_, axis) => axis);
  for (let i = n - 1; i > 0; i--) {
    const j = i - b.pick(i + 1);
    [axes[i], axes[j]] = [axes[j] as number, axes[i] as number];
  }
  return axes;
}

/** Another shape of as many elements: axes are split, joined, and axes of extent 1 come and go. */
function reshaped(b: ProgramBuilder, shape: readonly number[]): number[] {
  const next = shape.filter((extent) => extent !== 1 || b.pick(2) === 0);
  for (let times = b.pick(3); times >= 0; times--) {
    const at = b.pick(next.length + 1);
    const how = b.pick(3);
    const extent = next[at];
    if (how === 0 && extent !== undefined && at + 1 < next.length) next.splice(at, 2, extent * (next[at + 1] as number));
    else if (how === 1 && extent !== undefined && extent > 1) {
      const factor = [2, 3, 5, 7, 11, 17].find((p) => extent % p === 0) ?? extent;
      next.splice(at, 1, ...(b.pick(2) === 0 ? [factor, extent / factor] : [extent / factor, factor]));
    } else next.splice(at, 0, 1);
  }
  return next;
}

interface WindowsShape {
  readonly axes: number[];
  readonly size: number[];
  readonly stride: number[];
  readonly dilation: number[];
}

function windowsOf(b: ProgramBuilder, shape: readonly number[]): WindowsShape {
  const axes = shape.flatMap((extent, axis) => (extent > 0 && b.pick(3) < 2 ? [axis] : []));
  const size = axes.map((axis) => 1 + b.pick(Math.min(3, shape[axis] as number)));
  const stride = axes.map(() => 1 + b.pick(3));
  const dilation = axes.map((axis, k) => {
    const n = size[k] as number;
    return n > 1 ? 1 + b.pick(Math.floor(((shape[axis] as number) - 1) / (n - 1))) : 1;
  });
  return { axes, size, stride, dilation };
}

/** Movement of elements. */
export const movementRules: Readonly<Record<string, Rule>> = {
  reshape: (b) => {
    const x = anyValue(b);
    const shape = reshaped(b, x.shape);
    if (shape.length <= 6) b.emit("reshape", [x], { shape }, [x.low, x.high]);
  },
  permute: (b) => {
    const x = anyValue(b, 2);
    b.emit("permute", [x], { axes: permutation(b, x.shape.length) }, [x.low, x.high]);
  },
  broadcastTo: (b) => {
    const x = anyValue(b);
    const front = Array.from({ length: b.pick(2) }, () => 1 + b.pick(4));
    const shape = [...front, ...x.shape.map((extent) => (extent === 1 && b.pick(3) < 2 ? 1 + b.pick(9) : extent))];
    if (sizeOf(shape) <= 2000 && shape.length <= 5) b.emit("broadcastTo", [x], { shape }, [x.low, x.high]);
  },
  slice: (b) => {
    const x = anyValue(b, 1);
    const start = x.shape.map((extent) => b.pick(Math.max(1, extent)));
    const step = x.shape.map(() => b.one([1, 1, 2, 3]));
    const size = x.shape.map((extent, axis) => {
      if (extent === 0) return 0;
      const room = Math.ceil((extent - (start[axis] as number)) / (step[axis] as number));
      return Math.max(1, room - b.pick(room));
    });
    b.emit("slice", [x], { start, size, step }, [x.low, x.high]);
  },
  flip: (b) => {
    const x = anyValue(b, 1);
    const axes = x.shape.flatMap((_, axis) => (b.pick(2) === 0 ? [axis] : []));
    b.emit("flip", [x], { axes }, [x.low, x.high]);
  },
  pad: (b) => {
    const x = anyValue(b, 1);
    const low = x.shape.map(() => b.pick(3));
    const high = x.shape.map(() => b.pick(3));
    const interior = x.shape.map(() => b.one([0, 0, 1, 2]));
    const value = x.dtype === "bool" ? b.pick(2) : b.one([0, 1, -2]);
    b.emit("pad", [x], { low, high, interior, value }, [Math.min(x.low, value), Math.max(x.high, value)]);
  },
  concat: (b) => {
    const x = anyValue(b, 1);
    const axis = b.pick(x.shape.length);
    const rest = Array.from({ length: 1 + b.pick(2) }, () =>
      b.value(
        (v) => v.dtype === x.dtype && v.shape.length === x.shape.length && v.shape.every((n, a) => a === axis || n === x.shape[a]),
        () => x,
      ),
    );
    const parts = b.pick(2) === 0 ? [x, ...rest] : [...rest, x];
    b.emit("concat", parts, { axis }, [Math.min(...parts.map(({ low }) => low)), Math.max(...parts.map(({ high }) => high))]);
  },
  windows: (b) => {
    const x = anyValue(b, 1);
    if (x.shape.length <= 4) b.emit("windows", [x], windowsOf(b, x.shape), [x.low, x.high]);
  },
  foldWindows: (b) => {
    const to = b.float(-30, 30, ({ shape }) => shape.length >= 1 && shape.length <= 3);
    if (to.shape.length === 0 || to.shape.length > 3) return;
    const attrs = windowsOf(b, to.shape);
    const taken = b.emit("windows", [to], attrs, [to.low, to.high]);
    const scaled = b.emit("mul", [taken, b.ofShape(taken.shape.slice(-1), taken.dtype, -2, 2)], {}, [-60, 60]);
    const bound = most(scaled) * attrs.size.reduce((n, size) => n * size, 1);
    if (scaled.shape.join() === taken.shape.join()) {
      b.emit("foldWindows", [scaled], { ...attrs, shape: to.shape }, [-bound, bound]);
    }
  },
};

/** Products of matrices, and access by index. */
export const contractionRules: Readonly<Record<string, Rule>> = {
  matmul: (b) => {
    const x = b.float(-30, 30, ({ shape }) => shape.length >= 2);
    const a = x.shape.length >= 2 ? x : b.fresh(b.shape(2));
    const transposeA = b.pick(3) === 2;
    const transposeB = b.pick(3) === 2;
    const k = a.shape.at(transposeA ? -2 : -1) as number;
    const n = b.extent();
    const stack = a.shape.slice(0, -2);
    const shared = b.pick(3) === 2 ? [] : stack.map((extent) => (extent === 1 && b.pick(2) === 1 ? 3 : b.pick(3) === 2 ? 1 : extent));
    const matrix = transposeB ? [n, k] : [k, n];
    const other = b.value(
      (v) => v.dtype === a.dtype && v.shape.length >= 2 && v.shape.at(transposeB ? -1 : -2) === k && v.shape.slice(0, -2).join() === shared.join(),
      () => b.fresh([...shared, ...matrix], a.dtype),
    );
    const y = b.within(b.pick(3) === 2 ? b.fresh([...shared, ...matrix], a.dtype) : other, -30, 30);
    const bound = most(a) * most(y) * Math.max(1, k);
    b.emit("matmul", [a, y], { transposeA, transposeB }, [-bound, bound]);
  },
  linear: (b) => {
    const x = b.float(-10, 10, ({ shape }) => shape.length >= 2);
    if (x.shape.length < 2) return;
    const n = b.extent();
    const k = x.shape.at(-1) as number;
    const w = b.fresh([n, k]);
    const product = b.emit("matmul", [x, w], { transposeA: false, transposeB: true }, [-20 * k, 20 * k]);
    if (product === x) return;
    b.emit("add", [product, b.fresh([n])], {}, [-20 * k - 2, 20 * k + 2]);
  },
  convolution: (b) => {
    const x = b.ofShape([1 + b.pick(2), 1 + b.pick(3), 3 + b.pick(4), 3 + b.pick(4)], b.dtype, -10, 10);
    const [n, c] = x.shape as [number, number];
    const attrs = { axes: [2, 3], size: [2 + b.pick(2), 1 + b.pick(3)], stride: [1 + b.pick(2), 1], dilation: [1, 1] };
    const taken = b.emit("windows", [x], attrs, [x.low, x.high]);
    const [h, w] = taken.shape.slice(2, 4) as [number, number];
    const area = c * (attrs.size[0] as number) * (attrs.size[1] as number);
    const rows = b.emit("permute", [taken], { axes: [0, 2, 3, 1, 4, 5] }, [x.low, x.high]);
    const flat = b.emit("reshape", [rows], { shape: [n * h * w, area] }, [x.low, x.high]);
    const weight = b.fresh([1 + b.pick(5), area]);
    b.emit("matmul", [flat, weight], { transposeA: false, transposeB: true }, [-20 * area, 20 * area]);
  },
  gather: (b) => {
    const x = b.value((v) => v.shape.length > 0 && !v.shape.includes(0), () => b.fresh([4, 3]));
    const axis = b.pick(x.shape.length);
    b.emit("gather", [x, indexFor(b, x, axis)], { axis }, [x.low, x.high]);
  },
  scatterAdd: (b) => {
    const x = b.value((v) => v.dtype !== "bool" && v.shape.length > 0 && !v.shape.includes(0) && most(v) < 1000, () => b.fresh([4, 3]));
    const axis = b.pick(x.shape.length);
    const index = indexFor(b, x, axis);
    const source = b.ofShape(index.shape, x.dtype, -30, 30);
    const bound = most(x) + most(source) * Math.max(1, index.shape[axis] as number);
    b.emit("scatterAdd", [x, index, source], { axis }, [-bound, bound]);
  },
};

function indexFor(b: ProgramBuilder, { shape }: Known, axis: number): Known {
  const count = b.one([1, 2, 3, 5]);
  const index = shape.map((extent, a) => (a === axis ? count : b.pick(4) === 3 ? Math.max(1, extent - 1) : extent));
  const top = (shape[axis] as number) - 1;
  return b.value(
    (v) =>
      v.dtype === "int32" && v.low >= 0 && v.high <= top && v.shape.length === shape.length && !v.shape.includes(0) &&
      v.shape.every((n, a) => a === axis || n <= (shape[a] as number)),
    () => b.fresh(index, "int32", [0, top]),
  );
}

/** State, random numbers and constants. */
export const stateRules: Readonly<Record<string, Rule>> = {
  assign: (b) => {
    const targets = b.inputs.filter(({ source, grad }) => source === "captured" && !grad);
    if (targets.length === 0) return;
    const { name, shape, dtype, domain } = b.one(targets);
    const target = b.known.find((v) => v.name === name) as Known;
    const fits = b.known.filter((v) => v !== target && v.dtype === dtype && v.shape.join() === shape.join() && v.low >= domain[0] && v.high <= domain[1]);
    if (fits.length > 0) b.assign(target, b.one(fits.reverse()));
    else if (dtype === b.dtype) b.assign(target, b.within(b.emit("mul", [target, b.constant(0.5, dtype)], {}, [domain[0] / 2, domain[1] / 2]), ...domain));
  },
  state: (b) => {
    // A captured tensor that is read, changed and read again, such as a running mean.
    const x = b.float(-2, 2, ({ shape }) => shape.length > 0);
    const name = `s${b.inputs.length}`;
    b.inputs.push({ name, source: "captured", shape: x.shape, dtype: x.dtype, domain: [-2, 2], coarse: false, grad: false });
    const state: Known = { name, shape: x.shape, dtype: x.dtype, low: -2, high: 2 };
    b.known.push(state);
    const kept = b.emit("mul", [state, b.constant(0.9, x.dtype)], {}, [-1.8, 1.8]);
    const added = b.emit("mul", [x, b.constant(0.1, x.dtype)], {}, [-0.2, 0.2]);
    const next = b.emit("add", [kept, added], {}, [-2, 2]);
    b.assign(state, next);
    if (b.pick(2) === 1) b.emit("add", [state, next], {}, [-4, 4]);
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
    b.emit("iota", [], { shape, axis, dtype: b.one([b.dtype, "int32"] as const) }, [0, Math.max(0, (shape[axis] as number) - 1)]);
  },
  constant: (b) => {
    const shape = b.shape(1 + b.pick(2)).map((n) => Math.min(n, 9));
    const size = sizeOf(shape);
    const equal = b.pick(3) === 2;
    const data = Array.from({ length: size }, (_, i) => (equal ? 1.5 : ((i * 7) % 11) / 4 - 1));
    if (size > 0) b.constants(data, shape, b.dtype);
  },
};
