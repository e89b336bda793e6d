import * as nn from "@tapegrad/nn";
import { type Tensor, Tensor as TensorClass } from "@tapegrad/tensor";
import { activeTracer } from "@tapegrad/tensor/internal";
import type { CallName, Calls } from "./calls.ts";
import { NotingRecorder } from "./noting-recorder.ts";

/** What a layer is called in ONNX, and what it takes beside its input. */
interface LayerCall<C extends CallName> {
  readonly name: C;
  readonly attrs: Calls[C];
  readonly weights?: readonly Tensor[];
}

type LayerRow = (layer: nn.AnyModule) => LayerCall<CallName>;

function row<M extends nn.AnyModule, C extends CallName>(
  type: abstract new (...args: never) => M,
  name: C,
  attrsOf: (layer: M) => Calls[C],
  weightsOf: (layer: M) => readonly Tensor[] = () => [],
): readonly [type: unknown, row: LayerRow] {
  return [type, (layer) => ({ name, attrs: attrsOf(layer as M), weights: weightsOf(layer as M) })];
}

const nothing = (): Readonly<Record<never, never>> => ({});

/** Layers of elements that are operators of ONNX; those of other layers are told by what they are made of. */
const rows: ReadonlyMap<unknown, LayerRow> = new Map([
  row(nn.CELU, "celu", ({ options }) => options),
  row(nn.ELU, "elu", ({ options }) => options),
  row(nn.GELU, "gelu", ({ options }) => options),
  row(nn.HardSigmoid, "hardSigmoid", nothing),
  row(nn.HardSwish, "hardSwish", nothing),
  row(nn.HardTanh, "clip", ({ options }) => options),
  row(nn.LeakyReLU, "leakyRelu", ({ options }) => ({ alpha: options.negativeSlope })),
  row(nn.Mish, "mish", nothing),
  row(nn.PReLU, "prelu", nothing, ({ weight }) => [weight]),
  row(nn.ReLU6, "clip", () => ({ min: 0, max: 6 })),
  row(nn.SELU, "selu", nothing),
  row(nn.Softplus, "softplus", ({ options }) => options),
  row(nn.Softsign, "softsign", nothing),
]);

/** Runs `run` while recorders note the calls of layers among `modules`. */
export function withLayersNoted<T>(modules: readonly nn.AnyModule[], run: () => T): T {
  const hooks = modules.flatMap((module) => {
    const known = rows.get(module.constructor);
    if (known === undefined) return [];
    return [module.registerForwardHook((layer, inputs, output) => note(known(layer), inputs, output))];
  });
  try {
    return run();
  } finally {
    for (const hook of hooks) hook.remove();
  }
}

function note({ name, attrs, weights = [] }: LayerCall<CallName>, inputs: readonly unknown[], output: unknown): void {
  const recorder = activeTracer();
  const [x] = inputs;
  if (!(recorder instanceof NotingRecorder && x instanceof TensorClass && output instanceof TensorClass)) return;
  recorder.composite(name, [x, ...weights], attrs, () => output);
}
