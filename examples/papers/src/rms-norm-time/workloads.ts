import {
  assign,
  chunk,
  compile,
  type Generator,
  grad,
  nn,
  noGrad,
  ones,
  randn,
  type Tensor,
  zerosLike,
} from "tapegrad";

/** Names of the norms that are compared. */
export type NormName = "none" | "LayerNorm" | "RMSNorm" | "pRMSNorm";

/** The norms; the part of pRMSNorm is that of the paper's recurrent networks. */
export const norms: Readonly<Record<NormName, (features: number) => nn.Module>> = {
  none: () => new nn.Identity(),
  LayerNorm: (features) => new nn.LayerNorm(features),
  RMSNorm: (features) => new nn.RMSNorm(features),
  pRMSNorm: (features) => new nn.RMSNorm(features, { partial: 0.0625 }),
};

/** Steps of the recurrent network in one call. */
const steps = 4;

/** What is computed, and with respect to what it is differentiated. */
interface Workload {
  readonly compute: () => Tensor;
  readonly parameters: readonly Tensor[];
}

/** A gated recurrent unit whose products with the input and with the state each go through a norm. */
class NormedGRU extends nn.Module {
  readonly ofInput: nn.Sequential;
  readonly ofState: nn.Sequential;

  constructor(features: number, norm: NormName, generator: Generator) {
    super();
    const product = (): nn.Sequential =>
      new nn.Sequential(new nn.Dense(features, 3 * features, { bias: false, generator }), norms[norm](3 * features));
    this.ofInput = product();
    this.ofState = product();
  }

  override forward(x: Tensor, h: Tensor): Tensor {
    const [resetX, updateX, candidateX] = chunk(this.ofInput.forward(x), 3, -1) as [Tensor, Tensor, Tensor];
    const [resetH, updateH, candidateH] = chunk(this.ofState.forward(h), 3, -1) as [Tensor, Tensor, Tensor];
    const update = updateX.add(updateH).sigmoid();
    const candidate = candidateX.add(resetX.add(resetH).sigmoid().mul(candidateH)).tanh();
    return candidate.add(update.mul(h.sub(candidate)));
  }
}

/** What is timed, for a norm and a width. */
export const workloads: Readonly<
  Record<"norm" | "GRU step", (norm: NormName, width: number, generator: Generator) => Workload>
> = {
  norm(name, width, generator) {
    const [x, norm] = [randn([128, width], { generator, requiresGrad: true }), norms[name](width)];
    return { compute: () => norm.forward(x), parameters: [x, ...norm.parameters()] };
  },
  "GRU step"(name, width, generator) {
    const cell = new NormedGRU(width, name, generator);
    const inputs = Array.from({ length: steps }, () => randn([32, width], { generator }));
    const start = ones([32, width]);
    return { compute: () => inputs.reduce((h, x) => cell.forward(x, h), start), parameters: cell.parameters() };
  },
};

/** How many steps one call of a workload is. */
export const stepsOf: Readonly<Record<"norm" | "GRU step", number>> = { norm: 1, "GRU step": steps };

/** A function without arguments and results that computes, and differentiates if asked for; what comes out stays in tensors. */
export function callOf(
  { compute, parameters }: Workload,
  { way, pass }: { readonly way: "eager" | "compiled"; readonly pass: "forward" | "forward and backward" },
  generator: Generator,
): () => void {
  const output = noGrad(compute).detach();
  const [kept, cotangent] = [zerosLike(output), randn(output.shape, { generator })];
  const gradients = parameters.map((parameter) => zerosLike(parameter));
  const forward = (): void => noGrad(() => assign(kept, compute()));
  const both = (): void => {
    grad(compute(), parameters, { cotangent }).forEach((gradient, i) => assign(gradients[i]!, gradient));
  };
  const call = pass === "forward" ? forward : both;
  return way === "eager" ? call : compile(call, { threads: 1 });
}
