/** `<configured name>/<installation>/t/<tenant>`: stored when the log is made, and never taken from a Host header. */
export function tenantOrigin(name: string, installation: string, tenant: string): string {
  return `${name}/${installation}/t/${tenant}`;
}

/** Log 0, which holds the tenants' checkpoints. */
export function logZeroOrigin(name: string, installation: string): string {
  return `${name}/${installation}/0`;
}
