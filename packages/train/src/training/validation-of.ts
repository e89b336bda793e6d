/** What a figure of validation is called when it is measured in training: `loss` for `valLoss`; undefined for others. */
export function validationOf(figure: string): string | undefined {
  const found = /^val(?:_(.+)|([A-Z].*))$/.exec(figure);
  if (found === null) return undefined;
  return found[1] ?? found[2]!.charAt(0).toLowerCase() + found[2]!.slice(1);
}
