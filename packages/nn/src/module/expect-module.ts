import { ValueError } from "@tapegrad/tensor";
import { quoted } from "@tapegrad/tensor/internal";
import { ModuleNode } from "./module-node.ts";

/**
 * Throws unless `value` is a module.
 *
 * @throws {ValueError} `countParameters: expected module to be a module, got 5.`
 */
export function expectModule(fn: string, name: string, value: unknown): void {
  if (value instanceof ModuleNode) return;
  const list = Array.isArray(value) ? " Give the modules one by one: ...modules." : "";
  const hint = typeof value === "function" ? " Wrap a function in Lambda." : list;
  throw new ValueError(`${fn}: expected ${name} to be a module, got ${quoted(value)}.${hint}`);
}
