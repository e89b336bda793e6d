import { Tensor } from "@tapegrad/tensor";
import { activeTracer, Cell } from "@tapegrad/tensor/internal";
import { ModuleNode } from "./module-node.ts";

/**
 * Makes a trace depend on the fields of `root`, by identity, and on what is in the arrays, Maps, Sets and objects that
 * they hold. Modules in them are looked at when they are used themselves.
 */
export function watchFields(root: object): void {
  const tracer = activeTracer();
  if (tracer === undefined) return;
  const open = [root];
  for (let object = open.pop(); object !== undefined; object = open.pop()) {
    if (tracer.readFields(object)) open.push(...valuesOf(object).filter(isOpen));
  }
}

function valuesOf(object: object): unknown[] {
  return object instanceof Map || object instanceof Set ? [...object.values()] : Object.values(object);
}

/**
 * Whether an object is one whose fields are to be looked at for what holds it: no tensor, no module, no cell, which tells by
 * itself who reads it, nothing built in.
 */
function isOpen(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof Tensor || value instanceof ModuleNode || value instanceof Cell) return false;
  return openTags.includes(Object.prototype.toString.call(value));
}

const openTags: readonly string[] = ["[object Object]", "[object Array]", "[object Map]", "[object Set]"];
