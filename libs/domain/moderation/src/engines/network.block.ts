import { readFileSync } from 'node:fs';

/**
 * The libraries fetch their models. In the thread that calls this, `fetch` reads files below `models` (a file: URL) and nothing else, least of
 * all the network; null: nothing at all.
 */
export function blockNetwork(models: string | null): void {
  globalThis.fetch = async (input) => {
    const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
    if (models === null || !url.startsWith(models)) throw new Error('the engines have no network');
    const contentType = url.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    return new Response(readFileSync(new URL(url)), { headers: { 'content-type': contentType } });
  };
}
