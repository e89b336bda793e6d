import { ByteWriter } from "./encoding/byte-writer.ts";

/** The size of a memory in pages of 64 KiB. */
export interface MemoryLimits {
  /** Pages at first. */
  readonly initial: number;
  /** Required when `shared`. */
  readonly maximum?: number;
  /** Whether several threads use it. Default false. */
  readonly shared?: boolean;
}

/** The limits of a memory in the binary format. */
export function limitsBytes({ initial, maximum, shared = false }: MemoryLimits): number[] {
  const writer = new ByteWriter();
  writer.byte((maximum === undefined ? 0 : 1) | (shared ? 2 : 0));
  writer.unsigned(initial);
  if (maximum !== undefined) writer.unsigned(maximum);
  return [...writer.toBytes()];
}
