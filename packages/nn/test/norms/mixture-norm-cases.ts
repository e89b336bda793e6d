import { Generator, randn, ShapeError, type Tensor, ValueError, zeros } from "@tapegrad/tensor";
import { functional, MixtureNorm, UnsupervisedClusterNorm } from "../../src/index.ts";
import { channelGroups, channelIndex } from "./naive-norm.ts";
import { float64, type NormCall, type NormTests, usual } from "./norm-case.ts";

const { mixtureNorm, unsupervisedClusterNorm } = functional;
const generator = new Generator(127);
const draw = (...shape: readonly number[]): Tensor => randn(shape, { dtype: "float64", generator });
const x = zeros([4, 3]);
const c3 = zeros([3]);
type Shape = readonly number[];

/** A component of a mixture of one channel. */
interface Component {
  readonly prior: number;
  readonly mean: number;
  readonly variance: number;
}

/** The parts of a value in each component, by the densities themselves. */
function partsOf(value: number, mixture: readonly Component[]): number[] {
  const densities = mixture.map(
    ({ prior, mean, variance }) =>
      (prior * Math.exp((-0.5 * (value - mean) ** 2) / variance)) / Math.sqrt(2 * Math.PI * variance),
  );
  const total = densities.reduce((sum, density) => sum + density, 0);
  return densities.map((density) => density / total);
}

/** The weighted moments of values, by their parts in each component. */
function momentsOf(values: readonly number[], parts: readonly (readonly number[])[], eps: number): Component[] {
  return parts[0]!.map((_, k) => {
    const total = parts.reduce((sum, part) => sum + part[k]!, 0);
    const mean = values.reduce((sum, value, i) => sum + parts[i]![k]! * value, 0) / total;
    const squares = values.reduce((sum, value, i) => sum + parts[i]![k]! * (value - mean) ** 2, 0) / total;
    return { prior: total / values.length, mean, variance: squares + eps };
  });
}

/** The parts of the values of a channel in a mixture that expectation maximization fits to them. */
function fittedParts(values: readonly number[], components: number, iterations: number): number[][] {
  const [{ mean, variance }] = momentsOf(values, values.map(() => [1]), 0) as [Component]; // prettier-ignore
  let mixture = Array.from({ length: components }, (_, k): Component => {
    const offset = Math.sqrt(variance) * ((2 * k + 1) / components - 1);
    return { prior: 1 / components, mean: mean + offset, variance: variance / components ** 2 + usual };
  });
  const parts = (): number[][] => values.map((value) => partsOf(value, mixture));
  for (let i = 0; i < iterations; i++) mixture = momentsOf(values, parts(), usual);
  return parts();
}

const mixtureCalls: readonly NormCall[] = (
  [
    [[7, 3], 2, 2],
    [[4, 2, 3], 3, 1],
    [[3, 2, 2, 2], 2, 4],
    [[6, 2], 1, 2],
  ] as readonly (readonly [Shape, number, number])[]
).map(([shape, components, iterations]) => {
  const input = draw(...shape)
    .mul(2)
    .add(1);
  const held = channelGroups(shape).map((group) => fittedParts(group.map((at) => input.data[at]!), components, iterations)); // prettier-ignore
  /** That of component k, for each element of x. */
  const heldPart = (k: number): Tensor => {
    const values = new Array<number>(input.size).fill(0);
    channelGroups(shape).forEach((group, c) => group.forEach((at, i) => (values[at] = held[c]![i]![k]!)));
    return float64(values, shape);
  };
  const along = (t: Tensor): Tensor => t.reshape([shape[1]!, ...shape.slice(2).map(() => 1)]);
  const over = { axis: shape.map((_, axis) => axis).filter((axis) => axis !== 1), keepDims: true };
  return {
    name: `of shape [${shape.join(", ")}] with ${components} components after ${iterations} steps`,
    inputs: [input, draw(shape[1]!), draw(shape[1]!)],
    run: (x: Tensor, weight: Tensor, bias: Tensor) => mixtureNorm(x, components, { weight, bias, iterations }),
    naive: (x: number[], weight: number[], bias: number[]) => {
      const y = [...x];
      channelGroups(shape).forEach((group, c) => {
        const values = group.map((at) => x[at]!);
        const parts = fittedParts(values, components, iterations);
        const mixture = momentsOf(values, parts, usual);
        group.forEach((at, i) => {
          const terms = mixture.map(({ prior, mean, variance }, k) => (parts[i]![k]! / Math.sqrt(prior)) * ((values[i]! - mean) / Math.sqrt(variance)));
          y[at] = weight[c]! * terms.reduce((sum, term) => sum + term, 0) + bias[c]!;
        }); // prettier-ignore
      });
      return y;
    },
    frozen: (x: Tensor, weight: Tensor, bias: Tensor) => {
      const terms = Array.from({ length: components }, (_, k) => {
        const part = heldPart(k);
        const prior = part.mean(over);
        const centred = x.sub(part.mul(x).mean(over).div(prior));
        const variance = part.mul(centred.square()).mean(over).div(prior);
        return centred.div(variance.add(usual).sqrt()).mul(part).div(prior.sqrt());
      });
      return terms.reduce((sum, term) => sum.add(term)).mul(along(weight)).add(along(bias)); // prettier-ignore
    },
  };
});

