// From the sources beside this file to ../web/cordee-search.js, the one file that pages load.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));

/** Name this state of the sources: tests/unit/api/test_component.py computes the same. */
function fingerprint() {
  const hash = createHash("sha256");
  const names = readdirSync(here).filter((name) => /\.(ts|css|mjs)$/.test(name) || /^(package|tsconfig)\.json$/.test(name));
  for (const name of names.sort()) hash.update(`${name}\0`).update(readFileSync(join(here, name)));
  return hash.digest("hex");
}

const minifiedCss = {
  name: "minified-css",
  setup(builder) {
    builder.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, "utf8"), { loader: "css", minify: true, charset: "utf8" });
      return { contents: code.trim(), loader: "text" };
    });
  },
};

await build({
  absWorkingDir: here,
  entryPoints: ["main.ts"],
  outfile: "../web/cordee-search.js",
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  plugins: [minifiedCss],
  banner: { js: `// Built from api/component by \`make component\`; sources sha256:${fingerprint()}` },
});
