import { serve } from "./serve.ts";

/** What a worker of a loader runs, as a text: it imports the module of the data set, and reads samples. */
export function work(): void {
  serve(async (module) => {
    const { default: made } = (await import(/* @vite-ignore */ module!)) as { readonly default?: unknown };
    return made;
  });
}
