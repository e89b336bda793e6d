// Types of the platform, said in such a way that declarations need neither its library nor the newest compiler.

/** Bytes in a buffer that is not shared: `Uint8Array<ArrayBuffer>` to compilers that know the difference. */
export type Bytes = ReturnType<typeof Uint8Array.of>;

/** `WebAssembly.Module`, where the libraries of a program declare it. */
export type CompiledModule = typeof globalThis extends { WebAssembly: { Module: { prototype: infer Module } } }
  ? Module
  : object;
