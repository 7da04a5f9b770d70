/** `<configured name>/<installation>/t/<tenant>`: stored when the log is made, and never taken from a Host header. */
export function tenantOrigin(name: string, installation: string, tenant: string): string {
  return `${name}/${installation}/t/${tenant}`;
}

/** `<configured name>/<installation>`, which all logs of an installation share; null: `origin` is not made like one of ours. */
export function installationOrigin(origin: string): string | null {
  return /^(.+\/[^/]+)\/(?:t\/[^/]+|0)$/.exec(origin)?.[1] ?? null;
}

/** Log 0, which holds the tenants' checkpoints. */
export function logZeroOrigin(name: string, installation: string): string {
  return `${name}/${installation}/0`;
}
