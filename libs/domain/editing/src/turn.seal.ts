import { Sealing } from '@imprimatur/domain/ledger';
import { assert, canonicalBytes, Fault, type ItemId, type Json, type SubjectId, type TurnId, utf8 } from '@imprimatur/kernel';
import type { ReadContext, WriteContext } from '@imprimatur/platform/database';
import { open, seal } from '@imprimatur/platform/keys';
import { Injectable } from '@nestjs/common';
import { ClarificationRepository } from './clarification.repository.js';
import type { Clarification, TurnContents } from './editing.types.js';
import { TurnRepository } from './turn.repository.js';

/** What of a turn is sealed; part of the associated data, so that nothing opens in another place. */
export const PROMPT = 'prompt';
export const operationsOf = (item: ItemId): string => `operations/${item}`;
export const questionOf = (clarification: string): string => `question/${clarification}`;
export const answerOf = (clarification: string): string => `answer/${clarification}`;

/** Everything confidential of one turn lies under one data key: the prompt, and what repeats its words. */
@Injectable()
export class TurnSeal {
  constructor(
    private readonly turns: TurnRepository,
    private readonly clarifications: ClarificationRepository,
    private readonly sealing: Sealing,
  ) {}

  /** Seals a new turn's prompt; `subjects`: whose erasure destroys it with all that is sealed later. */
  async sealPrompt(
    write: WriteContext,
    turn: TurnId,
    prompt: string,
    subjects: readonly SubjectId[],
  ): Promise<{ prompt: Uint8Array; dataKey: Uint8Array }> {
    const { key, wrapped } = await this.sealing.newDataKey(write, [...subjects]);
    return { prompt: seal(key, canonicalBytes(prompt), associated(write, turn, PROMPT)), dataKey: wrapped };
  }

  /** Throws Fault TURN_ERASED: an erased turn takes nothing new. */
  async sealMore(write: WriteContext, turn: TurnId, what: string, value: Json): Promise<Buffer> {
    const key = await this.openKey(write, turn);
    if (key === null)
      throw new Fault({ room: 'editing', code: 'TURN_ERASED', message: 'the turn was erased while it was worked on', safe: true });
    return Buffer.from(seal(key, canonicalBytes(value), associated(write, turn, what)));
  }

  /** Null: erased, or no such turn. */
  async openContents(read: ReadContext, turn: TurnId): Promise<TurnContents | null> {
    const sealed = await this.turns.findSealed(read, turn);
    const key = sealed && (await this.sealing.openDataKey(read, sealed.dataKey));
    if (!key) return null;
    // each place's bytes are canonical JSON of what `sealPrompt` and `sealMore` were given there
    const opened = (bytes: Uint8Array, what: string): unknown =>
      JSON.parse(new TextDecoder().decode(open(key, bytes, associated(read, turn, what))));
    const asked = await this.clarifications.ofTurn(read, turn);
    const clarificationsOf = (item: ItemId): Clarification[] =>
      asked
        .filter((clarification) => clarification.item === item)
        .map(({ id, question, answer, askedAt }) => ({
          question: opened(question, questionOf(id)) as string,
          answer: answer === null ? null : (opened(answer, answerOf(id)) as string),
          askedAt,
        }));
    const items = (await this.turns.sealedOperations(read, turn)).map(({ id, operations }) => {
      const held = operations === null ? [] : (opened(operations, operationsOf(id)) as readonly Json[]);
      return [id, { operations: held, clarifications: clarificationsOf(id) }] as const;
    });
    return { prompt: opened(sealed.prompt, PROMPT) as string, items: new Map(items) };
  }

  private async openKey(read: ReadContext, turn: TurnId): Promise<Uint8Array | null> {
    const sealed = await this.turns.findSealed(read, turn);
    assert(sealed, 'the turn of an item exists');
    return this.sealing.openDataKey(read, sealed.dataKey);
  }
}

function associated(read: ReadContext, turn: TurnId, what: string): Uint8Array {
  return utf8(`imprimatur/turn/v1\0${read.context.tenant}\0${turn}\0${what}`);
}
