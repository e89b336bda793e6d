import type { Tensor } from "@tapegrad/tensor";
import * as functional from "../../src/functional.ts";
import { normalCdf } from "./normal-cdf.ts";

/** An elementwise activation and what is known about it. */
export interface ActivationRow {
  readonly name: string;
  readonly f: (x: Tensor) => Tensor;
  /** Its definition, written down once more. */
  readonly naive: (x: number) => number;
  /** Values at −∞ and ∞. */
  readonly ends: readonly [number, number];
  /** Values that a careless formula gets wrong: [x, y], to 1e-13 of y. */
  readonly tails?: readonly (readonly [x: number, y: number])[];
  /** Gradients at kinks, and in the tails: [x, dy/dx]. */
  readonly slopes: readonly (readonly [x: number, dy: number])[];
}

const { exp, expm1, log, log1p, abs, min, max, tanh, PI } = Math;
const logistic = (x: number): number => 1 / (1 + exp(-x));

const tanhGelu = (x: number): number => (x / 2) * (1 + tanh(Math.sqrt(2 / PI) * (x + 0.044715 * x ** 3)));
const eluOf = (x: number, alpha: number): number => (x > 0 ? x : alpha * expm1(x));
const alpha = 1.6732632423543772;
const scale = 1.0507009873554805;
const f = functional;

