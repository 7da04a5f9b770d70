import type { Version } from '@imprimatur/domain/assets';
import { type AskedUse, kindsOfPast, TRAINING_USE_CASE } from '@imprimatur/domain/consent';
import { EditingService, type RecordedVerdict, type Session } from '@imprimatur/domain/editing';
import type { ItemId, Json, VersionId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

/** What pictures were made for, and what was done to make them. */
@Injectable()
export class PictureUses {
  constructor(private readonly editing: EditingService) {}

  /** Of each version that a turn made: what the session was for. */
  async sessionsOf(read: ReadContext, versions: readonly Version[]): Promise<ReadonlyMap<VersionId, Session>> {
    const made = new Map(versions.flatMap(({ id, item }) => (item === null ? [] : [[id, item] as const])));
    const items = await this.editing.findItems(read, [...made.values()]);
    const turns = await this.editing.findTurns(
      read,
      items.map(({ turn }) => turn),
    );
    const sessions = await this.editing.findSessions(
      read,
      turns.map(({ session }) => session),
    );
    const [itemOf, turnOf, sessionOf] = [byId(items), byId(turns), byId(sessions)];
    return new Map(
      [...made].flatMap(([version, item]) => {
        const turn = turnOf.get(itemOf.get(item)?.turn ?? '');
        const session = sessionOf.get(turn?.session ?? '');
        return session ? [[version, session] as const] : [];
      }),
    );
  }

  /**
   * The use that each of `versions` is to the people shown: the purpose of its session, and everything that was done on the way from the first of
   * `family`. `family`: `versions` with what they were made from, as far back as is of interest.
   */
  async of(read: ReadContext, versions: readonly VersionId[], family: readonly Version[]): Promise<ReadonlyMap<VersionId, AskedUse>> {
    const known = byId(family);
    const lines = new Map(versions.map((id) => [id, lineOf(known, id)]));
    const items = [...lines.values()].flatMap((line) => line.flatMap(({ item }) => item ?? []));
    const verdicts = await this.editing.verdictsOf(read, [...new Set(items)]);
    const sessions = await this.sessionsOf(read, [...lines.values()].flat());
    return new Map(
      [...lines].flatMap(([id, line]) => {
        const session = sessions.get(id);
        if (!session) return [];
        const done = new Set<ItemId | null>(line.map(({ item }) => item));
        const { useCase, channel, territory } = session;
        const kindsOfChange = kindsOfPast(verdicts.filter(({ item }) => done.has(item)).map(askedOf));
        return [[id, { useCase, channel, territory, kindsOfChange, provider: null, training: useCase === TRAINING_USE_CASE }] as const];
      }),
    );
  }
}

function lineOf(known: ReadonlyMap<string, Version>, id: VersionId): readonly Version[] {
  const line: Version[] = [];
  for (let at = known.get(id); at; at = at.parent === null ? undefined : known.get(at.parent)) line.push(at);
  return line;
}

function askedOf({ evidence }: RecordedVerdict): Json {
  return (evidence.asked as { readonly facts?: Json } | undefined)?.facts ?? null;
}

function byId<T extends { readonly id: string }>(all: readonly T[]): ReadonlyMap<string, T> {
  return new Map(all.map((each) => [each.id, each]));
}
