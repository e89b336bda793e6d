import { askAhead } from "../pipeline/stage.ts";

/**
 * What `read` gives for `from`, ..., `to` − 1, in this order, while it is asked for up to `ahead` more than is waited for.
 * An error comes where its value would have come.
 */
export function readAhead<Value>(
  read: (position: number) => Value | Promise<Value>,
  { from, to, ahead }: { readonly from: number; readonly to: number; readonly ahead: number },
): AsyncGenerator<Value, void, undefined> {
  let position = from;
  const next = async (): Promise<IteratorResult<Value, undefined>> =>
    position < to ? { done: false, value: await read(position++) } : { done: true, value: undefined };
  return askAhead({ next }, Math.min(ahead, to - from));
}
