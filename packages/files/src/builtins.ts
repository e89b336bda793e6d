import type { PlatformURL } from "./platform-types.ts";
/** What is known of a file. */
export interface FileStatus {
  /** How many bytes it has. */
  readonly size: number;
  /** Its permissions, among others. */
  readonly mode: number;
  /** When it was changed last, in milliseconds since 1970. */
  readonly mtimeMs: number;
  /** Whether it is a file. */
  readonly isFile: () => boolean;
  /** Whether it is a folder. */
  readonly isDirectory: () => boolean;
}

/** A checksum in the making. */
export interface Hash {
  /** Takes further bytes. */
  readonly update: (bytes: Uint8Array) => Hash;
  /** Says the checksum of all. */
  readonly digest: (encoding: "hex") => string;
}

/**
 * The built-in modules that files need, with what is used of them. Said here rather than taken from the declarations of
 * Node, which users need not have.
 */
export interface Builtins {
  /** Checksums. */
  readonly crypto: { readonly createHash: (algorithm: string) => Hash };
  /** Files and folders. */
  readonly fs: {
    readonly accessSync: (path: string, mode: number) => void;
    readonly appendFileSync: (path: string, content: string | Uint8Array) => void;
    readonly closeSync: (file: number) => void;
    readonly constants: { readonly W_OK: number };
    readonly existsSync: (path: string) => boolean;
    readonly fchmodSync: (file: number, mode: number) => void;
    readonly fstatSync: (file: number) => FileStatus;
    readonly fsyncSync: (file: number) => void;
    readonly mkdirSync: (path: string, options: { readonly recursive: boolean }) => unknown;
    readonly openSync: (path: string, flags: string) => number;
    readonly readdirSync: (path: string) => string[];
    readonly readFileSync: {
      (path: string | number): Uint8Array;
      (path: string | number, encoding: "utf8"): string;
    };
    readonly readSync: (file: number, into: Uint8Array, offset: number, length: number, position: number) => number;
    readonly realpathSync: (path: string) => string;
    readonly renameSync: (from: string, to: string) => void;
    readonly rmSync: (path: string, options?: { readonly force?: boolean; readonly recursive?: boolean }) => void;
    readonly statSync: {
      (path: string): FileStatus;
      (path: string, options: { readonly throwIfNoEntry: false }): FileStatus | undefined;
    };
    readonly truncateSync: (path: string, length: number) => void;
    readonly writeFileSync: (
      path: string | number,
      content: string | Uint8Array,
      options?: { readonly flag?: string },
    ) => void;
    readonly writeSync: {
      (file: number, content: string): number;
      (file: number, content: Uint8Array, from: number, length: number): number;
    };
  };
  /** The machine. */
  readonly os: { readonly homedir: () => string; readonly hostname: () => string };
  /** Paths. */
  readonly path: {
    readonly basename: (path: string, suffix?: string) => string;
    readonly dirname: (path: string) => string;
    readonly extname: (path: string) => string;
    readonly isAbsolute: (path: string) => boolean;
    readonly join: (...paths: string[]) => string;
    readonly relative: (from: string, to: string) => string;
    readonly resolve: (...paths: string[]) => string;
  };
  /** This program and others. */
  readonly process: {
    readonly kill: (pid: number, signal: number) => boolean;
    readonly pid: number;
    readonly uptime: () => number;
  };
  /** Addresses. */
  readonly url: { readonly fileURLToPath: (url: PlatformURL) => string };
  /** Packed bytes. */
  readonly zlib: {
    readonly gunzip: (
      bytes: Uint8Array,
      options: { readonly maxOutputLength: number },
      done: (error: Error | null, unpacked: Uint8Array) => void,
    ) => void;
  };
}
