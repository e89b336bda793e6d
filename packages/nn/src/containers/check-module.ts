import { ValueError } from "@tapegrad/tensor";
import { Module } from "../module/module.ts";

/** Throws unless `value` is a module. */
export function checkModule(fn: string, value: unknown): void {
  if (!(value instanceof Module)) {
    const hint = typeof value === "function" ? " Wrap a function in Lambda." : "";
    throw new ValueError(`${fn}: expected modules, got ${typeof value}.${hint}`);
  }
}
