import { sizeOf } from "@tapegrad/tensor/internal";
import type { Known, ProgramBuilder } from "./builder.ts";
import { most, type Rule } from "./rule.ts";

const anyValue = (b: ProgramBuilder, ndim = 0): Known =>
  b.value(
    ({ shape }) => shape.length >= ndim,
    () => b.fresh(b.shape(Math.max(ndim, 2))),
  );

function permutation(b: ProgramBuilder, n: number): number[] {
  const axes = Array.from({ length: n }, (_, axis) => axis);
  for (let i = n - 1; i > 0; i--) {
    const j = i - b.pick(i + 1);
    [axes[i], axes[j]] = [axes[j]!, axes[i]!];
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
    if (how === 0 && extent !== undefined && at + 1 < next.length) next.splice(at, 2, extent * next[at + 1]!);
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
  const size = axes.map((axis) => 1 + b.pick(Math.min(3, shape[axis]!)));
  const stride = axes.map(() => 1 + b.pick(3));
  const dilation = axes.map((axis, k) => {
    const n = size[k]!;
    return n > 1 ? 1 + b.pick(Math.floor((shape[axis]! - 1) / (n - 1))) : 1;
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
      const room = Math.ceil((extent - start[axis]!) / step[axis]!);
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
        (v) =>
          v.dtype === x.dtype &&
          v.shape.length === x.shape.length &&
          v.shape.every((n, a) => a === axis || n === x.shape[a]),
        () => x,
      ),
    );
    const parts = b.pick(2) === 0 ? [x, ...rest] : [...rest, x];
    b.emit("concat", parts, { axis }, [
      Math.min(...parts.map(({ low }) => low)),
      Math.max(...parts.map(({ high }) => high)),
    ]);
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
