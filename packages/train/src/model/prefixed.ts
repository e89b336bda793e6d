/** A name in camelCase behind a word: `valLoss` of `loss`. */
export function prefixed(word: string, name: string): string {
  return `${word}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
