import type { AttrsOf, SoftmaxSignatures } from "@tapegrad/tensor/internal";
import { at, build, fiber, type Nd } from "../nd.ts";
import { type Case, drawn, type Entries, given } from "./case.ts";

const shares = (x: Nd, { axes, masked }: AttrsOf<"softmax">): Nd =>
  build(x.shape, (position) => {
    const elements = fiber(x, position, axes);
    const peak = Math.max(...elements);
    const total = elements.reduce((sum, e) => sum + Math.exp(e - peak), 0);
    return masked && peak === -Infinity ? 0 : Math.exp(at(x, position) - peak) / total;
  });

/** Shares of what a mask has not hidden. */
const shown = (x: Nd, attrs: AttrsOf<"softmax">): Nd => {
  const all = shares(x, attrs);
  return { ...all, data: all.data.map((share, i) => (attrs.masked && x.data[i] === -Infinity ? 0 : share)) };
};

const logs = (shared: Nd): Nd => ({ shape: shared.shape, data: shared.data.map(Math.log) });

const hidden = [1, -Infinity, 0.5, -Infinity, -Infinity, -Infinity];

const cases: readonly Case<AttrsOf<"softmax">>[] = [
  { attrs: { axes: [0], masked: false }, inputs: [drawn(6)] },
  { attrs: { axes: [1], masked: false }, inputs: [drawn(3, 4)] },
  { attrs: { axes: [0], masked: false }, inputs: [drawn(4, 3)] },
  { attrs: { axes: [1], masked: true }, inputs: [drawn(2, 3, 2)] },
  { attrs: { axes: [0, 2], masked: false }, inputs: [drawn(2, 3, 2)] },
  { attrs: { axes: [1, 2], masked: true }, inputs: [drawn(2, 2, 3)] },
  { attrs: { axes: [], masked: false }, inputs: [drawn(2, 2)] },
  { attrs: { axes: [], masked: false }, inputs: [drawn()] },
  { attrs: { axes: [1], masked: false }, inputs: [drawn(3, 1)] },
  { attrs: { axes: [1], masked: false }, inputs: [drawn(0, 3)] },
  { attrs: { axes: [1], masked: true }, inputs: [drawn(3, 0)] },
  { attrs: { axes: [1], masked: false }, inputs: [given([2, 3], hidden)], smooth: false },
  { attrs: { axes: [1], masked: true }, inputs: [given([2, 3], hidden)], smooth: false },
  {
    attrs: { axes: [1], masked: true },
    inputs: [given([2, 3], [1, -Infinity, NaN, -Infinity, Infinity, 2])],
    smooth: false,
  },
  { attrs: { axes: [0], masked: false }, inputs: [given([3, 2], [1, NaN, 2, 0, Infinity, 0])], smooth: false },
];

export const softmaxCases: Entries<keyof SoftmaxSignatures> = {
  softmax: { reference: ([x], attrs) => [shown(x!, attrs)], cases },
  logSoftmax: { reference: ([x], attrs) => [logs(shares(x!, attrs))], cases },
};
