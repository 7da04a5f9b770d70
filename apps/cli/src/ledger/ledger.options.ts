import { type Command } from 'commander';
import { toBase64 } from '@imprimatur/kernel';
import { UsageError } from '../usage.error.js';

export const collect = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** The options by which a verifier says whom it believes. */
export function withTrust(command: Command): Command {
  return command
    .option('--policy <FILE>', 'logs and witnesses that you believe, and the quorum that must have cosigned')
    .option('--log-key <VKEY>', "the log's verifier key, or a file of them; repeatable (default: <home>/trust/logs.vkey)", collect)
    .option('--trust-anchors <PEM>', 'certificates that time stamps may lead to; repeatable (default: <home>/trust/anchors.pem)', collect)
    .option('--home <DIR>', 'data of the installation (default: $IMPRIMATUR_HOME or ./.imprimatur)');
}

/** Null: there is none, which is enough for log 0 and for capability URLs. */
export function tokenOf(option: string | undefined): string | null {
  return option ?? (process.env.IMPRIMATUR_TOKEN || null);
}

/** The base URL of a service, without a slash at its end. */
export function serviceUrl(url: string, option = '--url'): string {
  if (!/^https?:\/\/[^/]/.test(url)) throw new UsageError(`${option} ${url} is no http or https URL`);
  return url.replace(/\/+$/, '');
}

export function isColourful(): boolean {
  return process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
}

/** Bytes as base64, at whatever depth: for JSON. */
export function printed(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value, (_key, each: unknown) => (each instanceof Uint8Array ? toBase64(each) : each))) as Record<
    string,
    unknown
  >;
}
