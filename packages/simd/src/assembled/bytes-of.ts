import { assembled } from "./assembled.ts";

/**
 * The bytes of a module that was assembled in advance. A character is the byte 38 below its code, modulo 256; what has no
 * printable character stands as `~` and two hexadecimal digits.
 */
export function bytesOf(name: keyof typeof assembled): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(assembled[name].match(/~..|./g)!, (text) =>
    text.startsWith("~") ? Number.parseInt(text.slice(1), 16) : text.charCodeAt(0) - 38,
  );
}
