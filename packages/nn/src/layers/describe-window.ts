const usual: Readonly<Record<string, unknown>> = { stride: 1, padding: 0, dilation: 1, groups: 1 };

/** The settings of a sliding window as `name=value`, without those that are usual, for the printed tree of a module. */
export function describeWindow(settings: object): string {
  return Object.entries(settings)
    .filter(([name, value]) => value !== undefined && value !== usual[name])
    .map(([name, value]) => `${name}=${Array.isArray(value) ? `[${value.join(", ")}]` : String(value)}`)
    .join(", ");
}
