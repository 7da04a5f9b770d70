import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig, projectRoot } from '@imprimatur/platform/config';
import { ApiFault, Client } from './client.js';
import { runDemo } from './demo.js';
import { Narrator } from './output.js';
import { findOrStartService } from './service.js';
import { Stopped } from './story.js';

const FORMATS = ['jpeg', 'png', 'webp', 'avif', 'tiff'];
const DEFAULT_PROMPT = 'brighten the picture by 12% and raise the contrast slightly';

const HELP = `Usage: imprimatur demo [options]

One governed edit through the public API: upload, gates, review by a second person, signed export, offline verification.
Uses the service that runs on the same home, or starts one (with its own PostgreSQL) and stops it again.

  --image FILE    picture to edit (default: a portrait that ships with the project, whose consent the demo registers)
  --prompt TEXT   what to change (default: "${DEFAULT_PROMPT}")
  --format NAME   jpeg, png, webp, avif or tiff (default: jpeg)
  --out DIR       where the export and the ledger's files go (default: ./out)
  --home DIR      data of the installation (default: $IMPRIMATUR_HOME or ./.imprimatur)
  --json          steps on standard error, one JSON object as the last line of standard output
  --help          this text

Exit codes: 0 exported and verified; 2 could not be done; 3 a gate, a person or a question stopped it, nothing was exported.

Examples:
  imprimatur demo
  imprimatur demo --image product.png --prompt "crop to a square and sharpen slightly" --format webp
  imprimatur demo --prompt "remove the watermark"
`;

interface Options {
  readonly image: string;
  readonly ownImage: boolean;
  readonly prompt: string;
  readonly format: string;
  readonly out: string;
  readonly home: string;
  readonly json: boolean;
}

function readOptions(argv: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      image: { type: 'string' },
      prompt: { type: 'string' },
      format: { type: 'string', default: 'jpeg' },
      out: { type: 'string', default: 'out' },
      home: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return 'help';
  const format = values.format.toLowerCase().replace(/^jpg$/, 'jpeg');
  if (!FORMATS.includes(format)) throw new TypeError(`--format ${values.format} is not one of ${FORMATS.join(', ')}`);
  return {
    image: resolve(values.image ?? join(projectRoot(), 'apps/demo/photo/portrait.jpg')),
    ownImage: values.image !== undefined,
    prompt: values.prompt ?? DEFAULT_PROMPT,
    format,
    out: resolve(values.out),
    home: resolve(values.home ?? loadConfig().home),
    json: values.json,
  };
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(HELP);
    return 0;
  }
  const narrator = new Narrator(options.json);
  let picture: Uint8Array;
  try {
    picture = readFileSync(options.image);
  } catch {
    return failed(narrator, `cannot read ${options.image}`);
  }
  narrator.title('Start');
  let service;
  try {
    service = await findOrStartService(options.home);
  } catch (error) {
    return failed(narrator, error instanceof Error ? error.message : String(error));
  }
  narrator.detail(service.own ? `PostgreSQL, api and worker started at ${service.url}` : `using the service at ${service.url}`);
  try {
    const result = await runDemo({ ...options, picture, name: basename(options.image), url: service.url }, narrator, (person) =>
      Client.signIn(service.url, person),
    );
    narrator.result(result);
    return result.verified ? 0 : 2;
  } catch (error) {
    if (!(error instanceof Stopped)) return failed(narrator, error instanceof Error ? error.message : String(error));
    narrator.line(`\nStopped: ${error.message}`);
    if (error.detail.citation) narrator.line(`Source:  ${error.detail.citation}`);
    narrator.line(`Remedy:  ${error.detail.remedy}\nNothing was exported.`);
    narrator.result({ outcome: error.outcome, ...error.detail });
    return error.outcome === 'failed' ? 2 : 3;
  } finally {
    await service.stop();
  }
}

function failed(narrator: Narrator, message: string): number {
  process.stderr.write(`imprimatur demo: ${message}\n`);
  narrator.result({ outcome: 'failed', message });
  return 2;
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    const usage = error instanceof TypeError;
    process.stderr.write(`imprimatur demo: ${error instanceof ApiFault || error instanceof Error ? error.message : String(error)}\n`);
    if (usage) process.stderr.write('Try imprimatur demo --help.\n');
    process.exitCode = 2;
  },
);
