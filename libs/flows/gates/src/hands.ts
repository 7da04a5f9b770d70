import type { Asset, Version } from '@imprimatur/domain/assets';
import { EditingService, type Session, type Turn } from '@imprimatur/domain/editing';
import type { SubjectId } from '@imprimatur/kernel';
import type { ReadContext } from '@imprimatur/platform/database';
import { Injectable } from '@nestjs/common';

export interface Handled {
  readonly turn: Pick<Turn, 'submittedBy'>;
  readonly session: Session;
  readonly asset: Asset;
  /** What the picture was made from, back to the upload. */
  readonly lineage: readonly Version[];
}

/** Who had a hand in a picture: automatic conflicts of interest. */
@Injectable()
export class HandsReader {
  constructor(private readonly editing: EditingService) {}

  /** Without whoever asked for the edit in question, who is kept out by name already. */
  async of(read: ReadContext, { turn, session, asset, lineage }: Handled): Promise<readonly SubjectId[]> {
    const items = await this.editing.findItems(
      read,
      lineage.flatMap(({ item }) => (item === null ? [] : [item])),
    );
    const turns = await this.editing.findTurns(read, [...new Set(items.map((item) => item.turn))]);
    const hands = [session.openedBy, asset.uploadedBy, ...turns.map(({ submittedBy }) => submittedBy)];
    return [...new Set(hands.filter((who) => who !== null))].filter((who) => who !== turn.submittedBy);
  }
}
