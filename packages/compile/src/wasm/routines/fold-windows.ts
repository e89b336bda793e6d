import { type Expr, i32, type FunctionBuilder, type Local, type Operand } from "@tapegrad/simd";
import { sizeOf, stridesOf } from "@tapegrad/tensor/internal";
import { attrsOf } from "../../graph/graph.ts";
import { bytesOf, elements, isRounded, type SumCode } from "../elements.ts";
import { addLine, roundTotals } from "./accumulate.ts";
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

/** Row by row of the result: everything that windows add to a row is added in float64, then rounded once. */
export const foldWindows: RoutineEmitter = ({ operation, views }) => {
  const out = operation.outputs[0]!;
  const { dtype, shape } = out;
  const { sums } = elements[dtype];
  if (sums === undefined || shape.length === 0) return undefined;
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
  return routineCode(
    [
      {
        items: shape.length > 1 ? shape[0]! : 1,
        emit: ({ f, addressOf, own, from, to }) => {
          if (sizeOf(shape) === 0) return;
          const rows = new RowAdder(f, sums, axes);
          const source = f.local("i32", addressOf(y.base) + y.offset * bytesOf(dtype));
          const range = { from, to };
          forEachRow(f, shape, addressOf(out), bytesOf(dtype), range, (target, index) => {
            const totals = isRounded(dtype) ? f.local("i32", own) : target;
            f.fillMemory(totals, 0, row * bytesOf(sums.total));
            rows.add(0, source, index, totals);
            if (isRounded(dtype)) roundTotals(f, sums, target, totals, row);
          });
        },
      },
    ],
    { ownBytes: isRounded(dtype) ? row * bytesOf(sums.total) : 0 },
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

class RowAdder {
  readonly #f: FunctionBuilder<"void">;
  readonly #sums: SumCode;
  readonly #axes: readonly Axis[];
  readonly #bytes: number;

  constructor(f: FunctionBuilder<"void">, sums: SumCode, axes: readonly Axis[]) {
    this.#f = f;
    this.#sums = sums;
    this.#axes = axes;
    this.#bytes = bytesOf(sums.dtype);
  }

  /** Adds everything that falls on the row at this position of the axes before the last. */
  add(axis: number, source: Expr<"i32">, index: readonly Expr<"i32">[], totals: Expr<"i32">): void {
    const f = this.#f;
    const { digits, stride } = this.#axes[axis]!;
    const position = index[axis];
    if (position === undefined) {
      this.#line(source, totals);
      return;
    }
    if (digits === undefined) {
      this.add(axis + 1, f.let(i32.add(source, i32.mul(position, stride * this.#bytes))), index, totals);
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
        this.add(axis + 1, f.let(i32.add(source, moved)), index, totals);
      });
    });
  }

  #line(source: Expr<"i32">, totals: Expr<"i32">): void {
    const { digits, extent, stride } = this.#axes.at(-1)!;
    const size = bytesOf(this.#sums.total);
    if (digits === undefined) {
      addLine(this.#f, this.#sums, { address: totals, step: 1 }, { address: source, step: stride }, extent);
      return;
    }
    // The inner loop is the one that vectors serve best, then the longer one.
    const worth = ({ step, stride: gap, count }: Digit): number =>
      (step === 1 && count >= 4 ? 2 : 0) + (gap === 1 && count >= 4 ? 1 : 0);
    const [short, long] = digits;
    const [outer, inner] = worth(short) > worth(long) ? [long, short] : [short, long];
    this.#f.for({ to: outer.count }, (i) => {
      const to = i32.add(totals, i32.mul(i, outer.step * size));
      const from = i32.add(source, i32.mul(i, outer.stride * this.#bytes));
      const line = { address: from, step: inner.stride };
      addLine(this.#f, this.#sums, { address: to, step: inner.step }, line, inner.count);
    });
  }
}
