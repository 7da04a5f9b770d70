import { join } from 'node:path';
import { MODULE_METADATA, METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { type DynamicModule, RequestMethod, type Type } from '@nestjs/common';
import { GraphQLTypesLoader } from '@nestjs/graphql';
import { newId, type Role, ROLES } from '@imprimatur/kernel';
import { allow } from '@imprimatur/domain/identity';
import { buildSchema } from 'graphql';
import { NOUNS } from '../../apps/api/src/api.module';
import { DoorModule, TYPE_PATHS } from '../../apps/api/src/door/door.module';
import { contextOf, type DoorContext } from '../../apps/api/src/door/door.types';
import { refusalOf } from '../../apps/api/src/door/operation.guard';
import { readOperationMarks } from '../../apps/api/src/door/operation.marks';
import { routeMarkOf } from '../../apps/api/src/door/route.marks';
import { ShellModule } from '../../apps/api/src/shell/shell.module';
import { expectGolden } from './golden';

const file = join(__dirname, 'permission-matrix.txt');
const NOBODY = 'nobody';
const COLUMNS: readonly (Role | typeof NOBODY)[] = [NOBODY, ...ROLES];

interface Line {
  readonly operation: string;
  readonly needs: string;
  readonly may: (door: DoorContext) => boolean;
}

function doorOf(who: Role | typeof NOBODY): DoorContext {
  const subject = newId('subject');
  const principal = who === NOBODY ? null : { tenant: newId('tenant'), actor: { kind: 'person' as const, subject, ref: subject, roles: [who] }, scopes: null };
  return { requestId: 'r', principal, allowanceKey: '', transport: 'http', spent: null };
}

/** Asked of the guard itself: signed in or not, and then by role. */
async function operations(): Promise<readonly Line[]> {
  const merged: unknown = await new GraphQLTypesLoader().mergeTypesByPaths([...TYPE_PATHS]);
  return [...readOperationMarks(buildSchema(String(merged))).values()].map((mark) => ({
    operation: `${mark.kind} ${mark.name}`,
    needs: mark.needs ? `${mark.needs.action} ${mark.needs.subject}` : 'public',
    may: (door) => {
      try {
        return refusalOf(mark, door) === null;
      } catch {
        return false; // not signed in
      }
    },
  }));
}

function controllersOf(module: Type | DynamicModule): readonly Type[] {
  const type = 'module' in module ? module.module : module;
  const read = (key: string): Type[] => (Reflect.getMetadata(key, type) as Type[] | undefined) ?? [];
  const own = [...read(MODULE_METADATA.CONTROLLERS), ...('module' in module ? ((module.controllers ?? [])) : [])];
  return [...own, ...read(MODULE_METADATA.IMPORTS).flatMap(controllersOf)];
}

function routes(): readonly Line[] {
  const controllers = new Set([DoorModule.forRoot(), ShellModule, ...NOUNS].flatMap(controllersOf));
  return [...controllers].flatMap((controller) =>
    Object.getOwnPropertyNames(controller.prototype as object).flatMap((name) => {
      const handler = (controller.prototype as Record<string, Type>)[name];
      if (!handler || name === 'constructor' || !Reflect.hasMetadata(PATH_METADATA, handler)) return [];
      const path = [controller, handler].map((part) => String(Reflect.getMetadata(PATH_METADATA, part)).replace(/^\/|\/$/g, '')).filter(Boolean);
      const method = RequestMethod[Number(Reflect.getMetadata(METHOD_METADATA, handler))];
      const mark = routeMarkOf(handler, controller);
      const line: Line = {
        operation: `${method} /${path.join('/')}`,
        needs: mark === 'public' ? 'public' : mark ? `${mark.action} ${mark.subject}` : 'UNMARKED',
        may: (door) => {
          const context = contextOf(door);
          return mark === 'public' || (mark !== undefined && context !== null && allow(context, mark.action, mark.subject) === null);
        },
      };
      return [line];
    }),
  );
}

function table(lines: readonly Line[]): string {
  const widths = [Math.max(...lines.map(({ operation }) => operation.length)), Math.max(...lines.map(({ needs }) => needs.length))] as const;
  const row = (operation: string, needs: string, cells: readonly string[]): string =>
    [operation.padEnd(widths[0]), needs.padEnd(widths[1]), ...cells.map((cell, at) => cell.padEnd(COLUMNS[at]?.length ?? 0))].join('  ').trimEnd();
  const body = lines
    .map((line) => row(line.operation, line.needs, COLUMNS.map((who) => (line.may(doorOf(who)) ? 'yes' : '-'))))
    .sort((a, b) => (a < b ? -1 : 1));
  return [row('', '', COLUMNS), ...body, ''].join('\n');
}

describe('the permission matrix', () => {
  it('is the one that was reviewed', async () => {
    expectGolden(file, table([...(await operations()), ...routes()]));
  });
});
