import { type FunctionBuilder, i32, type Local, type Operand, select } from "@tapegrad/simd";
import { stridesOf } from "@tapegrad/tensor/internal";
import type { Digit, FoldAxis } from "./fold-axes.ts";

type F = FunctionBuilder<"void">;

/** The windows that cover a position of an axis: one digit is tried, the other follows. */
export interface FoldTaps {
  readonly digits: readonly [tried: Digit, other: Digit];
  readonly position: Local<"i32">;
  readonly from: Operand<"i32">;
  readonly to: Operand<"i32">;
}

/** A row of the result, and what its sums are made of. */
export interface FoldRow {
  readonly target: Local<"i32">;
  readonly source: Local<"i32">;
  readonly taps: readonly FoldTaps[];
}

/** Visits each row, for some of the positions along the first axis. */
export function forEachRow(
  f: F,
  axes: readonly FoldAxis[],
  bytes: number,
  range: { readonly from: Operand<"i32">; readonly to: Operand<"i32"> },
  start: Pick<FoldRow, "target" | "source">,
  visit: (row: FoldRow) => void,
): void {
  const strides = stridesOf(axes.map(({ extent }) => extent));
  const level = (k: number, row: FoldRow): void => {
    if (k === axes.length - 1) return visit(row);
    const { extent, stride, digits } = axes[k]!;
    f.for(k === 0 ? range : { to: extent }, (position) => {
      const target = f.let(i32.add(row.target, i32.mul(position, strides[k]! * bytes)));
      if (digits === undefined) {
        const source = f.let(i32.add(row.source, i32.mul(position, stride * bytes)));
        level(k + 1, { ...row, target, source });
      } else level(k + 1, { ...row, target, taps: [...row.taps, tapsAt(f, digits, extent, position)] });
    });
  };
  level(0, { ...start, taps: [] });
}

function tapsAt(f: F, digits: readonly [Digit, Digit], extent: number, position: Local<"i32">): FoldTaps {
  const [tried, other] = digits;
  const reach = (other.count - 1) * other.step;
  const beyond = i32.sub(position, reach);
  const first = i32.divU(i32.add(beyond, tried.step - 1), tried.step);
  const end = f.let(i32.add(i32.divU(position, tried.step), 1));
  return {
    digits,
    position,
    from: extent - 1 <= reach ? 0 : f.let(select(i32.gtS(beyond, 0), first, i32.const(0))),
    to: f.let(select(i32.ltS(end, tried.count), end, i32.const(tried.count))),
  };
}

/** Visits the operand where the windows that cover a row have it. */
export function forEachTap(
  f: F,
  taps: readonly FoldTaps[],
  bytes: number,
  source: Local<"i32">,
  visit: (source: Local<"i32">) => void,
): void {
  const level = (k: number, at: Local<"i32">): void => {
    const axis = taps[k];
    if (axis === undefined) return visit(at);
    const { digits: [tried, other], position, from, to } = axis; // prettier-ignore
    if (other.step === 1) {
      const move = (tried.stride - tried.step * other.stride) * bytes;
      const start = i32.add(i32.mul(position, other.stride * bytes), i32.mul(from, move));
      const next = f.let(i32.add(at, start));
      f.for({ from, to }, () => {
        level(k + 1, next);
        f.set(next, i32.add(next, move));
      });
      return;
    }
    f.for({ from, to }, (i) => {
      const rest = f.let(i32.sub(position, i32.mul(i, tried.step)));
      f.if(i32.eqz(i32.remU(rest, other.step)), () => {
        const moved = i32.mul(i32.divU(rest, other.step), other.stride * bytes);
        level(k + 1, f.let(i32.add(i32.add(at, i32.mul(i, tried.stride * bytes)), moved)));
      });
    });
  };
  level(0, source);
}
