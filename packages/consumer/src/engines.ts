import { existsSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.ts";

/** A program that runs JavaScript. */
export interface Engine {
  readonly name: string;
  readonly program: string;
  /** What stands before the script. */
  readonly args: readonly string[];
}

const modules = join(root, "packages/consumer/engines/node_modules");
const installable: readonly Engine[] = [
  { name: "Node 22", program: join(modules, "node-22/bin/node"), args: [] },
  { name: "Node 24", program: join(modules, "node-24/bin/node"), args: [] },
  { name: "Node 26", program: join(modules, "node-26/bin/node"), args: [] },
  { name: "Bun", program: join(modules, "@oven/bun-linux-x64/bin/bun"), args: [] },
  { name: "Deno", program: join(modules, "@deno/linux-x64-glibc/deno"), args: ["run", "--allow-all", "--no-lock"] },
];

/** This Node, and those engines that `pnpm test:engines` has installed. */
export const engines: readonly Engine[] = [
  { name: `Node ${process.versions.node}`, program: process.execPath, args: [] },
  ...installable.filter(({ program }) => existsSync(program)),
];
