import { Identity } from "../containers/identity.ts";
import { Sequential } from "../containers/sequential.ts";
import type { AnyModule } from "../module/module.ts";
import type { Visit } from "../module/walk.ts";
import { DenseBatchNorm } from "../norms/dense-norm.ts";
import { BasicBlock } from "./basic-block.ts";
import { ResNet } from "./resnet.ts";

/** A module among those that run one after the other, and how another one takes its place. */
export interface Slot {
  readonly name: string;
  readonly module: AnyModule;
  readonly replace: (by: Identity) => void;
}

/** Whether hooks, or an own `forward`, stand around what the class of a module computes. */
export const isHooked = (module: object): boolean => Object.hasOwn(module, "forward");

/** Whether a module is a `Class` with the `forward` of that class, not one of a subclass. */
export function runsAs<M extends AnyModule>(
  module: object | undefined,
  Class: abstract new (...inputs: never) => M,
): module is M {
  const forwardOf = (prototype: unknown): unknown => Reflect.get(prototype as object, "forward");
  return module instanceof Class && forwardOf(Object.getPrototypeOf(module)) === forwardOf(Class.prototype);
}

/** Whether a module gives its input. */
export const isIdentity = (module: AnyModule): boolean => runsAs(module, Identity) && !isHooked(module);

/** Whether the modules of a module run one after the other among those around it. */
const isInline = (module: object): module is Sequential => runsAs(module, Sequential) && !isHooked(module);

/** A module with its name, for messages. */
export const titleOf = ({ name, module }: Pick<Slot, "name" | "module">): string =>
  name === "" ? module.constructor.name : `${name} (${module.constructor.name})`;

/** What runs one after the other in `sequence`, and in those inside it. */
function slotsOf(sequence: Sequential, path: string): Slot[] {
  return [...sequence].flatMap((module, i) => {
    const name = path === "" ? String(i) : `${path}.${i}`;
    const replace = (by: Identity): void => void sequence.set(i, by);
    return isInline(module) ? slotsOf(module, name) : [{ name, module, replace }];
  });
}

/** All of a module that is known to run one after the other. */
export function chainsOf({ node, parent, path }: Visit): Slot[][] {
  const name = path.join(".");
  if (runsAs(node, Sequential)) return isInline(node) && runsAs(parent?.node, Sequential) ? [] : [slotsOf(node, name)];
  const slotOf = (field: string): Slot => ({
    name: [...path, field].join("."),
    module: Reflect.get(node, field) as AnyModule,
    replace: (by) => void Reflect.set(node, field, by),
  });
  return pairsOf(node).map((pair) => pair.map(slotOf));
}

/** Fields of a module that run one right after the other: a layer and its norm. */
function pairsOf(node: object): readonly (readonly [layer: string, norm: string])[] {
  if (runsAs(node, DenseBatchNorm)) return [["dense", "norm"]];
  if (runsAs(node, ResNet) && !node.options.preActivation) return [["conv1", "bn1"]];
  if (runsAs(node, BasicBlock) && !node.options.preActivation) return [["conv1", "bn1"], ["conv2", "bn2"]]; // prettier-ignore
  return [];
}
