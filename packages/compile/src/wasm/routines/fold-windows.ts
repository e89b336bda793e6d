import { type Expr, i32, type FunctionBuilder, type Local, type Operand } from "@tapegrad/simd";
import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import { bytesOf, elements, isRounded, narrowSums, type SumCode } from "../elements.ts";
import { fewTerms } from "../precision/wide-sum.ts";
import { addLine, clearTotals, roundTotals } from "./accumulate.ts";
import { routineCode, type RoutineEmitter } from "./routine-code.ts";

/** One of the two indices that make up a position: the window's, or that inside of it. */
interface Digit {
  readonly count: number;
  /** How far it moves in the result, in positions. */
  readonly step: number;
  /** How far it moves in the operand, in elements. */
  readonly stride: number;
}

interface Axis {
  readonly extent: number;
  /** Elements of the operand per position, where there are no windows. */
  readonly stride: number;
  readonly digits: readonly [Digit, Digit] | undefined;
}

/**
 * Row by row of the result: everything that windows add to a row is added up, in float64 unless the terms are few, then rounded
 * once. Lines that would overlap have totals of their own: what is stored at one place and loaded a little beside it waits.
 */
export const foldWindows: RoutineEmitter = ({ operation, views }) => {
  const out = operation.outputs[0]!;
  const { dtype, shape } = out;
  if (elements[dtype].sums === undefined || shape.length === 0) return undefined;
  const attrs = attrsOf(operation, "foldWindows");
  const y = views[0]!;
  const axes = shape.map((extent, axis): Axis => {
    const k = attrs.axes.indexOf(axis);
    const stride = y.strides[axis]!;
    if (k < 0) return { extent, stride, digits: undefined };
    const at = { count: y.shape[axis]!, step: attrs.stride[k]!, stride };
    const inside = {
      count: attrs.size[k]!,
      step: attrs.dilation[k]!,
      stride: y.strides[shape.length + k]!,
    };
    return { extent, stride, digits: at.count < inside.count ? [at, inside] : [inside, at] };
  });
  const row = shape.at(-1)!;
  const sums = isRounded(dtype) && sizeOf(attrs.size) <= fewTerms ? narrowSums : elements[dtype].sums;
  const rows = new RowAdder(sums, axes);
  // Of a single line in the dtype itself the totals are the result.
  const isApart = rows.lines > 1 || sums.total !== dtype;
  const ownBytes = isApart ? rows.lines * row * bytesOf(sums.total) : 0;
  return routineCode(
    [
      {
        items: shape.length > 1 ? shape[0]! : 1,
        emit: ({ f, addressOf, own, from, to }) => {
          if (sizeOf(shape) === 0) return;
          const source = f.local("i32", addressOf(y.base) + y.offset * bytesOf(dtype));
          const range = { from, to };
          forEachRow(f, shape, addressOf(out), bytesOf(dtype), range, (target, index) => {
            const totals = isApart ? f.local("i32", own) : target;
            clearTotals(f, totals, rows.lines * row * bytesOf(sums.total));
            rows.add(f, 0, source, index, totals);
            if (isApart) roundTotals(f, sums, target, totals, row, rows.lines);
          });
        },
      },
    ],
    { ownBytes },
  );
};

/** Calls `visit` with the address of each row and its position along the axes before the last. */
function forEachRow(
  f: FunctionBuilder<"void">,
  shape: readonly number[],
  address: number,
  bytes: number,
  range: { readonly from: Operand<"i32">; readonly to: Operand<"i32"> },
  visit: (row: Local<"i32">, index: readonly Expr<"i32">[]) => void,
): void {
  const strides = stridesOf(shape);
  const level = (axis: number, at: Expr<"i32">, index: readonly Expr<"i32">[]): void => {
    if (axis === shape.length - 1) {
      visit(f.let(at), index);
      return;
    }
    f.for(axis === 0 ? range : { to: shape[axis]! }, (i) => {
      const next = i32.add(at, i32.mul(i, strides[axis]! * bytes));
      level(axis + 1, f.let(next), [...index, i]);
    });
  };
  level(0, i32.const(address), []);
}

