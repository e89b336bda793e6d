import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const types: Readonly<Record<string, string>> = { ".js": "text/javascript", ".mjs": "text/javascript" };
const packages = ["simd", "tensor", "autograd", "nn", "optim", "compile"];
const imports = Object.fromEntries(packages.map((name) => [`@tapegrad/${name}`, `/packages/${name}/dist/index.js`]));

const page = `<!doctype html><meta charset="utf-8"><title>training</title>
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">
const send = (text) => fetch("/result", { method: "POST", body: text });
try {
  const { digests } = await import("/packages/compile/test/engines/training.mjs");
  await send(digests() + " isolated " + crossOriginIsolated);
} catch (error) {
  await send("failed: " + (error.stack ?? error));
}
</script>`;

/** A server of the built packages, and of a page that trains and sends its digests back. */
export interface PageServer {
  readonly url: string;
  readonly result: Promise<string>;
  readonly close: () => void;
}

/** Serves the page, with or without what a browser asks for before it shares memory. */
export async function servePage(root: string, isolated: boolean): Promise<PageServer> {
  let resolve: (text: string) => void = () => {};
  const result = new Promise<string>((done) => (resolve = done));
  const headers = isolated
    ? { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
    : {};
  const server: Server = createServer((request, response) => {
    const path = normalize(request.url ?? "/");
    if (path === "/result") {
      let body = "";
      request.on("data", (chunk) => (body += String(chunk)));
      request.on("end", () => {
        response.end();
        resolve(body);
      });
    } else if (path === "/") response.writeHead(200, { ...headers, "Content-Type": "text/html" }).end(page);
    else {
      readFile(join(root, path)).then(
        (content) =>
          response.writeHead(200, { ...headers, "Content-Type": types[extname(path)] ?? "text/plain" }).end(content),
        () => response.writeHead(404).end(),
      );
    }
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, result, close: () => server.close() };
}
