import initialize from "wabt";

const wabt = await initialize();

/** The instructions of a binary module as text. */
export function disassemble(bytes: Uint8Array): string {
  const module = wabt.readWasm(bytes, { simd: true, threads: true, relaxed_simd: true, bulk_memory: true });
  try {
    return module.toText({});
  } finally {
    module.destroy();
  }
}
