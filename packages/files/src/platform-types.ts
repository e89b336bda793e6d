// Types of the platform, said in such a way that declarations need neither its library nor the newest compiler.

export type { Bytes } from "@tapegrad/tensor/internal";

/** `AbortSignal`, where the libraries of a program declare it. */
export type PlatformAbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : object;

/** `Blob`, where the libraries of a program declare it. */
export type PlatformBlob = typeof globalThis extends { Blob: { prototype: infer Blob } } ? Blob : object;

/** `URL`, where the libraries of a program declare it. */
export type PlatformURL = typeof globalThis extends { URL: { prototype: infer Url } } ? Url : object;
