/**
 * What `run` throws, as `"ShapeError: add: expected ..."`, or undefined when it returns: class and message in one string, for
 * tables of errors.
 */
export function errorOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    return String(error);
  }
  return undefined;
}
