import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "./browsers.ts";

/** What a browser is shown. */
export interface Site {
  /** Scripts by their paths; the page imports `/module.js`. */
  readonly scripts: Readonly<Record<string, string>>;
  /** Whether the page may share memory with workers. */
  readonly isolated: boolean;
  /** Its content security policy. */
  readonly policy?: string;
  /** Milliseconds that it may take. */
  readonly timeout?: number;
}

// In a file, since a policy may forbid scripts in the page.
const pageScript = `
  globalThis.report = (value) => fetch("/report", { method: "POST", body: JSON.stringify(value) });
  globalThis.onerror = (message) => report({ error: String(message) });
  globalThis.onunhandledrejection = ({ reason }) => report({ error: String(reason) });
  await import("/module.js");
`;
const page = '<!doctype html><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>';

/** Runs a page in a browser that nobody sees; gives what it passes to `report(value)`, which must be JSON. */
export async function runInBrowser(browser: Browser, site: Site): Promise<unknown> {
  const { name, program, args, files = {}, env = {} } = browser;
  const { scripts, isolated, policy, timeout = 1_200_000 } = site;
  if (program === undefined) throw new Error(`runInBrowser: expected ${name} in the PATH, got none.`);
  const profile = mkdtempSync(join(tmpdir(), "browser-"));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(profile, file), text);
  const headers = {
    ...(isolated
      ? { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
      : {}),
    ...(policy === undefined ? {} : { "Content-Security-Policy": policy }),
  };
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
    const script = { "/page.js": pageScript, ...scripts }[request.url ?? ""];
    response.writeHead(200, { ...headers, "Content-Type": script === undefined ? "text/html" : "text/javascript" });
    response.end(script ?? page);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  const child = spawn(program, args(profile, `http://127.0.0.1:${port}/`), {
    env: { ...process.env, ...env },
    stdio: "ignore",
    detached: true,
  });
  const closed = new Promise((done) => child.once("close", done));
  child.once("error", reject);
  child.once("close", (code) => reject(new Error(`runInBrowser: ${name} ended with ${code} and no report.`)));
  const timer = setTimeout(() => reject(new Error(`runInBrowser: no report in ${timeout} ms.`)), timeout);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    // Its own group: a browser is many processes.
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
