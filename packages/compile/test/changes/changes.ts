import {
  BatchNorm,
  type Dense,
  Embedding,
  type HookHandle,
  Identity,
  norms,
  Parameter,
  registerModuleForwardHook,
  RMSNorm,
  Sequential,
  SiLU,
  Tanh,
} from "@tapegrad/nn";
import type { Adam } from "@tapegrad/optim";
import { assign, Generator, ones, randn, type Tensor, zeros } from "@tapegrad/tensor";
import { Block, dense, dtype, Holder, type Net, times, width } from "./net.ts";

/** What a program of changes works on. */
export interface Subject {
  readonly net: Net;
  readonly optimizer: Adam;
  readonly hooks: HookHandle[];
}

/** Something that a user may do between two steps; `seed` makes it another one each time. */
export type Change = (subject: Subject, seed: number) => void;

const weightOf = (net: Net): Dense => net.blocks[0]!.linear;

/** The layer with a weight of its own, which weightNorm may have taken. */
function plain(net: Net): Dense {
  const layer = weightOf(net);
  if (!(layer.weight instanceof Parameter)) norms.removeWeightNorm(layer);
  return layer;
}

function noise(seed: number, ...shape: number[]): Tensor {
  return randn(shape, { generator: new Generator(seed), dtype });
}

