/** The bytes of a text, of which each is a character. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.codePointAt(0)! & 255);
}

/** Bytes behind one another. */
export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
