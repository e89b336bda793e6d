import type { NodeCall } from "./node-call.ts";

/** A pair of numbers for each end of an axis. */
export type Margins = readonly (readonly [low: number, high: number])[];

/** How a window slides over the spatial axes. */
export interface Sliding {
  readonly size: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** What is added before and after each axis. */
  readonly margins: Margins;
}

/** The attributes that convolution and pooling share; `auto_pad` is resolved against the extents. */
export function slidingOf(call: NodeCall, extents: readonly number[], kernel?: readonly number[]): Sliding {
  const rank = extents.length;
  const each = (name: string): number[] => perAxis(call, name, rank);
  const size = kernel ?? perAxis(call, "kernel_shape", rank, Number.NaN);
  const [stride, dilation] = [each("strides"), each("dilations")];
  const span = size.map((n, k) => (n - 1) * dilation[k]! + 1);
  const auto = call.word("auto_pad", ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"], "NOTSET");
  const margins = ((): Margins => {
    if (auto === "NOTSET") return pads(call, rank);
    if (auto === "VALID") return extents.map(() => [0, 0]);
    return extents.map((extent, k) => {
      const by = stride[k]!;
      const positions = Math.ceil(extent / by);
      return halves(Math.max((positions - 1) * by + span[k]! - extent, 0), auto === "SAME_UPPER");
    });
  })();
  return { size, stride, dilation, margins };
}

/** `total` in two halves, the odd one at the end or at the start. */
export function halves(total: number, oddAtEnd: boolean): readonly [number, number] {
  const [less, more] = [Math.floor(total / 2), Math.ceil(total / 2)];
  return oddAtEnd ? [less, more] : [more, less];
}

/** A number for each spatial axis, 1 unless given. */
export function perAxis(call: NodeCall, name: string, rank: number, standard = 1): number[] {
  const values = call.ints(name) ?? Array.from({ length: rank }, () => standard);
  if (values.length !== rank || !values.every(Number.isSafeInteger)) {
    call.fail(`attribute.${name}`, `expected ${rank} integers, got [${values.join()}]`);
  }
  return values;
}

/** The attribute `pads`: all starts, then all ends. */
export function pads(call: NodeCall, rank: number): Margins {
  const values = call.ints("pads") ?? Array.from({ length: 2 * rank }, () => 0);
  if (values.length !== 2 * rank) call.fail("attribute.pads", `expected ${2 * rank} integers, got ${values.length}`);
  return Array.from({ length: rank }, (_, k) => [values[k]!, values[rank + k]!]);
}

/** The margins as one padding for each axis, if both ends are alike and at most half a window; undefined otherwise. */
export function asPadding({ margins, size, dilation }: Sliding): number[] | undefined {
  const fits = margins.every(([low, high], k) => {
    const span = (size[k]! - 1) * dilation[k]! + 1;
    return low === high && low >= 0 && 2 * low <= span;
  });
  return fits ? margins.map(([low]) => low) : undefined;
}

/** Throws if all windows over `[N, C, ...spatial]` together, or the margins, have too many elements. */
export function checkWindows(call: NodeCall, [n = 1, c = 1, ...extents]: readonly number[], sliding: Sliding): void {
  const { size, stride, dilation, margins } = sliding;
  const wide = margins.map(([low, high], k) => Math.max(extents[k]! + low + high, 0));
  call.extents("attribute.pads", [n, c, ...wide]);
  if ([...stride, ...dilation, ...size].some((value) => value < 1)) {
    call.fail("attribute.kernel_shape", "expected extents, strides and dilations of at least 1");
  }
  const positions = wide.map((extent, k) => {
    const span = (size[k]! - 1) * dilation[k]! + 1;
    return Math.max(Math.floor((extent - span) / stride[k]!) + 1, 0);
  });
  call.windows("attribute.kernel_shape", [n, c, ...size, ...positions]);
}
