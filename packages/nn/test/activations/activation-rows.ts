import { full, type Tensor } from "@tapegrad/tensor";
import { functional as f } from "../../src/index.ts";
import * as nn from "../../src/index.ts";
import { normalCdf } from "./normal-cdf.ts";

/** What there is to be at an argument. */
type Point = readonly [x: number, wanted: number];

const at = (x: number, wanted: number): Point => [x, wanted];

/** An elementwise activation and what is known about it. */
export interface ActivationRow {
  /** Name of the function, and its options if they are not the standard. */
  readonly name: string;
  readonly f: (x: Tensor) => Tensor;
  /** The layer of the same function with the same options. */
  readonly layer: nn.Module<[Tensor]>;
  /** Its definition, written down once more. */
  readonly naive: (x: number) => number;
  /** Values at −∞ and ∞. */
  readonly ends: readonly [number, number];
  /** Values that a careless formula gets wrong, to 1e-13 of y. */
  readonly tails?: readonly Point[];
  /** Gradients at kinks, and in the tails. */
  readonly slopes: readonly Point[];
}

const { exp, expm1, log, log1p, abs, min, max, tanh, PI } = Math;
const logistic = (x: number): number => 1 / (1 + exp(-x));

const tanhGelu = (x: number): number => (x / 2) * (1 + tanh(Math.sqrt(2 / PI) * (x + 0.044715 * x ** 3)));
const eluOf = (x: number, alpha: number): number => (x > 0 ? x : alpha * expm1(x));
const alpha = 1.6732632423543772;
const scale = 1.0507009873554805;

