import { dirname } from "node:path";
import ts from "typescript-6.0";

/** What a user of a package can name or see: an export, or a member of one. */
export interface PublicDeclaration {
  /** `nn.Dense.weight`, with the package before it. */
  readonly path: string;
  /** The text of its doc comment; that of what it overrides or is an alias of, where it has none. */
  readonly documentation: string;
  /** Names of types and links that stand in it though no package exports them. */
  readonly internalNames: readonly string[];
}

/** Everything that is public in the packages whose declarations start at `entries`. */
export function publicDeclarations(entries: ReadonlyMap<string, string>): PublicDeclaration[] {
  const files = [...entries.values()];
  const options = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    types: [],
    strict: true,
  };
  const program = ts.createProgram(files, options);
  return new Reader(program, entries).read();
}

class Reader {
  readonly #checker: ts.TypeChecker;
  readonly #folders: readonly string[];
  /** The exports by their symbols, under the first path at which they are found. */
  readonly #exports = new Map<ts.Symbol, string>();

  constructor(program: ts.Program, entries: ReadonlyMap<string, string>) {
    this.#checker = program.getTypeChecker();
    this.#folders = [...entries.values()].map((file) => `${dirname(file).replaceAll("\\", "/")}/`);
    for (const [name, file] of entries) {
      const source = program.getSourceFile(file);
      const module = source && this.#checker.getSymbolAtLocation(source);
      if (module === undefined) throw new Error(`${name}: expected declarations at ${file}.`);
      this.#collect(module, name);
    }
  }

  #collect(module: ts.Symbol, path: string): void {
    for (const each of this.#checker.getExportsOfModule(module)) {
      const symbol = this.#resolved(each);
      if (this.#exports.has(symbol)) continue;
      this.#exports.set(symbol, `${path}.${each.name}`);
      if ((symbol.flags & ts.SymbolFlags.ValueModule) !== 0) this.#collect(symbol, `${path}.${each.name}`);
    }
  }

  #resolved(symbol: ts.Symbol): ts.Symbol {
    return (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : this.#checker.getAliasedSymbol(symbol);
  }

  read(): PublicDeclaration[] {
    return [...this.#exports].flatMap(([symbol, path]) => {
      if ((symbol.flags & ts.SymbolFlags.ValueModule) !== 0) return [];
      const members = this.#membersOf(symbol).map((member) => this.#describe(member, `${path}.${member.name}`));
      return [this.#describe(symbol, path), ...members];
    });
  }

  #describe(symbol: ts.Symbol, path: string): PublicDeclaration {
    const documentation = ts.displayPartsToString(symbol.getDocumentationComment(this.#checker));
    const internal = (symbol.declarations ?? []).flatMap((declaration) => [...this.#internalNames(declaration)]);
    return { path, documentation, internalNames: [...new Set(internal)] };
  }

  /** The members of a class, an interface or an object type that our files declare, and that are not private. */
  #membersOf(symbol: ts.Symbol): ts.Symbol[] {
    const types: ts.Type[] = [];
    if ((symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.TypeAlias)) !== 0) {
      types.push(this.#checker.getDeclaredTypeOfSymbol(symbol));
    }
    const members = types.flatMap((type) => ((type.flags & ts.TypeFlags.Object) === 0 ? [] : type.getProperties()));
    if ((symbol.flags & ts.SymbolFlags.Class) !== 0) {
      // What every class has goes without saying.
      const statics = this.#checker.getTypeOfSymbol(symbol).getProperties();
      members.push(...statics.filter(({ name }) => !["name", "prototype"].includes(name)));
    }
    return members
      .filter((member) => member.declarations?.every((node) => this.#isOurs(node)) === true)
      .filter((member) => !member.declarations?.some(isHidden));
  }

  #isOurs(node: ts.Node): boolean {
    const file = node.getSourceFile().fileName;
    return this.#folders.some((folder) => file.startsWith(folder));
  }

  /** The names in a declaration, its doc comment included, that nobody can import; those of members belong to them. */
  *#internalNames(declaration: ts.Node): Generator<string> {
    for (const node of namesIn(declaration)) {
      const found = this.#checker.getSymbolAtLocation(node);
      if (found === undefined) {
        if (isInLink(node)) yield `{@link ${node.getText()}}`;
        continue;
      }
      const symbol = this.#resolved(found);
      if (!this.#isNameable(symbol)) yield node.getText();
    }
  }

  #isNameable(symbol: ts.Symbol): boolean {
    if (this.#exports.has(symbol) || (symbol.flags & ts.SymbolFlags.TypeParameter) !== 0) return true;
    const [declaration] = symbol.declarations ?? [];
    if (declaration === undefined || !this.#isOurs(declaration)) return true;
    // A function of types, which users see applied.
    if (ts.isTypeAliasDeclaration(declaration) && declaration.typeParameters !== undefined) return true;
    // A member, which a link names as it stands in its class.
    return ts.isClassElement(declaration) || ts.isTypeElement(declaration);
  }
}

/** Whether a declaration is for nobody but its own package, or for subclasses. */
function isHidden(node: ts.Node): boolean {
  const flags = ts.getCombinedModifierFlags(node as ts.Declaration);
  if ((flags & ts.ModifierFlags.Private) !== 0 || isPrivateName(node)) return true;
  return (
    (flags & ts.ModifierFlags.Protected) !== 0 || ts.getJSDocTags(node).some((tag) => tag.tagName.text === "internal")
  );
}

function isPrivateName(node: ts.Node): boolean {
  const { name } = node as ts.NamedDeclaration;
  return name !== undefined && ts.isPrivateIdentifier(name);
}

function isInLink(node: ts.Node): boolean {
  return node.parent !== undefined && (ts.isJSDocLink(node.parent) || isInLink(node.parent));
}

/** The names of types in a declaration and of what its doc comment links to, without those in its members and bases. */
function* namesIn(declaration: ts.Node): Generator<ts.Node> {
  for (const comment of ts.getJSDocCommentsAndTags(declaration)) yield* linksIn(comment);
  const open: ts.Node[] = children(declaration);
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (ts.isHeritageClause(node)) continue;
    if (ts.isTypeReferenceNode(node)) yield node.typeName;
    if (!ts.isClassElement(node) && !(ts.isTypeElement(node) && ts.isInterfaceDeclaration(node.parent))) {
      open.push(...children(node));
    } else if (ts.isConstructorDeclaration(node)) open.push(...children(node));
  }
}

function* linksIn(node: ts.Node): Generator<ts.Node> {
  if (ts.isJSDocLink(node) && node.name !== undefined) yield leftmost(node.name);
  for (const child of children(node)) yield* linksIn(child);
}

/** `Tensor` of `Tensor.backward`. */
function leftmost(name: ts.EntityName | ts.JSDocMemberName): ts.Node {
  return ts.isIdentifier(name) ? name : leftmost(name.left);
}

function children(node: ts.Node): ts.Node[] {
  const list: ts.Node[] = [];
  ts.forEachChild(node, (child) => void list.push(child));
  return list;
}
