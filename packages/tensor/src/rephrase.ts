/** Gives an error another message, in its stack too, which engines write when it is made. */
export function rephrase(error: Error, message: string): void {
  const { message: before, stack } = error;
  // Not by assignment, which throws where an error is frozen, or one of the browser's own.
  if (!Reflect.set(error, "message", message) || stack === undefined) return;
  const told = stack.replace(before, () => message);
  Reflect.set(error, "stack", told);
}
