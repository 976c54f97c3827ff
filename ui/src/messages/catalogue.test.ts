// The window says nothing that the catalogue does not hold.
import { readdirSync, readFileSync } from "node:fs";
import { parse, type AST } from "svelte/compiler";
import { expect, it } from "vitest";

/** Attributes that are read or heard, of elements and of components. */
const TOLD = new Set(["action", "alt", "aria-label", "caption", "label", "placeholder", "text", "title"]);
/** The same in every language. */
const NAMES = new Set(["Descry"]);

type Node = { type: string; [key: string]: unknown };

/** The literal texts of a component that someone reads or hears. */
function literals(source: string): string[] {
  const found: string[] = [];
  const say = (text: unknown) => {
    if (typeof text === "string" && /\p{L}/u.test(text) && !NAMES.has(text.trim())) found.push(text.trim());
  };

  /** What an expression may come to; conditions and arguments are not said. */
  function value(node: Node): void {
    if (node.type === "Literal") say(node["value"]);
    if (node.type === "ConditionalExpression") both(node["consequent"], node["alternate"]);
    if (node.type === "LogicalExpression" || node.type === "BinaryExpression") both(node["left"], node["right"]);
    if (node.type === "TemplateLiteral") {
      for (const quasi of node["quasis"] as { value: { cooked: string } }[]) say(quasi.value.cooked);
      for (const inner of node["expressions"] as Node[]) value(inner);
    }
  }

  function both(...nodes: unknown[]): void {
    for (const node of nodes as Node[]) value(node);
  }

  function visit(node: unknown): void {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== "object" || node === null) return;
    const it = node as Node;
    if (it.type === "Text") return say(it["data"]);
    if (it.type === "ExpressionTag") return value(it["expression"] as Node);
    if (it.type === "Attribute" && !TOLD.has(it["name"] as string)) return;
    if (it.type?.endsWith("Directive") || it.type === "Comment") return;
    Object.values(it).forEach(visit);
  }

  const root: AST.Root = parse(source, { modern: true });
  visit(root.fragment);
  return found;
}

const components = readdirSync("src", { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".svelte"));

it.each(components)("%s has no text of its own", (path) => {
  expect(literals(readFileSync(`src/${path}`, "utf8"))).toEqual([]);
});

it("a text beside the catalogue is found, wherever it stands", () => {
  const source =
    `<p title="A">{b ? "C" : d("e")}, F{#if g === "h"}{\`I \${j}\`}{/if}</p>` + `<X label={k || "L"} class="m" />`;
  expect(literals(source)).toEqual(["A", "C", ", F", "I", "L"]);
});
