import type { Known, ProgramBuilder } from "./builder.ts";
import { most, type Rule } from "./rule.ts";

/** Products of matrices, and access by index. */
export const contractionRules: Readonly<Record<string, Rule>> = {
  matmul: (b) => {
    const x = b.float(-30, 30, ({ shape }) => shape.length >= 2);
    const a = x.shape.length >= 2 ? x : b.fresh(b.shape(2));
    const transposeA = b.pick(3) === 2;
    const transposeB = b.pick(3) === 2;
    const k = a.shape.at(transposeA ? -2 : -1)!;
    const n = Math.min(b.extent(), 70);
    const stack = a.shape.slice(0, -2);
    const shared =
      b.pick(3) === 2
        ? []
        : stack.map((extent) => (extent === 1 && b.pick(2) === 1 ? 3 : b.pick(3) === 2 ? 1 : extent));
    const matrix = transposeB ? [n, k] : [k, n];
    const other = b.value(
      (v) =>
        v.dtype === a.dtype &&
        v.shape.length >= 2 &&
        v.shape.at(transposeB ? -1 : -2) === k &&
        v.shape.slice(0, -2).join() === shared.join(),
      () => b.fresh([...shared, ...matrix], a.dtype),
    );
    const y = b.within(b.pick(3) === 2 ? b.fresh([...shared, ...matrix], a.dtype) : other, -30, 30);
    const bound = most(a) * most(y) * Math.max(1, k);
    b.emit("matmul", [a, y], { transposeA, transposeB }, [-bound, bound]);
  },
  linear: (b) => {
    const x = b.float(-10, 10, ({ shape }) => shape.length >= 2);
    if (x.shape.length < 2) return;
    const n = Math.min(b.extent(), 70);
    const k = x.shape.at(-1)!;
    const w = b.fresh([n, k]);
    const product = b.emit("matmul", [x, w], { transposeA: false, transposeB: true }, [-20 * k, 20 * k]);
    b.emit("add", [product, b.fresh([n])], {}, [-20 * k - 2, 20 * k + 2]);
  },
  convolution: (b) => {
    const x = b.ofShape([1 + b.pick(2), 1 + b.pick(3), 3 + b.pick(4), 3 + b.pick(4)], b.dtype, -10, 10);
    const [n, c] = x.shape as [number, number];
    const attrs = { axes: [2, 3], size: [2 + b.pick(2), 1 + b.pick(3)], stride: [1 + b.pick(2), 1], dilation: [1, 1] };
    const taken = b.emit("windows", [x], attrs, [x.low, x.high]);
    const [h, w] = taken.shape.slice(2, 4) as [number, number];
    const area = c * attrs.size[0]! * attrs.size[1]!;
    const rows = b.emit("permute", [taken], { axes: [0, 2, 3, 1, 4, 5] }, [x.low, x.high]);
    const flat = b.emit("reshape", [rows], { shape: [n * h * w, area] }, [x.low, x.high]);
    const weight = b.fresh([1 + b.pick(5), area]);
    b.emit("matmul", [flat, weight], { transposeA: false, transposeB: true }, [-20 * area, 20 * area]);
  },
  gather: (b) => {
    const x = b.value(
      (v) => v.shape.length > 0 && !v.shape.includes(0),
      () => b.fresh([4, 3]),
    );
    const axis = b.pick(x.shape.length);
    b.emit("gather", [x, indexFor(b, x, axis)], { axis }, [x.low, x.high]);
  },
  segments: (b) => {
    const x = b.float(-30, 30, ({ shape }) => shape.length > 0 && !shape.includes(0));
    if (x.shape.length === 0 || x.shape.includes(0)) return;
    const [n = 1, ...rest] = x.shape;
    // Not every segment has members, and none may have.
    const count = b.one([3, n, 1, 40]);
    const top = Math.min(count - 1, b.one([count - 1, 1, 0]));
    const segment = b.fresh([n], "int32", [0, top]);
    const column = b.emit("reshape", [segment], { shape: [n, ...rest.map(() => 1)] }, [0, top]);
    const index = b.emit("broadcastTo", [column], { shape: [...x.shape] }, [0, top]);
    const none = b.emit("broadcastTo", [b.constant(0, x.dtype)], { shape: [count, ...rest] }, [0, 0]);
    const terms = b.one([x, b.emit("sin", [x], {}, [-1, 1])]);
    const bound = most(terms) * n;
    const sums = b.emit("scatterAdd", [none, index, terms], { axis: 0 }, [-bound, bound]);
    const means = b.emit("div", [sums, b.constant(n, x.dtype)], {}, [-most(terms), most(terms)]);
    // Some sums are also read as they are.
    const given = b.emit("gather", [b.one([means, means, sums]), index], { axis: 0 }, [-bound, bound]);
    const squashed = b.emit("sigmoid", [b.emit("neg", [given], {}, [-bound, bound])], {}, [0, 1]);
    const centred = b.emit("sub", [x, given], {}, [x.low - bound, x.high + bound]);
    b.emit("mul", [centred, squashed], {}, [x.low - bound, x.high + bound]);
  },
  maxima: (b) => {
    const x = b.value(
      (v) => v.dtype !== "bool" && v.shape.length > 0 && !v.shape.includes(0),
      () => b.fresh([4, 6]),
    );
    const rank = 1 + b.pick(Math.min(3, x.shape.length));
    const extents = x.shape.slice(-rank);
    const size = extents.map((extent) => 1 + b.pick(Math.min(4, extent)));
    const margins = size.map((n): [number, number] => [b.pick(n), b.pick(n)]);
    const attrs = { size, stride: size.map((n) => b.one([n, 1 + b.pick(3)])), dilation: size.map(() => 1), margins };
    const y = b.one([x, b.ofShape(x.shape, b.dtype, -30, 30)]);
    const taken = b.emit("gatherMaxima", [x, y], attrs, [y.low, y.high]);
    if (taken.dtype === "bool") return;
    const bound = most(taken) * size.reduce((product, n) => product * n, 1);
    b.emit("scatterMaxima", [x, taken], attrs, [-bound, bound]);
  },
  scatterAdd: (b) => {
    const x = b.value(
      (v) => v.dtype !== "bool" && v.shape.length > 0 && !v.shape.includes(0) && most(v) < 1000,
      () => b.fresh([4, 3]),
    );
    const axis = b.pick(x.shape.length);
    const index = indexFor(b, x, axis);
    const source = b.ofShape(index.shape, x.dtype, -30, 30);
    const bound = most(x) + most(source) * Math.max(1, index.shape[axis]!);
    b.emit("scatterAdd", [x, index, source], { axis }, [-bound, bound]);
  },
};

function indexFor(b: ProgramBuilder, { shape }: Known, axis: number): Known {
  const count = b.one([1, 2, 3, 5]);
  const index = shape.map((extent, a) => (a === axis ? count : b.pick(4) === 3 ? Math.max(1, extent - 1) : extent));
  const top = shape[axis]! - 1;
  return b.value(
    (v) =>
      v.dtype === "int32" &&
      v.low >= 0 &&
      v.high <= top &&
      v.shape.length === shape.length &&
      !v.shape.includes(0) &&
      v.shape.every((n, a) => a === axis || n <= shape[a]!),
    () => b.fresh(index, "int32", [0, top]),
  );
}
