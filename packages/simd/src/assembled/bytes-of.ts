import { assembled } from "./assembled.ts";

/** The bytes of a module that was assembled in advance. */
export function bytesOf(name: keyof typeof assembled): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(assembled[name]), (character) => character.charCodeAt(0));
}
