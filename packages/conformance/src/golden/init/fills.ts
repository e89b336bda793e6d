import { init } from "@tapegrad/nn";
import { type Tensor, zeros } from "@tapegrad/tensor";
import type { Comparison } from "../comparison.ts";
import type { GoldenCase } from "../format.ts";
import { type Config, count } from "../layers.ts";
import type { CaseRunner } from "../run-case.ts";
import { settings } from "../settings.ts";
import { nonlinearity } from "./gain.ts";
import { checkSpread, collect, type Expected } from "./spread.ts";

type Fill = (target: Tensor, config: Config) => Tensor;

/** An initialiser whose settings have other names. */
function fill<O extends object>(
  call: (target: Tensor, options: O) => Tensor,
  names: Readonly<Record<string, string>>,
): Fill {
  return (target, config) => call(target, settings<O>(config, { shape: null, ...names }));
}

/** A Kaiming initialiser: `fan_in` is `fanIn`. */
function kaiming(call: (target: Tensor, options: init.KaimingOptions) => Tensor): Fill {
  return fill<{ slope?: number; nonlinearity?: string; mode?: string }>(
    (target, { mode, nonlinearity: name, ...options }) =>
      call(target, {
        ...options,
        ...(name === undefined ? {} : { nonlinearity: nonlinearity(name) }),
        ...(mode === undefined
          ? {}
          : { mode: mode === "fan_in" ? "fanIn" : mode === "fan_out" ? "fanOut" : (mode as "fanIn") }),
      }),
    { a: "slope", nonlinearity: "nonlinearity", mode: "mode" },
  );
}

/** One row for each initialiser of PyTorch. */
export const fills: Readonly<Record<string, Fill>> = {
  xavier_uniform_: fill(init.xavierUniform, { gain: "gain" }),
  xavier_normal_: fill(init.xavierNormal, { gain: "gain" }),
  kaiming_uniform_: kaiming(init.kaimingUniform),
  kaiming_normal_: kaiming(init.kaimingNormal),
  uniform_: fill(init.uniform, { a: "low", b: "high" }),
  normal_: fill(init.normal, { mean: "mean", std: "std" }),
  trunc_normal_: fill(init.truncatedNormal, { mean: "mean", std: "std", a: "low", b: "high" }),
  orthogonal_: fill(init.orthogonal, { gain: "gain" }),
  sparse_: fill(init.sparse, { sparsity: "sparsity", std: "std" }),
  constant_: fill((target, { value }: { value: number }) => init.constant(target, value), { val: "value" }),
  zeros_: fill(init.zeros, {}),
  ones_: fill(init.ones, {}),
  eye_: fill((target) => init.eye(target), {}),
  dirac_: fill(init.dirac, { groups: "groups" }),
};

/** Fills fresh tensors and compares them, or their distribution. */
export const checkFill: CaseRunner = (golden, check) => {
  const draw = (): Tensor => fills[golden.op]!(fresh(golden), golden.config);
  const { expected, outputs, error } = golden;
  if (error !== undefined) check.throws(draw);
  else if (outputs !== undefined) outputs.forEach((want, i) => check.tensor(`outputs[${i}]`, draw(), want));
  else if (expected !== undefined) checkExpected(draw, expected, check);
};

/** A tensor to fill; where the case says nothing of its shape, a large one. */
function fresh({ config }: GoldenCase): Tensor {
  return zeros((config["shape"] as readonly number[] | undefined) ?? [200, 100], { dtype: "float64" });
}

function checkExpected(draw: () => Tensor, expected: Expected, check: Comparison): void {
  if (expected["fan_in"] !== undefined) {
    const { fanIn, fanOut } = init.fans(draw());
    check.same("fan_in", fanIn, expected["fan_in"]);
    check.same("fan_out", fanOut, expected["fan_out"]);
  }
  if (expected["matrix"] !== undefined) checkOrthogonal(draw(), expected, check);
  else if (expected["zeros_per_column"] !== undefined) checkSparse(draw, expected, check);
  else checkSpread("", collect(draw), expected, check);
}

function checkOrthogonal(weight: Tensor, expected: Expected, check: Comparison): void {
  const shape = expected["matrix"] as readonly number[];
  check.same("matrix", [weight.shape[0], weight.size / (weight.shape[0] ?? 1)].join(), shape.join());
  const matrix = weight.flatten(1);
  const rows = expected["orthonormal"] === "rows";
  const product = rows ? matrix.matmul(matrix.transpose()) : matrix.transpose().matmul(matrix);
  const size = count(expected, "size");
  const diagonal = count(expected, "diagonal");
  const data = Array.from({ length: size * size }, (_, i) => (i % (size + 1) === 0 ? diagonal : 0));
  check.tensor("product", product, { shape: [size, size], dtype: "float64", data });
}

function checkSparse(draw: () => Tensor, expected: Expected, check: Comparison): void {
  const zerosIn = draw().eq(0).to("int32").sum({ axis: 0 });
  for (const number of zerosIn.data) check.same("zeros_per_column", number, expected["zeros_per_column"]);
  checkSpread(
    "",
    collect(draw).filter((value) => value !== 0),
    expected,
    check,
  );
}
