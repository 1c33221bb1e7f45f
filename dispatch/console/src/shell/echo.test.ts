/** Every mouse action of a screen that has a command line prints its command: each handler gives or fills
 * a line, hands on to one that does, or stands below with the reason why it prints nothing. The call-taker's
 * form, the crew's tablet and the municipality's page have no command line: their buttons say what they do. */

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import ts from "typescript";

const FOLDERS = ["dispatcher", "supervisor", "map", "shell"];
/** Of these folders, the files of screens without a command line. */
const ELSEWHERE = new Set(["look_back.tsx", "sign_in.tsx"]);
/** Not the mouse's choice: keys, hovering, focus, and what a part tells of itself. */
const NO_CLICK = /^on(Key|Pointer|Focus|Blur|Typing|Ready|Hover|Cancel|Step)/;
const PRINTS = /\b(give|fill|ask)\b/;
/** `props.onSelect(x)`, `props.onClose`: what the part above gives is held to the same. */
const HANDS_ON = /^(\(\w*\) => )?(props\.)?on[A-Z]\w*(\(.*\))?$/;
/** A field of a form: the form prints when it is given. */
const FIELD = /^\(?\w*\)? => set[A-Z]\w*\(/;

const FLOOR = "positions are set up by a form; its request stands in the outbox by name until it is done";
const SHELL = "of every screen, also of those without a command line; it gives no command to the hub";
const SILENT: Record<string, string> = {
  "dispatcher/advice.tsx onChange () => toggle(pick.unit_id)": "marks what Fill and Send then print",
  "dispatcher/command_line.tsx onChange (e) => change(e.target.value)": "the command line itself",
  "dispatcher/dispatcher.tsx onClose () => setHelp(false)": "help opens by F1 alone, and Esc or its button shut it",
  "supervisor/supervisor.tsx onClose () => setHelp(false)": "help opens by F1 alone, and Esc or its button shut it",
  'dispatcher/dispatcher.tsx onSaved () => setPanel("none")': "its `save` has printed",
  "supervisor/positions.tsx onClick () => setDraft(draftOf(position))": FLOOR,
  "supervisor/positions.tsx onClick () => setDraft(NEW)": FLOOR,
  "supervisor/positions.tsx onDone () => setDraft(null)": FLOOR,
  "supervisor/positions.tsx onSubmit (e) => void save(e)": FLOOR,
  "supervisor/positions.tsx onClick () => void remove()": FLOOR,
  "map/closure_form.tsx onSubmit (event) => void submit(event)": "its `save` is the line of closureLine at the dispatcher's",
  "map/closure_form.tsx onClick () => setUntil(span)": "writes a field of the form",
  "map/map_view.tsx onClick () => { onUnit(id); onClose(); }": "hands on to `picked.unit`, which prints",
  "map/map_view.tsx onUnit picked.unit": "what the dispatcher's map gives, held above as `picked unit`",
  "map/map_view.tsx onClose () => setSeveral(null)": "shuts the list of units that lie on each other; Esc does too",
  "shell/parts.tsx onClick () => location.reload()": SHELL,
  "shell/parts.tsx onClick () => outbox.drop(s.command_id)": "the line is NOT SENT and stands beside the button",
  "shell/parts.tsx onClick () => outbox.retryNow()": "the lines that are NOT SENT stand beside the button",
  "shell/parts.tsx onClick toggleTheme": `F9; ${SHELL}`,
  "shell/parts.tsx onClick () => void signOut().then(() => leave())": SHELL,
};

interface Handler {
  told: string;
  name: string;
  text: string;
  /** What the names that it uses stand for in its file. */
  meant: string;
}

const one = (text: string) => text.replace(/\s+/g, " ");

function handlers(file: string): Handler[] {
  const source = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX);
  const said = new Map<string, string>();
  const found: { name: string; node: ts.Node }[] = [];
  const visit = (node: ts.Node) => {
    if (ts.isVariableDeclaration(node) && node.initializer && ts.isIdentifier(node.name)) {
      said.set(node.name.text, node.initializer.getText(source));
      if (node.name.text === "picked") node.initializer.forEachChild(pickedIn);
    }
    if (ts.isJsxAttribute(node) && node.initializer && ts.isJsxExpression(node.initializer)) {
      const name = node.name.getText(source);
      const { expression } = node.initializer;
      if (expression && /^on[A-Z]/.test(name) && !NO_CLICK.test(name)) found.push({ name, node: expression });
    }
    ts.forEachChild(node, visit);
  };
  /** What a click on the map does, one for each kind of mark. */
  const pickedIn = (node: ts.Node) => {
    if (ts.isPropertyAssignment(node)) found.push({ name: `picked ${node.name.getText(source)}`, node: node.initializer });
    else if (!ts.isArrayLiteralExpression(node)) ts.forEachChild(node, pickedIn);
  };
  visit(source);
  const meant = (text: string, deep: number): string =>
    [...text.matchAll(/\b[a-z]\w*\b/gi)]
      .map(([word]) => said.get(word))
      .flatMap((more) => (more === undefined || deep === 0 ? [] : [more, meant(more, deep - 1)]))
      .join(" ");
  return found.map(({ name, node }) => {
    const text = one(node.getText(source));
    return { told: `${file.split("/src/")[1]} ${name} ${text}`, name, text, meant: meant(text, 2) };
  });
}

const SRC = new URL("..", import.meta.url).pathname;
const ALL = FOLDERS.flatMap((folder) =>
  readdirSync(`${SRC}${folder}`)
    .filter((name) => name.endsWith(".tsx") && !ELSEWHERE.has(name))
    .flatMap((name) => handlers(`${SRC}${folder}/${name}`)),
);

test("every handler prints its command, hands on to one that does, or is listed with its reason", () => {
  expect(ALL.length).toBeGreaterThan(100);
  expect(ALL.filter(({ name }) => name.startsWith("picked")).map(({ name }) => name)).toEqual([
    "picked incident",
    "picked unit",
    "picked closure",
    "picked zone",
  ]);
  const silent = ALL.filter(
    ({ name, text, meant }) =>
      !PRINTS.test(text) && !PRINTS.test(meant) && !HANDS_ON.test(text) && !(name === "onChange" && FIELD.test(text)),
  ).map(({ told }) => told);
  expect(silent.filter((told) => !(told in SILENT))).toEqual([]);
  expect(Object.keys(SILENT).filter((told) => !silent.includes(told))).toEqual([]);
});
