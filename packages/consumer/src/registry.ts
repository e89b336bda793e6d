import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ExternalPackage, externalPackages } from "./external-packages.ts";
import { run } from "./run.ts";

/** What a package manager sends and gets of one package. */
interface Packument {
  readonly name: string;
  readonly "dist-tags": Record<string, string>;
  readonly versions: Record<string, { readonly dist: { tarball: string } }>;
  readonly _attachments?: Record<string, { readonly data: string }>;
}

/** A registry of packages on the loopback interface that keeps what is published in memory. */
export interface Registry {
  readonly url: string;
  /** `name@version` of everything that was published, in order. */
  readonly published: readonly string[];
  close(): Promise<void>;
}

/** Starts a registry that knows what is published into it and, as they are installed here, the packages that ours depend on. */
export async function startRegistry(): Promise<Registry> {
  const published: string[] = [];
  const packuments = new Map<string, Packument>();
  const tarballs = new Map<string, Buffer>();
  const externals = new Map<string, ExternalPackage>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(new URL(request.url ?? "/", url).pathname).slice(1);
    if (request.method === "PUT") {
      const { _attachments = {}, ...packument } = JSON.parse((await bodyOf(request)).toString()) as Packument;
      for (const [file, { data }] of Object.entries(_attachments)) {
        tarballs.set(`tarballs/${file}`, Buffer.from(data, "base64"));
        for (const { dist } of Object.values(packument.versions)) dist.tarball = `${url}/tarballs/${file}`;
      }
      packuments.set(path, packument);
      published.push(...Object.keys(packument.versions).map((version) => `${path}@${version}`));
      response.writeHead(201).end("{}");
      return;
    }
    const external = externals.get(path);
    if (external !== undefined) {
      response.writeHead(200).end(await tarballOf(external));
      return;
    }
    const tarball = tarballs.get(path);
    const packument = packuments.get(path);
    if (tarball !== undefined) response.writeHead(200).end(tarball);
    else if (packument !== undefined) response.writeHead(200).end(JSON.stringify(packument));
    else response.writeHead(404).end(JSON.stringify({ error: "not found" }));
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  for (const external of externalPackages()) {
    const { name, version } = external.manifest;
    const file = `tarballs/${name}-${version}.tgz`;
    externals.set(file, external);
    const versions = { ...packuments.get(name)?.versions };
    versions[version] = { ...external.manifest, dist: { tarball: `${url}/${file}` } };
    packuments.set(name, { name, "dist-tags": { latest: version }, versions });
  }
  return {
    url,
    published,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A package as a registry sends it: everything in a folder `package`. */
async function tarballOf({ path, manifest }: ExternalPackage): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), "tarball-"));
  try {
    cpSync(path, join(folder, "package"), { recursive: true });
    const { code, output } = await run("tar", ["-czf", "package.tgz", "package"], { cwd: folder });
    if (code !== 0) throw new Error(`registry: ${manifest.name}: ${output}`);
    return readFileSync(join(folder, "package.tgz"));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
