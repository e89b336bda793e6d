import { grad } from "@tapegrad/autograd";
import { type DType, einsum, full, sort, tensor, type Tensor, where, zeros } from "@tapegrad/tensor";
import { apply } from "@tapegrad/tensor/internal";
import { describe, expect, it } from "vitest";
import { compile } from "../src/index.ts";

interface Operands {
  /** [2, 1], of −0. */
  readonly x: Tensor;
  /** [2, 5], a row of −0 and one of both zeros. */
  readonly r: Tensor;
  /** Small numbers of both signs. */
  readonly s: Tensor;
}

const index = (data: number[], shape: number[]): Tensor => tensor(data, { dtype: "int32", shape });
const windows = { axes: [0], size: [2], stride: [1], dilation: [1] };
const pairs = { size: [2], stride: [1], dilation: [1], margins: [[0, 0]] } as const;

const rows: { readonly [name: string]: (operands: Operands) => Tensor } = {
  "sum of one": ({ x }) => x.sum({ axis: 1 }),
  "sums of rows": ({ r }) => r.sum({ axis: 1 }),
  "sums of columns": ({ r }) => r.sum({ axis: 0 }),
  "mean of one": ({ x }) => x.mean({ axis: 1 }),
  prod: ({ r }) => r.prod({ axis: 1 }),
  max: ({ r }) => r.max({ axis: 1 }),
  min: ({ r }) => r.min({ axis: 0 }),
  cumsum: ({ r }) => r.cumsum({ axis: 1 }),
  "matmul of one": ({ x }) => x.matmul(x.transpose().add(1)),
  matmul: ({ r }) => r.matmul(r.transpose().add(1)),
  einsum: ({ r }) => einsum("ij,kj->ik", r, r),
  floor: ({ s }) => s.floor(),
  ceil: ({ s }) => s.ceil(),
  round: ({ s }) => s.round(),
  trunc: ({ s }) => s.trunc(),
  sign: ({ s }) => s.sign(),
  abs: ({ s }) => s.abs(),
  relu: ({ s }) => s.relu(),
  neg: ({ s }) => s.neg(),
  sqrt: ({ s }) => s.abs().neg().add(0).sqrt(),
  reciprocal: ({ s }) => s.reciprocal(),
  tanh: ({ s }) => s.tanh().round(),
  sin: ({ s }) => s.sin().round(),
  expm1: ({ s }) => s.expm1().round(),
  log1p: ({ s }) => s.mul(0.1).log1p().round(),
  erf: ({ s }) => s.erf().round(),
  atan: ({ s }) => s.atan().round(),
  "add 0": ({ s }) => s.add(0),
  "add −0": ({ s }) => s.add(-0),
  "sub 0": ({ s }) => s.sub(0),
  "sub −0": ({ s }) => s.sub(-0),
  "mul by 1": ({ s }) => s.mul(1),
  "mul by 0": ({ s }) => s.mul(0),
  "mul by −1": ({ s }) => s.mul(-1),
  "div by 1": ({ s }) => s.div(1),
  "pow 1": ({ s }) => s.pow(1),
  "pow 3": ({ s }) => s.pow(3),
  "pow 5": ({ s }) => s.pow(5),
  "pow −1": ({ s }) => s.pow(-1),
  "pow 0.5": ({ s }) => s.pow(0.5),
  remainder: ({ s }) => s.remainder(1),
  "remainder by −1": ({ s }) => s.remainder(-1),
  "maximum with −0": ({ s }) => s.maximum(-0),
  "minimum with 0": ({ s }) => s.minimum(0),
  clamp: ({ s }) => s.clamp(-0, 1),
  where: ({ s }) => where(s.lt(0), -0, 0),
  maskedFill: ({ s }) => s.maskedFill(s.lt(0), -0),
  pad: ({ s }) => s.pad([[1, 1]], { value: -0 }),
  full: ({ s }) => full([2], -0, { dtype: s.dtype }),
  "by int32": ({ s }) => s.to("int32").to(s.dtype),
  sort: ({ s }) => sort(s).values,
  gather: ({ r }) => r.gather(1, index([0, 1], [2, 1])),
  "gather of several": ({ s }) => s.gather(0, index([2, 3, 2], [3])),
  scatterAdd: ({ x }) => x.scatterAdd(1, index([0, 0], [2, 1]), x),
  "scatterAdd to zeros": ({ x }) => zeros([2, 3], { dtype: x.dtype }).scatterAdd(1, index([0, 2], [2, 1]), x),
  "scatterAdd of several": ({ s, x }) => s.scatterAdd(0, index([0, 2], [2]), x.reshape([2])),
  gatherMaxima: ({ r }) => apply("gatherMaxima", [r, r], pairs)[0],
  scatterMaxima: ({ r }) => apply("scatterMaxima", [r, r.slice([], [0, 4])], pairs)[0],
  "scatterMaxima of tiles": ({ r }) => apply("scatterMaxima", [r, r.slice([], [0, 2])], { ...pairs, stride: [2] })[0],
  foldWindows: ({ r }) => apply("foldWindows", [r.reshape([5, 2])], { ...windows, shape: [6] })[0],
};

const signed = ({ data }: Tensor): string[] => Array.from(data, (v) => (Object.is(v, -0) ? "-0" : String(v)));

describe.each<DType>(["float32", "float64"])("zeros of %s have the sign, eager and compiled, of", (dtype) => {
  const operands: Operands = {
    x: tensor([[-0], [-0]], { dtype }),
    r: tensor(
      [
        [-0, -0, -0, -0, -0],
        [0, -0, 0, -0, 0],
      ],
      { dtype },
    ),
    s: tensor([-0.5, -0.2, -0, 0, 0.5, -1.5, -1e-30, 1e-30, -1], { dtype }),
  };

  it.each(Object.keys(rows))("%s", (name) => {
    const run = compile((x: Tensor, r: Tensor, s: Tensor) => rows[name]!({ x, r, s }));
    expect(signed(run(operands.x, operands.r, operands.s))).toEqual(signed(rows[name]!(operands)));
  });
});

it("is IEEE 754's", () => {
  const s = tensor([-0.5, -0, 0, 0.5]);
  expect(signed(s.round())).toEqual(["-0", "-0", "0", "0"]);
  expect(signed(s.erf().mul(0))).toEqual(["-0", "-0", "0", "0"]);
  expect(signed(full([1], -0))).toEqual(["-0"]);
  expect(signed(s.slice([1, 2]).pad([[1, 0]], { value: -0 }))).toEqual(["-0", "-0"]);
  // A sum starts from 0.
  expect(signed(s.slice([1, 2]).sum())).toEqual(["0"]);
});

it("is kept on the way back", () => {
  const run = (x: Tensor): Tensor =>
    grad(
      x
        .gather(1, index([1, 0], [2, 1]))
        .mul(-0)
        .sum(),
      [x],
    )[0]!;
  const x = tensor([[1, 2], [3, 4]], { requiresGrad: true }); // prettier-ignore
  expect(signed(compile(run)(x))).toEqual(signed(run(x)));
});
