import type { cell, slotCell } from "./control-block.ts";

/** What a worker is told: first where threads meet, then which plans it is to know, and which to forget. */
export type WorkerMessage =
  | {
      readonly memory: WebAssembly.Memory;
      /** Where the cells lie in the memory, and how many there are. */
      readonly address: number;
      readonly length: number;
      readonly cell: typeof cell;
      /** The worker's own cells. */
      readonly slot: Readonly<Record<keyof typeof slotCell, number>>;
    }
  | { readonly plan: number; readonly modules: readonly WebAssembly.Module[] }
  | { readonly plan: number };