/** One row for each elementwise activation and each set of options. */
export const activationRows: readonly ActivationRow[] = [
  {
    name: "relu",
    f: f.relu,
    naive: (x) => max(x, 0),
    ends: [0, Infinity],
    slopes: [
      [0, 0],
      [-0, 0],
      [1e-300, 1],
    ],
  },
  {
    name: "leakyRelu",
    f: f.leakyRelu,
    naive: (x) => (x > 0 ? x : 0.01 * x),
    ends: [-Infinity, Infinity],
    slopes: [
      [0, 0.01],
      [-1e30, 0.01],
    ],
  },
  {
    name: "leakyRelu −0.3",
    f: (x) => f.leakyRelu(x, { negativeSlope: -0.3 }),
    naive: (x) => (x > 0 ? x : -0.3 * x),
    ends: [Infinity, Infinity],
    slopes: [[0, -0.3]],
  },
  {
    name: "elu",
    f: f.elu,
    naive: (x) => eluOf(x, 1),
    ends: [-1, Infinity],
    slopes: [
      [0, 1],
      [-100, exp(-100)],
    ],
  },
  {
    name: "elu 0.5",
    f: (x) => f.elu(x, { alpha: 0.5 }),
    naive: (x) => eluOf(x, 0.5),
    ends: [-0.5, Infinity],
    slopes: [
      [0, 0.5],
      [1e4, 1],
    ],
  },
  {
    name: "selu",
    f: f.selu,
    naive: (x) => scale * eluOf(x, alpha),
    ends: [-scale * alpha, Infinity],
    slopes: [
      [0, scale * alpha],
      [1e4, scale],
    ],
  },
  {
    name: "celu 2",
    f: (x) => f.celu(x, { alpha: 2 }),
    naive: (x) => (x > 0 ? x : 2 * expm1(x / 2)),
    ends: [-2, Infinity],
    slopes: [
      [0, 1],
      [-1e4, 0],
    ],
  },
  {
    name: "gelu",
    f: f.gelu,
    naive: (x) => x * normalCdf(x),
    ends: [NaN, Infinity],
    tails: [
      [-5, -1.4332578593959695584e-6],
      [-10, -7.619853024160526066e-23],
      [-20, -5.5072482372124673902e-88],
    ],
    slopes: [
      [0, 0.5],
      [-1e4, 0],
      [1e4, 1],
    ],
  },
  {
    name: "gelu tanh",
    f: (x) => f.gelu(x, { approximate: "tanh" }),
    naive: tanhGelu,
    ends: [NaN, Infinity],
    tails: [
      [-5, -2.2917961966295060456e-7],
      [-8, -3.107782937501111218e-21],
    ],
    slopes: [
      [0, 0.5],
      [-1e30, 0],
      [1e30, 1],
    ],
  },
  {
    name: "silu",
    f: f.silu,
    naive: (x) => x * logistic(x),
    ends: [NaN, Infinity],
    tails: [[-700, -6.9017735806318395997e-302]],
    slopes: [
      [0, 0.5],
      [1e4, 1],
      [-1e4, 0],
    ],
  },
  {
    name: "mish",
    f: f.mish,
    naive: (x) => x * tanh(log1p(exp(x))),
    ends: [NaN, Infinity],
    tails: [[-100, -3.720075976020835963e-42]],
    slopes: [
      [0, 0.6],
      [1e4, 1],
    ],
  },
  {
    name: "softplus",
    f: f.softplus,
    naive: (x) => log1p(exp(x)),
    ends: [0, Infinity],
    tails: [
      [-20, 2.0611536203143807032e-9],
      [-700, 9.8596765437597708567e-305],
      [20, 20.000000002061153],
      [20.000001, 20.000001],
      [1e4, 1e4],
    ],
    slopes: [
      [0, 0.5],
      [1e4, 1],
      [-1e4, 0],
    ],
  },
  {
    name: "softplus beta 2, threshold 1000",
    f: (x) => f.softplus(x, { beta: 2, threshold: 1000 }),
    naive: (x) => log1p(exp(2 * x)) / 2,
    ends: [0, Infinity],
    tails: [
      [15, 15.000000000000046788],
      [450, 450],
    ],
    slopes: [
      [0, 0.5],
      [450, 1],
    ],
  },
  {
    name: "softsign",
    f: f.softsign,
    naive: (x) => x / (1 + abs(x)),
    ends: [NaN, NaN],
    slopes: [
      [0, 1],
      [1e200, 0],
    ],
  },
  {
    name: "sigmoid",
    f: f.sigmoid,
    naive: logistic,
    ends: [0, 1],
    slopes: [
      [0, 0.25],
      [-50, exp(-50)],
      [1e4, 0],
    ],
  },
  {
    name: "logSigmoid",
    f: f.logSigmoid,
    naive: (x) => -log(1 + exp(-x)),
    ends: [-Infinity, 0],
    tails: [
      [-1e4, -1e4],
      [-30, -30.000000000000093576],
      [700, -9.8596765437597708567e-305],
    ],
    slopes: [
      [0, 0.5],
      [-1e4, 1],
      [1e4, 0],
    ],
  },
  {
    name: "tanh",
    f: f.tanh,
    naive: tanh,
    ends: [-1, 1],
    tails: [[1e-10, 1e-10]],
    slopes: [
      [0, 1],
      [1e4, 0],
    ],
  },
  {
    name: "hardTanh",
    f: f.hardTanh,
    naive: (x) => min(max(x, -1), 1),
    ends: [-1, 1],
    slopes: [
      [-1, 0],
      [1, 0],
      [0.999, 1],
    ],
  },
  {
    name: "hardTanh −0.5 to 2",
    f: (x) => f.hardTanh(x, { min: -0.5, max: 2 }),
    naive: (x) => min(max(x, -0.5), 2),
    ends: [-0.5, 2],
    slopes: [
      [-0.5, 0],
      [2, 0],
      [1, 1],
    ],
  },
  {
    name: "hardSigmoid",
    f: f.hardSigmoid,
    naive: (x) => min(max(x + 3, 0), 6) / 6,
    ends: [0, 1],
    slopes: [
      [-3, 0],
      [3, 0],
      [0, 1 / 6],
    ],
  },
  {
    name: "hardSwish",
    f: f.hardSwish,
    naive: (x) => (x * min(max(x + 3, 0), 6)) / 6,
    ends: [0, Infinity],
    slopes: [
      [0, 0.5],
      [-1e30, 0],
      [1e30, 1],
    ],
  },
  {
    name: "relu6",
    f: f.relu6,
    naive: (x) => min(max(x, 0), 6),
    ends: [0, 6],
    slopes: [
      [0, 0],
      [6, 0],
      [5.9, 1],
    ],
  },
  {
    name: "threshold",
    f: (x) => f.threshold(x, 0.5, -2),
    naive: (x) => (x > 0.5 ? x : -2),
    ends: [-2, Infinity],
    slopes: [
      [0.5, 0],
      [0.51, 1],
    ],
  },
];
