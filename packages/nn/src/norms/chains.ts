import type { Identity } from "../containers/identity.ts";
import { Sequential } from "../containers/sequential.ts";
import type { AnyModule } from "../module/module.ts";
import type { Visit } from "../module/walk.ts";
import { DenseBatchNorm } from "./dense-norm.ts";

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
  if (!(node instanceof DenseBatchNorm)) return [];
  const slotOf = (field: "dense" | "norm"): Slot => ({
    name: [...path, field].join("."),
    module: node[field],
    replace: (by) => void Reflect.set(node, field, by),
  });
  return [[slotOf("dense"), slotOf("norm")]];
}
