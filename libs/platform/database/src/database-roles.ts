import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Client } from 'pg';
import { Fault } from '@imprimatur/kernel';

/** Roles are of the whole PostgreSQL server; every database of ours on it shares them. */
export const LOGIN_ROLES = ['migrator', 'app', 'sequencer', 'auditor'] as const;
export type LoginRole = (typeof LOGIN_ROLES)[number];
export type RolePasswords = Readonly<Record<LoginRole, string>>;

export interface RoleCheck {
  /** Roles that stand with other passwords than the file's get these. */
  readonly mayTakeOver: boolean;
  canLogIn(role: LoginRole, password: string): Promise<boolean>;
}

/**
 * Makes what is missing: the owner (who cannot log in), and one role per kind of process with a generated password. The caller holds the
 * lock. The file is written before the roles, so that a crash between the two loses nothing.
 */
export async function ensureRoles(admin: Client, passwordsFile: string, check: RoleCheck): Promise<RolePasswords> {
  const passwords = keptPasswords(passwordsFile);
  const { rows } = await admin.query<{ rolname: string }>(`select rolname from pg_roles where rolname like 'imprimatur\\_%'`);
  const present = new Set(rows.map(({ rolname }) => rolname));
  if (!present.has('imprimatur_owner')) await change(admin, 'create role imprimatur_owner nologin nobypassrls');
  for (const role of LOGIN_ROLES) {
    const login = `login nosuperuser nocreatedb nocreaterole nobypassrls noinherit password '${passwords[role]}'`;
    if (!present.has(`imprimatur_${role}`)) await change(admin, `create role imprimatur_${role} ${login}`);
    else if (await check.canLogIn(role, passwords[role])) continue;
    else if (check.mayTakeOver) await change(admin, `alter role imprimatur_${role} ${login}`);
    else throw rolesTaken(passwordsFile);
  }
  const { rows: member } = await admin.query<{ yes: boolean }>(
    `select pg_has_role('imprimatur_migrator', 'imprimatur_owner', 'member') as yes`,
  );
  if (!member[0]?.yes) await change(admin, 'grant imprimatur_owner to imprimatur_migrator');
  return passwords;
}

async function change(admin: Client, statement: string): Promise<void> {
  try {
    await admin.query(statement);
  } catch (cause) {
    if ((cause as { code?: string }).code !== '42501') throw cause;
    throw new Fault({
      room: 'database',
      code: 'DATABASE_ROLES_REFUSED',
      message: 'the role of DATABASE_URL may not create roles: use an administrator once (imprimatur migrate), then the app role',
      safe: true,
      cause,
    });
  }
}

function rolesTaken(passwordsFile: string): Fault {
  return new Fault({
    room: 'database',
    code: 'DATABASE_ROLES_TAKEN',
    message: `another installation made the roles imprimatur_* on this PostgreSQL server, and ${passwordsFile} does not hold their passwords: copy that installation's file there`,
    safe: true,
  });
}

/** The file appears whole, by link, so that of two starters one reads what the other wrote. */
function keptPasswords(file: string): RolePasswords {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
    writeFileSync(draft, `${JSON.stringify(generatePasswords(), null, 2)}\n`, { mode: 0o600, flush: true });
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft);
    }
  }
  return JSON.parse(readFileSync(file, 'utf8')) as RolePasswords;
}

function generatePasswords(): RolePasswords {
  // base64url holds no quote, so that the text can stand in a CREATE ROLE, which takes no parameters
  const password = (): string => randomBytes(24).toString('base64url');
  return { migrator: password(), app: password(), sequencer: password(), auditor: password() };
}
