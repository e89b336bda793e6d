import type { Port } from "./serve.ts";

/** How this worker hears of a loader; undefined on a thread that is no worker. */
export function ownPort(): Port | undefined {
  const { process, document } = globalThis as {
    process?: { getBuiltinModule?: (name: string) => { readonly parentPort: Port | null } | undefined };
    document?: unknown;
  };
  const port = process?.getBuiltinModule?.("node:worker_threads")?.parentPort ?? (globalThis as unknown as Port);
  const canHear = port.on !== undefined || port.addEventListener !== undefined;
  return canHear && document === undefined ? port : undefined;
}
