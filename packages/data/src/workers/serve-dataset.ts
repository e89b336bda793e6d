import { type Dataset, expectDataset } from "../dataset.ts";
import { expectNothing } from "@tapegrad/tensor/internal";
import { serve } from "./serve.ts";

/**
 * Makes a worker of the web read a data set for a loader elsewhere: for pages whose bundler makes a file of each worker
 * that is started by `new Worker(new URL(...))`, or whose policy allows no worker from a text. Everywhere else the loader
 * starts workers itself, from the URL of a module with the data set.
 *
 * @param dataset what the loader reads; the same samples as where the loader is
 * @throws {ValueError} if it is no data set
 * @see DataLoader, whose option `module` is then `() => new Worker(new URL("./worker.ts", import.meta.url), { type: "module" })`
 */
export function serveDataset<Sample>(dataset: Dataset<Sample>, ...none: []): void {
  expectNothing("serveDataset", none);
  expectDataset("serveDataset", dataset);
  serve(() => dataset);
}
