import { grad } from "@tapegrad/autograd";
import { type Tensor, zeros } from "@tapegrad/tensor";
import { expect, it } from "vitest";
import {
  AccumulatedBatchNorm,
  AdaptiveBatchNorm,
  BatchInstanceNorm,
  BatchLayerNorm,
  BatchNorm,
  BatchRenorm,
  ConditionalBatchNorm,
  EvoNormB0,
  GhostBatchNorm,
  InstanceNorm,
  IterNorm,
  L1BatchNorm,
  MeanOnlyBatchNorm,
  MixtureNorm,
  type Module,
  PowerNorm,
  RecurrentBatchNorm,
  SPADE,
  SwitchableNorm,
  TransNorm,
} from "../../src/index.ts";

const layers: readonly (readonly [Module<never>, shape: readonly number[], others?: readonly unknown[]])[] = [
  [new BatchNorm(3), [0, 3, 2]],
  [new BatchNorm(3, { momentum: null }), [0, 3, 2]],
  [new BatchRenorm(3), [0, 3, 2]],
  [new GhostBatchNorm(3, 2), [0, 3, 2]],
  [new AccumulatedBatchNorm(3, 2), [0, 3, 2]],
  [new BatchLayerNorm(3, 4), [0, 3, 2]],
  [new ConditionalBatchNorm(3, 2), [0, 3, 2], [zeros([0, 2])]],
  [new InstanceNorm(3, { trackRunningStats: true }), [0, 3, 2]],
  [new MeanOnlyBatchNorm(3), [0, 3, 2]],
  [new L1BatchNorm(3), [0, 3, 2]],
  [new BatchInstanceNorm(3), [0, 3, 2]],
  [new SwitchableNorm(3), [0, 3, 2]],
  [new SwitchableNorm(3, { momentum: null }), [0, 3, 2]],
  [new IterNorm(3), [0, 3, 2]],
  [new EvoNormB0(3), [0, 3, 2]],
  [new SPADE(3, 2), [0, 3, 2, 2], [zeros([0, 2, 2, 2])]],
  [new MixtureNorm(3, 2), [0, 3, 2]],
  [new PowerNorm(3), [0, 3, 2]],
  [new AdaptiveBatchNorm(3, 2), [0, 3, 2], [1]],
  [new TransNorm(3), [0, 3, 2]],
  [new RecurrentBatchNorm(3, 5), [4, 0, 3]],
];

it.each(layers.map(([layer, ...rest]) => [`${layer.constructor.name}(${layer.details()})`, layer, ...rest] as const))(
  "an empty batch leaves the state of %s alone",
  (_, layer, shape, others = []) => {
    const before = JSON.stringify(layer.stateDict());
    const x = zeros(shape).requiresGrad_();
    const y = layer.forward(...([x, ...others] as never)) as Tensor;
    expect(y.shape).toEqual(shape);
    expect(grad(y, [x], { cotangent: zeros(shape) })[0]!.shape).toEqual(shape);
    expect(JSON.stringify(layer.stateDict())).toBe(before);
  },
);
