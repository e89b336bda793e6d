import { type Shape, stridesOf } from "../shape.ts";
import type { AttrsOf } from "./primitive.ts";

/** Where the elements of a result lie in the tensor that it is taken from: a stride for each axis, from `offset` on. */
export interface View {
  readonly offset: number;
  readonly strides: readonly number[];
}

type Viewing = "permute" | "slice" | "flip" | "windows";

/** What is seen of a row-major tensor of `shape` by the primitives that only look at it in another way. */
export const views: { readonly [P in Viewing]: (shape: Shape, attrs: AttrsOf<P>) => View } = {
  permute: (shape, { axes }) => {
    const strides = stridesOf(shape);
    return { offset: 0, strides: axes.map((axis) => strides[axis]!) };
  },
  slice: (shape, { start, step }) => {
    const strides = stridesOf(shape);
    return {
      offset: strides.reduce((at, stride, axis) => at + stride * start[axis]!, 0),
      strides: strides.map((stride, axis) => stride * step[axis]!),
    };
  },
  flip: (shape, { axes }) => {
    const strides = stridesOf(shape);
    let offset = 0;
    for (const axis of axes) {
      offset += strides[axis]! * (shape[axis]! - 1);
      strides[axis] = -strides[axis]!;
    }
    return { offset, strides };
  },
  windows: (shape, { axes, stride, dilation }) => {
    const own = stridesOf(shape);
    const inner = axes.map((axis, k) => own[axis]! * dilation[k]!);
    axes.forEach((axis, k) => (own[axis] = own[axis]! * stride[k]!));
    return { offset: 0, strides: [...own, ...inner] };
  },
};

/** Where `pad` puts the elements of its input in a result of `shape`. */
export function padView(shape: Shape, { low, interior }: AttrsOf<"pad">): View {
  const strides = stridesOf(shape);
  return {
    offset: strides.reduce((at, stride, axis) => at + stride * low[axis]!, 0),
    strides: strides.map((stride, axis) => stride * (interior[axis]! + 1)),
  };
}