/** Lines of more totals are not worth adding up. */
const mostLines = 16;

class RowAdder {
  /** How many lines of totals there are, each as long as a row. */
  readonly lines: number;
  readonly #sums: SumCode;
  readonly #axes: readonly Axis[];
  readonly #bytes: number;
  /** The two digits of the last axis. */
  readonly #nest: readonly [outer: Digit, inner: Digit] | undefined;

  constructor(sums: SumCode, axes: readonly Axis[]) {
    this.#sums = sums;
    this.#axes = axes;
    this.#bytes = bytesOf(sums.dtype);
    const { digits } = axes.at(-1)!;
    this.#nest = digits && nested(digits);
    this.lines = this.#nest === undefined ? 1 : linesOf(this.#nest);
  }

  /** Adds everything that falls on the row at this position of the axes before the last. */
  add(
    f: FunctionBuilder<"void">,
    axis: number,
    source: Expr<"i32">,
    index: readonly Expr<"i32">[],
    totals: Expr<"i32">,
  ): void {
    const { digits, stride } = this.#axes[axis]!;
    const position = index[axis];
    if (position === undefined) {
      this.#line(f, source, totals);
      return;
    }
    if (digits === undefined) {
      this.add(f, axis + 1, f.let(i32.add(source, i32.mul(position, stride * this.#bytes))), index, totals);
      return;
    }
    // One digit is tried, the other follows.
    const [tried, other] = digits;
    f.for({ to: tried.count }, (i) => {
      const rest = f.let(i32.sub(position, i32.mul(i, tried.step)));
      const isInside = i32.ltU(rest, other.count * other.step);
      const divides = i32.eqz(i32.remU(rest, other.step));
      f.if(other.step === 1 ? isInside : i32.and(isInside, divides), () => {
        const j = other.step === 1 ? rest : i32.divU(rest, other.step);
        const moved = i32.add(i32.mul(i, tried.stride * this.#bytes), i32.mul(j, other.stride * this.#bytes));
        this.add(f, axis + 1, f.let(i32.add(source, moved)), index, totals);
      });
    });
  }

  #line(f: FunctionBuilder<"void">, source: Expr<"i32">, totals: Expr<"i32">): void {
    const { extent, stride } = this.#axes.at(-1)!;
    const size = bytesOf(this.#sums.total);
    if (this.#nest === undefined) {
      addLine(f, this.#sums, { address: totals, step: 1 }, { address: source, step: stride }, extent);
      return;
    }
    const [outer, inner] = this.#nest;
    const step = (outer.step + (this.lines > 1 ? extent : 0)) * size;
    f.for({ to: outer.count }, (i) => {
      const to = i32.add(totals, i32.mul(i, step));
      const from = i32.add(source, i32.mul(i, outer.stride * this.#bytes));
      const line = { address: from, step: inner.stride };
      addLine(f, this.#sums, { address: to, step: inner.step }, line, inner.count);
    });
  }
}

/** The inner loop is the one that vectors serve best, then the longer one. */
function nested([short, long]: readonly [Digit, Digit]): readonly [outer: Digit, inner: Digit] {
  const worth = ({ step, stride: gap, count }: Digit): number =>
    (step === 1 && count >= 4 ? 2 : 0) + (gap === 1 && count >= 4 ? 1 : 0);
  return worth(short) > worth(long) ? [long, short] : [short, long];
}

/** A line for each turn of the outer loop, if those that vectors add to would overlap. */
function linesOf([outer, inner]: readonly [outer: Digit, inner: Digit]): number {
  const overlap = inner.step === 1 && inner.count >= 4 && outer.step < inner.count;
  return overlap && outer.count <= mostLines ? outer.count : 1;
}
