/* Fails when a string of the source is not in the catalogues, or has no Welsh words yet. `npm run extract` collects. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = dirname(dirname(fileURLToPath(import.meta.url)));
const locales = join(web, "src", "i18n", "locales");
const kept = mkdtempSync(join(tmpdir(), "catalogues-"));

/** id -> translation of one catalogue. */
function read(path) {
  const entries = new Map();
  for (const block of readFileSync(path, "utf8").split(/\n\n+/)) {
    const text = (name) => {
      const found = new RegExp(`^${name} ((?:"(?:[^"\\\\]|\\\\.)*"\\s*)+)`, "m").exec(block);
      return found ? [...found[1].matchAll(/"((?:[^"\\]|\\.)*)"/g)].map((m) => m[1]).join("") : "";
    };
    const id = text("msgid");
    if (id !== "" && !/^#~/m.test(block)) entries.set(id, text("msgstr"));
  }
  return entries;
}

function readAll(folder) {
  const all = new Map();
  for (const language of readdirSync(folder)) {
    for (const file of readdirSync(join(folder, language)).filter((name) => name.endsWith(".po"))) {
      for (const [id, words] of read(join(folder, language, file))) all.set(`${language}/${file}: ${id}`, words);
    }
  }
  return all;
}

let problems = [];
try {
  cpSync(locales, kept, { recursive: true });
  const env = { ...process.env, CATALOGUES: kept };
  execFileSync(join(web, "node_modules", ".bin", "lingui"), ["extract", "--clean"], { cwd: web, env, stdio: "ignore" });
  const before = readAll(locales);
  const after = readAll(kept);
  problems = [
    ...[...after.keys()].filter((key) => !before.has(key)).map((key) => `not collected: ${key}`),
    ...[...before.keys()].filter((key) => !after.has(key)).map((key) => `no longer used: ${key}`),
    ...[...before].filter(([key, words]) => key.startsWith("cy/") && after.has(key) && words === "").map(([key]) => `no Welsh: ${key}`),
  ];
} finally {
  rmSync(kept, { recursive: true });
}
for (const problem of problems) console.error(problem);
if (problems.length > 0) {
  console.error(`\n${problems.length} in all. Run \`npm run extract\`, then fill in the empty ones in src/i18n/locales/cy.`);
  process.exit(1);
}
console.log("Every string is in both catalogues.");
