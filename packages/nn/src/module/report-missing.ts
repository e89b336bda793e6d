import { gradMode, withTracer } from "@tapegrad/tensor/internal";
import { pendingOf } from "./lazy-size.ts";
import type { ModuleNode } from "./module-node.ts";
import { Parameter } from "./parameter.ts";
import { walk } from "./walk.ts";

/** For each module at the top of a call of `forward`, those inside that were looked for in it. */
const checked = new WeakMap<ModuleNode, WeakSet<ModuleNode>>();

/** The trained parameters that were found in each module at the top. */
const found = new WeakMap<ModuleNode, WeakSet<Parameter>>();

/** Classes that were warned of, by the class of the outermost module. */
const warned = new WeakMap<object, WeakSet<object>>();

/**
 * Warns, once for each pair of classes, when `module` runs inside `root` and has trained parameters that `root.parameters()` does not find:
 * those of modules in private fields, or of variables that a `Lambda` uses.
 */
export function reportMissing(root: ModuleNode, module: ModuleNode): void {
  if (!gradMode.enabled || !isNew(checked, root, module)) return;
  // A look at all of `root` is not what a trace depends on.
  const missing = withTracer(undefined, () => {
    const own = trained(module, true);
    const isMissing = (parameter: Parameter): boolean => found.get(root)?.has(parameter) !== true;
    // One look serves all the modules of a root, unless it has gained some since.
    if (own.some(isMissing)) found.set(root, new WeakSet(trained(root, false)));
    return own.filter(isMissing).length;
  });
  if (missing === 0 || !isNew(warned, root.constructor, module.constructor)) return;
  const [outer, inner] = [root.constructor.name, module.constructor.name];
  console.warn(
    `${outer}: forward uses a ${inner} with trained parameters that ${outer}.parameters() does not find, so that no ` +
      "optimizer, stateDict or train() reaches them. Keep it in an ordinary field, an array, a Map or a Set (a private " +
      "field is invisible), name it in members(), or freeze it with requiresGrad_(false).",
  );
}

/** Adds a pair; whether it was not there. */
function isNew<T extends object>(pairs: WeakMap<T, WeakSet<T>>, outer: T, inner: T): boolean {
  let known = pairs.get(outer);
  if (known === undefined) pairs.set(outer, (known = new WeakSet()));
  if (known.has(inner)) return false;
  known.add(inner);
  return true;
}

function trained(module: ModuleNode, ownOnly: boolean): Parameter[] {
  const parameters: Parameter[] = [];
  for (const visit of walk(module, { repeat: false })) {
    // A layer whose turn has not come: it reports itself.
    const tensors = pendingOf(visit.node) === undefined ? visit.tensors : [];
    for (const [, value] of tensors) if (value instanceof Parameter && value.requiresGrad) parameters.push(value);
    if (ownOnly) break;
  }
  return parameters;
}
