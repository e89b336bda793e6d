import type { PrimitiveName } from "@tapegrad/tensor/internal";
import type { Known, ProgramBuilder } from "./builder.ts";
import { bool, broadcasts, counted, most, narrowed, partner, type Range, type Rule } from "./rule.ts";

function pair(b: ProgramBuilder, low: number, high: number, low2 = low, high2 = high): [Known, Known] {
  const x = b.float(low, high);
  const y = partner(b, x, low2, high2);
  return b.pick(3) === 2 && low === low2 && high === high2 ? [y, x] : [x, y];
}

const arithmetic =
  (
    name: PrimitiveName,
    range: (x: Known, y: Known) => Range,
    domains: readonly [number, number, number?, number?] = [-30, 30],
  ): Rule =>
  (b) => {
    const [x, y] = pair(b, ...domains);
    b.emit(name, [x, y], {}, range(x, y));
  };
const comparison =
  (name: PrimitiveName): Rule =>
  (b) => {
    const x = b.value(
      () => true,
      () => b.fresh(b.shape()),
    );
    const y =
      b.pick(3) === 2
        ? b.fresh(narrowed(b, x.shape), x.dtype)
        : b.value(
            (value) => value.dtype === x.dtype && broadcasts(value, x),
            () => x,
          );
    b.emit(name, [x, y], {}, [0, 1]);
  };
const logical =
  (name: PrimitiveName): Rule =>
  (b) => {
    const x = bool(b);
    b.emit(name, [x, partner(b, x, 0, 1)], {}, [0, 1]);
  };
const ints =
  (name: PrimitiveName): Rule =>
  (b) => {
    const x = b.value(
      ({ dtype, low, high }) => dtype === "int32" && low > -1000 && high < 1000,
      () => b.fresh(b.shape(), "int32"),
    );
    const y = b.value(
      (v) => v.dtype === "int32" && v.low > -1000 && v.high < 1000 && broadcasts(v, x),
      () => x,
    );
    const bound = most(x) * most(y) + most(x) + most(y);
    b.emit(name, [x, y], {}, [-bound, bound]);
  };

/** Of int32 and a new one of few values, which is the second operand. */
const small =
  (name: "pow" | "remainder", domain: Range, bound: (x: Known) => number): Rule =>
  (b) => {
    const x = b.value(
      (v) => v.dtype === "int32" && most(v) < 1000,
      () => b.fresh(b.shape(), "int32"),
    );
    b.emit(name, [x, b.fresh(narrowed(b, x.shape), "int32", domain)], {}, [-bound(x), bound(x)]);
  };

/** Two bools that are added or multiplied, or one that meets a number. */
const bools =
  (name: "add" | "sub" | "mul"): Rule =>
  (b) => {
    const mask = bool(b);
    const other = b.value(
      (v) => v.dtype !== (b.dtype === "float32" ? "float64" : "float32") && most(v) < 1000 && broadcasts(v, mask),
      () => mask,
    );
    const dtype = other.dtype === "bool" ? "int32" : other.dtype;
    const [x, y] = [counted(b, mask, dtype), other.dtype === "bool" ? counted(b, other, dtype) : other];
    const bound = 1 + most(other);
    b.emit(name, b.pick(2) === 0 ? [x, y] : [y, x], {}, [-bound, bound]);
  };
const boolExtreme =
  (name: "maximum" | "minimum"): Rule =>
  (b) => {
    const x = bool(b);
    b.emit(name, [x, partner(b, x, 0, 1)], {}, [0, 1]);
  };

const joint = (x: Known, y: Known): Range => [Math.min(x.low, y.low), Math.max(x.high, y.high)];

/** Functions of two elements, and choice. */
export const binaryRules: Readonly<Record<string, Rule>> = {
  add: arithmetic("add", (x, y) => [x.low + y.low, x.high + y.high]),
  sub: arithmetic("sub", (x, y) => [x.low - y.high, x.high - y.low]),
  mul: arithmetic("mul", (x, y) => [-most(x) * most(y), most(x) * most(y)], [-15, 15]),
  div: arithmetic("div", (x, y) => [-most(x) / y.low, most(x) / y.low], [-30, 30, 0.4, 50]),
  pow: arithmetic("pow", () => [0, 40], [0.4, 2.5, -3, 3]),
  powers: (b) => {
    const x = b.float(0.3, 2.5);
    b.emit("pow", [x, b.constant(b.one([2, 1, 0.5, 3, -1, 0]), x.dtype)], {}, [0, 16]);
  },
  neutral: (b) => {
    const x = b.float();
    const name = b.one(["mul", "div", "sub", "add"] as const);
    b.emit(name, [x, b.constant(name === "mul" || name === "div" ? 1 : 0, x.dtype)], {}, [x.low, x.high]);
  },
  maximum: arithmetic("maximum", joint),
  minimum: arithmetic("minimum", joint),
  remainder: arithmetic("remainder", (_, y) => [0, y.high], [-10, 10, 0.5, 4]),
  eq: comparison("eq"),
  ne: comparison("ne"),
  lt: comparison("lt"),
  le: comparison("le"),
  gt: comparison("gt"),
  ge: comparison("ge"),
  logicalAnd: logical("logicalAnd"),
  logicalOr: logical("logicalOr"),
  boolAdd: bools("add"),
  boolSub: bools("sub"),
  boolMul: bools("mul"),
  boolMaximum: boolExtreme("maximum"),
  boolMinimum: boolExtreme("minimum"),
  intAdd: ints("add"),
  intSub: ints("sub"),
  intMul: ints("mul"),
  intMaximum: ints("maximum"),
  intMinimum: ints("minimum"),
  intPow: small("pow", [0, 3], (x) => Math.max(1, most(x) ** 3)),
  intRemainder: small("remainder", [1, 5], () => 5),
  where: (b) => {
    const x = b.value(
      () => true,
      () => b.fresh(b.shape()),
    );
    const y = partner(b, x, -1e6, 1e6);
    const condition = b.value(
      (v) => v.dtype === "bool" && broadcasts(v, x) && broadcasts(v, y),
      () => b.fresh(narrowed(b, x.shape), "bool"),
    );
    b.emit("where", [condition, x, y], {}, joint(x, y));
  },
};
