import { dtypes, fromTotals } from "../dtype.ts";
import { DTypeError, ShapeError, ValueError } from "../errors.ts";
import { formatShape, sameShape, type Shape, sizeOf } from "../shape.ts";
import type { FoldWindowsAttrs, Primitive, WindowsAttrs } from "./primitive.ts";
import { forEachRow, gatherStrided } from "./strided-copy.ts";
import { views } from "./views.ts";

function windowsShape(fn: string, shape: Shape, { axes, size, stride, dilation }: WindowsAttrs): number[] {
  const counts = [...shape];
  axes.forEach((axis, k) => {
    const [n, by, gap] = [size[k]!, stride[k]!, dilation[k]!];
    if (![n, by, gap].every((v) => Number.isInteger(v) && v >= 1)) {
      throw new ValueError(
        `${fn}: expected whole size, stride and dilation of at least 1, got ${n}, ${by} and ${gap}.`,
      );
    }
    const span = (n - 1) * gap + 1;
    const extent = shape[axis]!;
    if (span > extent) {
      throw new ShapeError(
        `${fn}: expected an extent of at least ${span} at axis ${axis}, got shape ${formatShape(shape)}.`,
      );
    }
    counts[axis] = Math.floor((extent - span) / by) + 1;
  });
  return [...counts, ...size];
}

/** Sliding windows: `[N, C, H, W]` over axes 2 and 3 gives `[N, C, H', W', kH, kW]`. */
export const windows: Primitive<WindowsAttrs> = {
  infer: (inputs, attrs) => {
    const { shape, dtype } = inputs[0]!;
    return [{ shape: windowsShape("windows", shape, attrs), dtype }];
  },
  evaluate: (inputs, attrs, outputs) => {
    const { data, shape } = inputs[0]!;
    return [gatherStrided(data, views.windows(shape, attrs), outputs[0]!.shape)];
  },
};

/** The adjoint of {@link windows}: every window element is added where it was taken from. */
export const foldWindows: Primitive<FoldWindowsAttrs> = {
  infer: (inputs, attrs) => {
    const { shape, dtype } = inputs[0]!;
    if (dtype === "bool") throw new DTypeError("foldWindows: expected numbers, got bool.");
    const expected = windowsShape("foldWindows", attrs.shape, attrs);
    if (!sameShape(shape, expected)) {
      throw new ShapeError(`foldWindows: expected shape ${formatShape(expected)}, got ${formatShape(shape)}.`);
    }
    return [{ shape: attrs.shape, dtype }];
  },
  evaluate: (inputs, attrs) => {
    const { data, shape, dtype } = inputs[0]!;
    const { strides } = views.windows(attrs.shape, attrs);
    const n = shape.at(-1) ?? 1;
    const step = strides.at(-1) ?? 0;
    // Each sum of int32 wraps where it is stored.
    const totals = new dtypes[dtype].totals(sizeOf(attrs.shape));
    forEachRow(shape, 0, strides, (to, row) => {
      let i = row * n;
      for (const end = i + n; i < end; i++, to += step) totals[to] = totals[to]! + data[i]!;
    });
    return [fromTotals(dtype, totals)];
  },
};
