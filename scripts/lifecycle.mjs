// Writes docs/lifecycle.md from the table of legal moves. Build first: npm run build.
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { lifecycleDocument } = createRequire(import.meta.url)(join(root, 'dist/libs/domain/editing/src/lifecycle.document.js'));
writeFileSync(join(root, 'docs/lifecycle.md'), lifecycleDocument());
