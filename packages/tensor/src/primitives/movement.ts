import { allocate, toElement } from "../dtype.ts";
import { ShapeError, ValueError, DTypeError } from "../errors.ts";
import { broadcastShapes, checkShape, formatShape, sameShape, sizeOf } from "../shape.ts";
import { broadcastStrides } from "./broadcast-runs.ts";
import type { AxesAttrs, AxisAttrs, PadAttrs, Primitive, ShapeAttrs, SliceAttrs } from "./primitive.ts";
import { gatherStrided, scatterStrided } from "./strided-copy.ts";
import { padView, views } from "./views.ts";

export const reshape: Primitive<ShapeAttrs> = {
  infer: (inputs, { shape }) => {
    const x = inputs[0]!;
    checkShape("reshape", shape);
    if (sizeOf(shape) !== sizeOf(x.shape)) {
      throw new ShapeError(`reshape: expected a shape of ${sizeOf(x.shape)} elements, got ${formatShape(shape)}.`);
    }
    return [{ shape, dtype: x.dtype }];
  },
  evaluate: (inputs) => [inputs[0]!.data],
};

export const permute: Primitive<AxesAttrs> = {
  infer: (inputs, { axes }) => {
    const { shape, dtype } = inputs[0]!;
    return [{ shape: axes.map((axis) => shape[axis]!), dtype }];
  },
  evaluate: (inputs, attrs, outputs) => {
    const { data, shape } = inputs[0]!;
    return [gatherStrided(data, views.permute(shape, attrs), outputs[0]!.shape)];
  },
};

export const broadcastTo: Primitive<ShapeAttrs> = {
  infer: (inputs, { shape }) => {
    const x = inputs[0]!;
    checkShape("broadcastTo", shape);
    if (x.shape.length > shape.length || !sameShape(broadcastShapes("broadcastTo", x.shape, shape), shape)) {
      throw new ShapeError(
        `broadcastTo: expected a shape that broadcasts to ${formatShape(shape)}, got ${formatShape(x.shape)}.`,
      );
    }
    return [{ shape, dtype: x.dtype }];
  },
  evaluate: (inputs, { shape }) => {
    const x = inputs[0]!;
    return [gatherStrided(x.data, { offset: 0, strides: broadcastStrides(x.shape, shape) }, shape)];
  },
};

export const slice: Primitive<SliceAttrs> = {
  infer: (inputs, { start, size, step }) => {
    const { shape, dtype } = inputs[0]!;
    shape.forEach((extent, axis) => {
      const [from, n, by] = [start[axis]!, size[axis]!, step[axis]!];
      if (!(from >= 0 && n >= 0 && by >= 1 && (n === 0 || from + (n - 1) * by < extent))) {
        throw new ShapeError(
          `slice: expected positions below ${extent} at axis ${axis}, got ${n} from ${from} by ${by}.`,
        );
      }
    });
    return [{ shape: size, dtype }];
  },
  evaluate: (inputs, attrs) => {
    const { data, shape } = inputs[0]!;
    return [gatherStrided(data, views.slice(shape, attrs), attrs.size)];
  },
};

export const flip: Primitive<AxesAttrs> = {
  infer: (inputs) => {
    const { shape, dtype } = inputs[0]!;
    return [{ shape, dtype }];
  },
  evaluate: (inputs, attrs) => {
    const { data, shape } = inputs[0]!;
    return [gatherStrided(data, views.flip(shape, attrs), shape)];
  },
};

export const pad: Primitive<PadAttrs> = {
  infer: (inputs, { low, high, interior }) => {
    const { shape, dtype } = inputs[0]!;
    if ([...low, ...high, ...interior].some((width) => !Number.isInteger(width) || width < 0)) {
      throw new ValueError(
        `pad: expected whole widths of at least 0, got ${formatShape(low)} before and ${formatShape(high)} after.`,
      );
    }
    const padded = shape.map((extent, axis) => {
      const between = Math.max(extent - 1, 0) * interior[axis]!;
      return low[axis]! + extent + between + high[axis]!;
    });
    return [{ shape: padded, dtype }];
  },
  evaluate: (inputs, attrs, outputs) => {
    const x = inputs[0]!;
    const { value } = attrs;
    const { shape, dtype } = outputs[0]!;
    const out = allocate(dtype, sizeOf(shape));
    if (!Object.is(value, 0)) out.fill(toElement(value, dtype));
    scatterStrided(x.data, x.shape, out, padView(shape, attrs));
    return [out];
  },
};

export const concat: Primitive<AxisAttrs> = {
  infer: (inputs, { axis }) => {
    const first = inputs[0];
    if (first === undefined) throw new ValueError("cat: expected at least one tensor, got none.");
    let extent = 0;
    for (const { shape, dtype } of inputs) {
      if (dtype !== first.dtype) throw new DTypeError(`cat: expected equal dtypes, got ${first.dtype} and ${dtype}.`);
      const fits = shape.length === first.shape.length && shape.every((n, a) => a === axis || n === first.shape[a]);
      if (!fits) {
        throw new ShapeError(
          `cat: expected shapes that differ only at axis ${axis}, got ${formatShape(first.shape)} and ${formatShape(shape)}.`,
        );
      }
      extent += shape[axis]!;
    }
    return [{ shape: first.shape.map((n, a) => (a === axis ? extent : n)), dtype: first.dtype }];
  },
  evaluate: (inputs, { axis }, outputs) => {
    const { shape, dtype } = outputs[0]!;
    const out = allocate(dtype, sizeOf(shape));
    const outer = sizeOf(shape.slice(0, axis));
    const row = sizeOf(shape.slice(axis));
    let start = 0;
    for (const { data, shape: part } of inputs) {
      const chunk = sizeOf(part.slice(axis));
      for (let i = 0; i < outer; i++) out.set(data.subarray(i * chunk, (i + 1) * chunk), i * row + start);
      start += chunk;
    }
    return [out];
  },
};