/** One row for each elementwise activation and each set of options. */
export const activationRows: readonly ActivationRow[] = [
  {
    name: "relu",
    f: f.relu,
    layer: new nn.ReLU(),
    naive: (x) => max(x, 0),
    ends: [0, Infinity],
    slopes: [at(0, 0), at(-0, 0), at(1e-300, 1)],
  },
  {
    name: "leakyRelu",
    f: f.leakyRelu,
    layer: new nn.LeakyReLU(),
    naive: (x) => (x > 0 ? x : 0.01 * x),
    ends: [-Infinity, Infinity],
    slopes: [at(0, 0.01), at(-1e30, 0.01)],
  },
  {
    name: "leakyRelu −0.3",
    f: (x) => f.leakyRelu(x, { negativeSlope: -0.3 }),
    layer: new nn.LeakyReLU({ negativeSlope: -0.3 }),
    naive: (x) => (x > 0 ? x : -0.3 * x),
    ends: [Infinity, Infinity],
    slopes: [at(0, -0.3)],
  },
  {
    name: "elu",
    f: f.elu,
    layer: new nn.ELU(),
    naive: (x) => eluOf(x, 1),
    ends: [-1, Infinity],
    slopes: [at(0, 1), at(-100, exp(-100))],
  },
  {
    name: "elu 0.5",
    f: (x) => f.elu(x, { alpha: 0.5 }),
    layer: new nn.ELU({ alpha: 0.5 }),
    naive: (x) => eluOf(x, 0.5),
    ends: [-0.5, Infinity],
    slopes: [at(0, 0.5), at(1e4, 1)],
  },
  {
    name: "selu",
    f: f.selu,
    layer: new nn.SELU(),
    naive: (x) => scale * eluOf(x, alpha),
    ends: [-scale * alpha, Infinity],
    slopes: [at(0, scale * alpha), at(1e4, scale)],
  },
  {
    name: "celu 2",
    f: (x) => f.celu(x, { alpha: 2 }),
    layer: new nn.CELU({ alpha: 2 }),
    naive: (x) => (x > 0 ? x : 2 * expm1(x / 2)),
    ends: [-2, Infinity],
    slopes: [at(0, 1), at(-1e4, 0)],
  },
  {
    name: "gelu",
    f: f.gelu,
    layer: new nn.GELU(),
    naive: (x) => x * normalCdf(x),
    ends: [NaN, Infinity],
    tails: [at(-5, -1.4332578593959695584e-6), at(-10, -7.619853024160526066e-23), at(-20, -5.5072482372124673902e-88)],
    slopes: [at(0, 0.5), at(-1e4, 0), at(1e4, 1)],
  },
  {
    name: "gelu tanh",
    f: (x) => f.gelu(x, { approximate: "tanh" }),
    layer: new nn.GELU({ approximate: "tanh" }),
    naive: tanhGelu,
    ends: [NaN, Infinity],
    tails: [at(-5, -2.2917961966295060456e-7), at(-8, -3.107782937501111218e-21)],
    slopes: [at(0, 0.5), at(-1e30, 0), at(1e30, 1)],
  },
  {
    name: "silu",
    f: f.silu,
    layer: new nn.SiLU(),
    naive: (x) => x * logistic(x),
    ends: [NaN, Infinity],
    tails: [at(-700, -6.9017735806318395997e-302)],
    slopes: [at(0, 0.5), at(1e4, 1), at(-1e4, 0)],
  },
  {
    name: "mish",
    f: f.mish,
    layer: new nn.Mish(),
    naive: (x) => x * tanh(log1p(exp(x))),
    ends: [NaN, Infinity],
    tails: [at(-100, -3.720075976020835963e-42)],
    slopes: [at(0, 0.6), at(1e4, 1)],
  },
  {
    name: "softplus",
    f: f.softplus,
    layer: new nn.Softplus(),
    naive: (x) => log1p(exp(x)),
    ends: [0, Infinity],
    tails: [
      at(-20, 2.0611536203143807032e-9),
      at(-700, 9.8596765437597708567e-305),
      at(20, 20.000000002061153),
      at(20.000001, 20.000001),
      at(1e4, 1e4),
    ],
    slopes: [at(0, 0.5), at(1e4, 1), at(-1e4, 0)],
  },
  {
    name: "softplus beta 2, threshold 1000",
    f: (x) => f.softplus(x, { beta: 2, threshold: 1000 }),
    layer: new nn.Softplus({ beta: 2, threshold: 1000 }),
    naive: (x) => log1p(exp(2 * x)) / 2,
    ends: [0, Infinity],
    tails: [at(15, 15.000000000000046788), at(450, 450)],
    slopes: [at(0, 0.5), at(450, 1)],
  },
  {
    name: "softsign",
    f: f.softsign,
    layer: new nn.Softsign(),
    naive: (x) => x / (1 + abs(x)),
    ends: [NaN, NaN],
    slopes: [at(0, 1), at(1e200, 0)],
  },
  {
    name: "sigmoid",
    f: f.sigmoid,
    layer: new nn.Sigmoid(),
    naive: logistic,
    ends: [0, 1],
    slopes: [at(0, 0.25), at(-50, exp(-50)), at(1e4, 0)],
  },
  {
    name: "logSigmoid",
    f: f.logSigmoid,
    layer: new nn.LogSigmoid(),
    naive: (x) => -log(1 + exp(-x)),
    ends: [-Infinity, 0],
    tails: [at(-1e4, -1e4), at(-30, -30.000000000000093576), at(700, -9.8596765437597708567e-305)],
    slopes: [at(0, 0.5), at(-1e4, 1), at(1e4, 0)],
  },
  {
    name: "tanh",
    f: f.tanh,
    layer: new nn.Tanh(),
    naive: tanh,
    ends: [-1, 1],
    tails: [at(1e-10, 1e-10)],
    slopes: [at(0, 1), at(1e4, 0)],
  },
  {
    name: "hardTanh",
    f: f.hardTanh,
    layer: new nn.HardTanh(),
    naive: (x) => min(max(x, -1), 1),
    ends: [-1, 1],
    slopes: [at(-1, 0), at(1, 0), at(0.999, 1)],
  },
  {
    name: "hardTanh −0.5 to 2",
    f: (x) => f.hardTanh(x, { min: -0.5, max: 2 }),
    layer: new nn.HardTanh({ min: -0.5, max: 2 }),
    naive: (x) => min(max(x, -0.5), 2),
    ends: [-0.5, 2],
    slopes: [at(-0.5, 0), at(2, 0), at(1, 1)],
  },
  {
    name: "hardSigmoid",
    f: f.hardSigmoid,
    layer: new nn.HardSigmoid(),
    naive: (x) => min(max(x + 3, 0), 6) / 6,
    ends: [0, 1],
    slopes: [at(-3, 0), at(3, 0), at(0, 1 / 6)],
  },
  {
    name: "hardSigmoid of Keras 2",
    f: (x) => f.hardSigmoid(x, { alpha: 0.2, beta: 0.5 }),
    layer: new nn.HardSigmoid({ alpha: 0.2 }),
    naive: (x) => min(max(0.2 * x + 0.5, 0), 1),
    ends: [0, 1],
    slopes: [at(-2.5, 0), at(2.5, 0), at(0, 0.2)],
  },
  {
    name: "hardSigmoid steep and to the left",
    f: (x) => f.hardSigmoid(x, { alpha: 2, beta: 0.75 }),
    layer: new nn.HardSigmoid({ alpha: 2, beta: 0.75 }),
    naive: (x) => min(max(2 * x + 0.75, 0), 1),
    ends: [0, 1],
    slopes: [at(-0.375, 0), at(0.125, 0), at(0, 2)],
  },
  {
    name: "hardSwish",
    f: f.hardSwish,
    layer: new nn.HardSwish(),
    naive: (x) => (x * min(max(x + 3, 0), 6)) / 6,
    ends: [0, Infinity],
    slopes: [at(0, 0.5), at(-1e30, 0), at(1e30, 1)],
  },
  {
    name: "relu6",
    f: f.relu6,
    layer: new nn.ReLU6(),
    naive: (x) => min(max(x, 0), 6),
    ends: [0, 6],
    slopes: [at(0, 0), at(6, 0), at(5.9, 1)],
  },
  {
    name: "threshold",
    f: (x) => f.threshold(x, 0.5, -2),
    layer: new nn.Threshold(0.5, -2),
    naive: (x) => (x > 0.5 ? x : -2),
    ends: [-2, Infinity],
    slopes: [at(0.5, 0), at(0.51, 1)],
  },
  {
    name: "tlu 0.26",
    f: (x) => f.tlu(x, full([1], 0.26, { dtype: x.dtype })),
    layer: new nn.TLU({ init: 0.26, dtype: "float64" }),
    naive: (x) => Math.max(x, 0.26),
    ends: [0.26, Infinity],
    slopes: [at(0.1, 0), at(0.3, 1)],
  },
  {
    name: "prelu 0.2",
    f: (x) => f.prelu(x, full([1], 0.2, { dtype: x.dtype })),
    layer: new nn.PReLU({ init: 0.2, dtype: "float64" }),
    naive: (x) => (x > 0 ? x : 0.2 * x),
    ends: [-Infinity, Infinity],
    slopes: [at(0, 0.2), at(-1e30, 0.2)],
  },
];
