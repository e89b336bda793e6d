/** The numbers, strings and booleans among options as `name=value`, for the printed tree of a module. */
export function describeOptions(options: object): string {
  return Object.entries(options)
    .filter(([, value]) => ["number", "string", "boolean"].includes(typeof value))
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(", ");
}
