/** A method of an object, as errors name it. */
export function fnOf(self: object, method: string): string {
  return `${self.constructor.name}.${method}`;
}
