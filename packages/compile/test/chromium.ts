import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Chromium on this machine, or undefined: that of TAPEGRAD_CHROMIUM, or else the first in the PATH. */
export const chromium: string | undefined =
  process.env["TAPEGRAD_CHROMIUM"] ??
  (process.env["PATH"] ?? "")
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)))
    .find((file) => existsSync(file));

/** Whether tests do without: a machine need not have Chromium, unless it is to check everything. */
export const withoutChromium: boolean = chromium === undefined && process.env["CI"] !== "true";

/** How a page is served. */
export interface PageOptions {
  /** Whether the page may share memory with workers. */
  readonly isolated: boolean;
  /** Milliseconds that it may take. */
  readonly timeout?: number;
}

/** Runs a module in headless Chromium; gives what it passes to `report(value)`, which must be JSON. */
export async function runInChromium(module: string, { isolated, timeout = 1_200_000 }: PageOptions): Promise<unknown> {
  const browser = chromium;
  if (browser === undefined) {
    throw new Error("runInChromium: expected Chromium in the PATH, or TAPEGRAD_CHROMIUM set to its path.");
  }
  const profile = mkdtempSync(join(tmpdir(), "chromium-"));
  const headers = isolated
    ? { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
    : {};
  const page = `<script type="module">
    window.report = (value) => fetch("/report", { method: "POST", body: JSON.stringify(value) });
    window.onerror = (message) => report({ error: String(message) });
    window.onunhandledrejection = ({ reason }) => report({ error: String(reason) });
    await import("/module.js");
  </script>`;
  const { promise, resolve, reject } = withResolvers<unknown>();
  const server = createServer((request, response) => {
    if (request.url === "/report") {
      let body = "";
      request.on("data", (text: Buffer) => (body += text.toString()));
      request.on("end", () => {
        resolve(JSON.parse(body));
        response.end();
      });
      return;
    }
    const isModule = request.url === "/module.js";
    response.writeHead(200, { ...headers, "Content-Type": isModule ? "text/javascript" : "text/html" });
    response.end(isModule ? module : page);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", `--user-data-dir=${profile}`];
  const child = spawn(browser, [...flags, `http://127.0.0.1:${port}/`], { stdio: "ignore", detached: true });
  const closed = new Promise((done) => child.once("close", done));
  child.once("error", reject);
  const timer = setTimeout(() => reject(new Error(`runInChromium: no report in ${timeout} ms.`)), timeout);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    // Its own group: the browser is many processes.
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    await closed;
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}

function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: Error) => void;
} {
  let resolve: (value: T) => void = () => {};
  let reject: (reason: Error) => void = () => {};
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
