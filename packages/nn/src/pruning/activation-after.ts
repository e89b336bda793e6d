import { Activation } from "../activations/activation.ts";
import { CELU } from "../activations/celu.ts";
import { ELU } from "../activations/elu.ts";
import { GELU } from "../activations/gelu.ts";
import { HardSwish } from "../activations/hard-swish.ts";
import { LeakyReLU } from "../activations/leaky-relu.ts";
import { Mish } from "../activations/mish.ts";
import { PReLU } from "../activations/prelu.ts";
import { ReLU } from "../activations/relu.ts";
import { ReLU6 } from "../activations/relu6.ts";
import { SELU } from "../activations/selu.ts";
import { SiLU } from "../activations/silu.ts";
import { Identity } from "../containers/identity.ts";
import type { AnyModule } from "../module/module.ts";
import { walk } from "../module/walk.ts";
import { chainsOf, isIdentity } from "../networks/chains.ts";
import { DenseBatchNorm } from "../norms/dense-norm.ts";

/** An activation in a model, and what leaves it out. */
interface Found {
  readonly name: string;
  readonly leaveOut: () => void;
}

/** Layers that are on above 0 and off, or nearly, below; an Activation counts whatever it is of. */
const rectifiers = [Activation, CELU, ELU, GELU, HardSwish, LeakyReLU, Mish, PReLU, ReLU, ReLU6, SELU, SiLU];

/** Whether the norm is the last that a module does. */
function endsWith(module: AnyModule, norm: AnyModule): boolean {
  return module instanceof DenseBatchNorm && module.norm === norm && module.activation === undefined;
}

/** The activation that runs right behind a norm in a Sequential or in a DenseBatchNorm; undefined where none is known. */
export function activationAfter(model: AnyModule, norm: AnyModule): Found | undefined {
  for (const visit of walk(model, { repeat: false })) {
    const { node, path } = visit;
    if (node instanceof DenseBatchNorm && node.norm === norm && node.activation !== undefined) {
      return { name: [...path, "activation"].join("."), leaveOut: () => (node.activation = undefined) };
    }
    for (const slots of chainsOf(visit)) {
      const at = slots.findIndex(({ module }) => module === norm || endsWith(module, norm));
      const next = at < 0 ? undefined : slots.slice(at + 1).find(({ module }) => !isIdentity(module));
      if (next === undefined || !rectifiers.some((Class) => next.module instanceof Class)) continue;
      return { name: next.name, leaveOut: () => next.replace(new Identity()) };
    }
  }
  return undefined;
}