const clusterCalls: readonly NormCall[] = (
  [
    [[4, 3], 3],
    [[2, 2, 2, 3], 2],
    [[5, 2], 1],
  ] as readonly (readonly [Shape, number])[]
).map(([shape, clusters]) => ({
  name: `of shape [${shape.join(", ")}] of ${clusters} clusters`,
  inputs: [draw(...shape), draw(clusters, shape[1]!), draw(clusters, shape[1]!), draw(clusters, shape[1]!).mul(0.5)],
  run: (x: Tensor, logits: Tensor, mean: Tensor, logDeviation: Tensor) =>
    unsupervisedClusterNorm(x, logits, mean, logDeviation),
  naive: (x: number[], logits: number[], mean: number[], logDeviation: number[]) => {
    const channel = channelIndex(shape);
    return x.map((value, at) => {
      const rows = Array.from({ length: clusters }, (_, k) => k * shape[1]! + channel[at]!);
      const total = rows.reduce((sum, row) => sum + Math.exp(logits[row]!), 0);
      const mixture = rows.map((row) => ({
        prior: Math.exp(logits[row]!) / total,
        mean: mean[row]!,
        variance: (Math.exp(logDeviation[row]!) + 1e-3) ** 2,
      }));
      const parts = partsOf(value, mixture);
      return mixture.reduce((sum, { prior, mean, variance }, k) => sum + ((parts[k]! / Math.sqrt(prior)) * (value - mean)) / Math.sqrt(variance), 0); // prettier-ignore
    });
  },
}));

const [logits, mean, logDeviation] = [draw(3, 6), draw(3, 6), draw(3, 6).mul(0.5)];
const clustered = new UnsupervisedClusterNorm(3, 2, { eps: 0.1 });
const rows = zeros([2, 3]);

/** All that is tested of the norms by mixtures of Gaussians. */
export const mixtureNormTests: Pick<NormTests, "mixtureNorm" | "unsupervisedClusterNorm"> = {
  mixtureNorm: {
    calls: mixtureCalls,
    dense: (x, w) => mixtureNorm(x.matmul(w.transpose()), 2, { eps: 0 }),
    layers: [
      { layer: new MixtureNorm(3, 2), printed: "MixtureNorm(3, 2, eps=1e-5, momentum=0.1)", shape: [4, 3], same: (x) => mixtureNorm(x, 2) },
      { layer: new MixtureNorm(3, 1, { iterations: 1, affine: false }), printed: "MixtureNorm(3, 1, eps=1e-5, affine=false, iterations=1, momentum=0.1)", shape: [4, 3, 2], same: (x) => mixtureNorm(x, 1) },
    ], // prettier-ignore
    errors: [
      [() => mixtureNorm(x, 0), ValueError, "mixtureNorm: expected components to be a whole number ≥ 1, got 0."],
      [() => mixtureNorm(zeros([1, 3]), 2), ShapeError, "mixtureNorm: expected more than 1 value per channel when training, got input of shape [1, 3]."],
      [() => mixtureNorm(x, 2, { weight: zeros([2]) }), ShapeError, "mixtureNorm: expected 2 channels on axis 1, got input of shape [4, 3]."],
      [() => mixtureNorm(x, 2, { runningPrior: rows, runningMean: rows }), ValueError, "mixtureNorm: expected runningPrior, runningMean and runningVar together, got 2 of them."],
      [() => mixtureNorm(x, 3, { runningPrior: rows, runningMean: rows, runningVar: rows }), ShapeError, "mixtureNorm: expected runningPrior of shape [3, 3], got [2, 3]."],
      [() => mixtureNorm(x, 2, { training: false }), ValueError, "mixtureNorm: expected a running mixture when training is false, got none."],
      [() => mixtureNorm(x, 2, { iterations: 0 }), ValueError, "mixtureNorm: expected iterations to be a whole number ≥ 1, got 0."],
      [() => new MixtureNorm(3, 1.5), ValueError, "MixtureNorm: expected components to be a whole number ≥ 1, got 1.5."],
      [() => new MixtureNorm(3, 2).forward(zeros([4, 2])), ShapeError, "mixtureNorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
    ], // prettier-ignore
  },
  unsupervisedClusterNorm: {
    calls: clusterCalls,
    dense: (x, w) => unsupervisedClusterNorm(x.matmul(w.transpose()), logits, mean, logDeviation, { eps: 0 }),
    layers: [
      { layer: clustered, printed: "UnsupervisedClusterNorm(3, 2, eps=0.1)", shape: [4, 3], same: (x) => unsupervisedClusterNorm(x, rows, clustered.mean, rows, { eps: 0.1 }) },
    ], // prettier-ignore
    errors: [
      [() => unsupervisedClusterNorm(x, rows, zeros([2, 2]), rows), ShapeError, "unsupervisedClusterNorm: expected mean of shape [2, 3], got [2, 2]."],
      [() => unsupervisedClusterNorm(x, c3, rows, rows), ShapeError, "unsupervisedClusterNorm: expected logits of shape [3, 3], got [3]."],
      [() => unsupervisedClusterNorm(c3, rows, rows, rows), ShapeError, "unsupervisedClusterNorm: expected input of shape [N, C, ...], got [3]."],
      [() => unsupervisedClusterNorm(x, rows, rows, rows, { eps: -1 }), ValueError, "unsupervisedClusterNorm: expected eps ≥ 0, got -1."],
      [() => new UnsupervisedClusterNorm(3, 0), ShapeError, "UnsupervisedClusterNorm: expected clusters to be a whole number ≥ 1, got 0."],
      [() => clustered.forward(zeros([4, 2])), ShapeError, "unsupervisedClusterNorm: expected 3 channels on axis 1, got input of shape [4, 2]."],
    ], // prettier-ignore
  },
};
