/**
 * What `read` gives for `from`, ..., `to` − 1, in this order, while it is asked for up to `ahead` more than is waited for.
 * An error comes where its value would have come.
 */
export async function* readAhead<Value>(
  read: (position: number) => Value | Promise<Value>,
  { from, to, ahead }: { readonly from: number; readonly to: number; readonly ahead: number },
): AsyncGenerator<Value, void, undefined> {
  const coming: Promise<Value>[] = [];
  for (let position = from, asked = from; position < to; position++) {
    for (; asked < to && asked <= position + ahead; asked++) coming.push(promiseOf(read, asked));
    yield await coming.shift()!;
  }
}

function promiseOf<Value>(read: (position: number) => Value | Promise<Value>, position: number): Promise<Value> {
  const value = (async () => await read(position))();
  // Whoever waits for it hears of its error; until then it is not unhandled.
  value.catch(() => undefined);
  return value;
}
