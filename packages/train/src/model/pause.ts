/** How long to compute before the event loop turns, in milliseconds. */
const longest = 20;

/** Lets timers, signals, pages and the finalizers of memory have their turn while a loop computes. */
export class Pauses {
  #last = performance.now();

  /** A turn of the event loop if the last one was long ago; undefined if there is nothing to wait for. */
  next(): Promise<void> | undefined {
    if (performance.now() - this.#last < longest) return undefined;
    return turn().then(() => {
      this.#last = performance.now();
    });
  }
}

/** What engines may have; a settled promise alone would let nothing else run. */
interface Host {
  readonly setImmediate?: (callback: () => void) => unknown;
  readonly MessageChannel?: new () => { readonly port1: Port; readonly port2: Port };
}

interface Port {
  addEventListener(type: "message", listener: () => void, options: { readonly once: true }): void;
  start(): void;
  postMessage(message: null): void;
  close(): void;
}

/** One turn of the event loop, without the 4 ms that browsers add to nested timers. */
async function turn(): Promise<void> {
  const { setImmediate, MessageChannel } = globalThis as Host;
  await new Promise<void>((resolve) => {
    if (setImmediate !== undefined) setImmediate(resolve);
    else if (MessageChannel !== undefined) {
      const { port1, port2 } = new MessageChannel();
      const arrived = (): void => {
        port1.close();
        resolve();
      };
      port1.addEventListener("message", arrived, { once: true });
      port1.start();
      port2.postMessage(null);
    } else setTimeout(resolve);
  });
}
