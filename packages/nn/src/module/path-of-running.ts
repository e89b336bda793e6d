import { withTracer } from "@tapegrad/tensor/internal";
import type { ModuleNode } from "./module-node.ts";
import { walk } from "./walk.ts";

/**
 * Where the innermost of modules is whose `forward` runs inside each other's, as `namedModules` of the outermost calls it:
 * `in layers.2 (Dense)`. Empty for the outermost itself, which needs no path; one that is kept where no walk finds it
 * leaves the path at the module that uses it.
 *
 * @param running outermost first
 */
export function pathOfRunning(running: readonly ModuleNode[]): string {
  const path: string[] = [];
  let at = running[0];
  for (const module of running) {
    if (at === undefined || module === at) continue;
    const step = pathTo(at, module);
    if (step === undefined) break;
    path.push(...step);
    at = module;
  }
  return at === undefined || path.length === 0 ? "" : `in ${path.join(".")} (${at.constructor.name})`;
}

function pathTo(outer: ModuleNode, inner: ModuleNode): readonly string[] | undefined {
  // A look at all of `outer` is not what a trace depends on.
  return withTracer(undefined, () => {
    for (const { path, node } of walk(outer, { repeat: false })) if (node === inner) return path;
    return undefined;
  });
}
