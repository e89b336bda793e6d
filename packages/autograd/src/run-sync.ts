import { ValueError } from "@tapegrad/tensor";
import { expectValue, ranges } from "@tapegrad/tensor/internal";

/** Functions whose bodies run, or go on, after the call that made their result. */
const later = ["[object AsyncFunction]", "[object GeneratorFunction]", "[object AsyncGeneratorFunction]"];
/** What they return. */
const iterators = ["[object Generator]", "[object AsyncGenerator]"];

/**
 * Gives the result of `run`, which calls the user's `f` in a mode that is over when `run` returns.
 *
 * @throws {ValueError} if `f` is no function or is async or a generator, before it is called; or if it returns a promise
 */
export function runSync<T>(fn: string, f: unknown, run: () => T): T {
  expectValue(fn, "fn", f, ranges.callable());
  const kind = Object.prototype.toString.call(f);
  if (later.includes(kind)) throw notSync(fn, kind === later[0] ? "an async function" : "a generator function");
  const result: unknown = run();
  if (isThenable(result)) {
    // It is lost: what it fails with must not end the process.
    result.then(undefined, () => undefined);
    throw notSync(fn, "one that returns a promise");
  }
  if (iterators.includes(Object.prototype.toString.call(result))) throw notSync(fn, "one that returns a generator");
  return result as T;
}

function notSync(fn: string, got: string): ValueError {
  return new ValueError(
    `${fn}: expected a function that is done when it returns, got ${got}. ` +
      `Await before the call, and give it what comes without waiting.`,
  );
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