/** Everything that may change between two calls of a step. */
export const changes: { readonly [name: string]: Change } = {
  nothing: () => undefined,
  "learning rate": ({ optimizer }, seed) => (optimizer.lr = 0.01 * (seed % 5)),
  "a setting": ({ optimizer }, seed) => (optimizer.groups[0]!.settings.weightDecay = 0.1 * (seed % 3)),
  "all settings": ({ optimizer }, seed) => {
    const group = optimizer.groups[0]!;
    group.settings = { ...group.settings, betas: [0.5, 0.9 + 0.01 * (seed % 9)], eps: 1e-2, maximize: seed % 2 === 0 };
  },
  "a loaded state": ({ optimizer }, seed) => {
    const saved = optimizer.stateDict();
    const param_groups = saved.param_groups.map((group) => ({ ...group, lr: 0.02, weightDecay: seed % 4 }));
    optimizer.loadStateDict({ ...saved, param_groups });
  },
  "a further group": ({ net, optimizer }, seed) => {
    const layer = dense(width, seed);
    net.blocks[1]!.linear = layer;
    optimizer.addParamGroup({ params: layer.parameters(), lr: 0.1 });
  },
  "a hook": ({ net, hooks }, seed) => {
    hooks.push(net.body.registerForwardHook((_, __, y) => y.mul(1 + (seed % 3))));
  },
  "a hook before": ({ net, hooks }, seed) => {
    hooks.push(net.blocks[1]!.registerForwardPreHook((_, [x]) => [x.add(seed % 2)]));
  },
  "a hook on the way back": ({ net, hooks }, seed) => {
    hooks.push(net.blocks[0]!.registerFullBackwardHook((_, [g]) => (g === undefined ? undefined : [g.mul(seed % 3)])));
  },
  "a hook of a gradient": ({ net, hooks }, seed) => {
    const { bias } = weightOf(net);
    if (bias?.requiresGrad === true) hooks.push(bias.registerHook((g) => g.mul(seed % 3)));
  },
  "a hook of all modules": ({ hooks }, seed) => {
    hooks.push(registerModuleForwardHook((_, __, y) => (y as Tensor).mul(1 + 0.1 * (seed % 3))));
  },
  "a hook less": ({ hooks }) => hooks.shift()?.remove(),
  "a layer more": ({ net }, seed) => void net.body.append(times(1 + (seed % 4))),
  "another layer": ({ net }, seed) => (net.blocks[0]!.linear = dense(width, seed)),
  "another kind of layer": ({ net }, seed) =>
    (net.blocks[1]!.norm = seed % 2 === 0 ? new RMSNorm(width, { dtype }) : new BatchNorm(width, { dtype })),
  "another block": ({ net }, seed) => (net.blocks[seed % 2] = new Block(seed)),
  "a block more": ({ net }, seed) => {
    if (net.blocks.length < 4) net.blocks.push(new Block(seed));
  },
  "the order of blocks": ({ net }) => void net.blocks.reverse(),
  "an entry of a Map": ({ net }, seed) =>
    void net.heads.set("main", seed % 3 === 0 ? new Identity() : dense(width, seed)),
  "a new entry of a Map": ({ net }, seed) => {
    net.heads.set("other", dense(width, seed));
    net.used = seed % 2 === 0 ? ["main", "other"] : ["other"];
  },
  "an element of a Set": ({ net }, seed) => {
    if (seed % 2 === 0) net.activations.clear();
    net.activations.add(seed % 3 === 0 ? new Tanh() : new SiLU());
  },
  "a field of a plain object": ({ net }, seed) => (net.extra.gate = seed % 3 === 0 ? undefined : dense(width, seed)),
  "a field of a plain class": ({ net }, seed) => (net.holder.layer = seed % 2 === 0 ? times(2) : dense(width, seed)),
  "something deep in a plain class": ({ net }, seed) => (net.holder.deeper.layers.get("a")![0] = dense(width, seed)),
  "another holder": ({ net }, seed) => (net.holder = new Holder(seed)),
  "another parameter": ({ net }, seed) => {
    Object.assign(plain(net), { weight: new Parameter(noise(seed, width, width)) });
  },
  "no bias": ({ net }) => Object.assign(weightOf(net), { bias: undefined }),
  "another buffer": ({ net }, seed) => {
    const fresh = new BatchNorm(width, { dtype });
    assign(fresh.runningMean!, noise(seed, width));
    Object.assign(net.bn, { runningMean: fresh.runningMean, numBatchesTracked: fresh.numBatchesTracked });
  },
  weightNorm: ({ net }) => {
    const layer = weightOf(net);
    if (layer.weight instanceof Parameter) norms.weightNorm(layer);
  },
  "no weightNorm": ({ net }) => void plain(net),
  "a number": ({ net }, seed) => (net.blocks[1]!.scale = seed % 5),
  "a number in a list": ({ net }, seed) => (net.blocks[0]!.factors[1] = seed % 4),
  "a field more, or less": ({ net }, seed) => {
    if (seed % 2 === 0) delete net.blocks[0]!.bonus;
    else net.blocks[0]!.bonus = seed;
  },
  "a field that is defined": ({ net }, seed) => {
    const value = { value: seed % 4, writable: true };
    const accessor = { get: (): number => seed % 3, set: () => undefined };
    Object.defineProperty(net.blocks[0]!, "scale", {
      configurable: true,
      enumerable: true,
      ...(seed % 2 === 0 ? value : accessor),
    });
  },
  "one layer in two places": ({ net }, seed) => (net.blocks[seed % 2]!.linear = net.blocks[(seed + 1) % 2]!.linear),
  "a flag": ({ net }) => (net.blocks[0]!.isResidual = !net.blocks[0]!.isResidual),
  "a word": ({ net }, seed) => (net.blocks[0]!.mode = seed % 2 === 0 ? "plain" : "negated"),
  "a method of one's own": ({ net }, seed) => (net.body.forward = (x: Tensor) => x.mul(seed % 4)),
  "the rate of dropout": ({ net }, seed) => Object.assign(net.dropout, { rate: 0.25 * (seed % 4) }),
  momentum: ({ net }, seed) => (net.bn.momentum = seed % 3 === 0 ? null : 0.2 * (seed % 5)),
  eps: ({ net }, seed) => (net.bn.eps = 0.1 * (1 + (seed % 3))),
  "train and eval": ({ net }) => void net.train(!net.training),
  "one in evaluation": ({ net }) => void net.bn.train(!net.bn.training),
  "a frozen block": ({ net }) => void net.blocks[0]!.requiresGrad_(false),
  "a thawed block": ({ net }) => void net.blocks[0]!.requiresGrad_(true),
  "a value": ({ net }, seed) => assign(plain(net).weight, noise(seed, width, width)),
  "a loaded model": ({ net }, seed) => {
    const state = net.stateDict();
    const [key] = Object.keys(state);
    net.loadStateDict({ ...state, [key!]: noise(seed, ...state[key!]!.shape) });
  },
  "a gradient": ({ net }) => {
    const { bias } = weightOf(net);
    if (bias !== undefined) bias.grad = ones([width], { dtype });
  },
  "no gradient": ({ net }) => void net.zeroGrad(),
  "a body": ({ net }, seed) => (net.body = new Sequential(times(2), dense(width, seed))),
  "a table": ({ net }, seed) => {
    const table = new Embedding(2, width, { generator: new Generator(seed), dtype });
    net.heads.set("main", times(1 + table.weight.size / 6));
  },
  "a state": ({ optimizer }) => {
    for (const { params } of optimizer.groups) for (const param of params) param.grad = zeros(param.shape, { dtype });
  },
};
