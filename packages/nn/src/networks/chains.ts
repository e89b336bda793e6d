import type { Identity } from "../containers/identity.ts";
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

const isSequential = (node: object | undefined): node is Sequential => node?.constructor === Sequential;

/** A module with its name, for messages. */
export const titleOf = ({ name, module }: Pick<Slot, "name" | "module">): string =>
  name === "" ? module.constructor.name : `${name} (${module.constructor.name})`;

/** What runs one after the other in `sequence`, and in those inside it. */
function slotsOf(sequence: Sequential, path: string): Slot[] {
  const modules = sequence["moduleList"];
  return [...sequence].flatMap((module, i) => {
    const name = path === "" ? String(i) : `${path}.${i}`;
    const replace = (by: Identity): void => modules.set(modules.get().with(i, by));
    return isSequential(module) ? slotsOf(module, name) : [{ name, module, replace }];
  });
}

/** All of a module that is known to run one after the other. */
export function chainsOf({ node, parent, path }: Visit): Slot[][] {
  const name = path.join(".");
  if (isSequential(node)) return isSequential(parent?.node) ? [] : [slotsOf(node, name)];
  const slotOf = (field: string): Slot => ({
    name: [...path, field].join("."),
    module: Reflect.get(node, field) as AnyModule,
    replace: (by) => void Reflect.set(node, field, by),
  });
  return pairsOf(node).map((pair) => pair.map(slotOf));
}

/** Fields of a module that run one right after the other: a layer and its norm. */
function pairsOf(node: object): readonly (readonly [layer: string, norm: string])[] {
  if (node instanceof DenseBatchNorm) return [["dense", "norm"]];
  if (node instanceof ResNet && !node.options.preActivation) return [["conv1", "bn1"]];
  if (node instanceof BasicBlock && !node.options.preActivation) return [["conv1", "bn1"], ["conv2", "bn2"]]; // prettier-ignore
  return [];
}
